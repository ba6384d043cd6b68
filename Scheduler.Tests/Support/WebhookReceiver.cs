using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scheduler.Tests.Support;

/// <summary>One call that a receiver got.</summary>
/// <param name="Path">The path that was called, with its slash.</param>
/// <param name="Number">1 for the first call of that path.</param>
/// <param name="IdempotencyKey">The header's value.</param>
/// <param name="ReceivedAt">When its headers were read.</param>
/// <param name="Body">The request's body.</param>
internal sealed record WebhookCall(string Path, int Number, string? IdempotencyKey, DateTimeOffset ReceivedAt, string Body);

/// <summary>A real HTTP server on the loopback address that jobs call, which keeps what it got.</summary>
internal sealed class WebhookReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<WebhookCall> _calls = new();
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Func<WebhookCall, CancellationToken, Task<int>> _answer;

    private WebhookReceiver(WebApplication server, Func<WebhookCall, CancellationToken, Task<int>> answer)
    {
        _server = server;
        _answer = answer;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_server.Urls.Single());

    /// <summary>What it got, in the order in which it came.</summary>
    public IReadOnlyList<WebhookCall> Calls => [.. _calls];

    /// <summary>Starts one that answers every call with the status code that <paramref name="answer"/> comes to.</summary>
    /// <param name="answer">Its token is cancelled when the caller goes away.</param>
    public static async Task<WebhookReceiver> StartAsync(Func<WebhookCall, CancellationToken, Task<int>> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var receiver = new WebhookReceiver(server, answer);
        server.Run(receiver.ReceiveAsync);
        await server.StartAsync();
        return receiver;
    }

    /// <summary>The address of a path of it.</summary>
    public string Url(string path) => new Uri(Address, path).ToString();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // A call that is held on purpose would hold up an orderly stop.
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _server.StopAsync(atOnce.Token);
        await _server.DisposeAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        var receivedAt = TimeProvider.System.GetUtcNow();
        var path = context.Request.Path.Value ?? "/";
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var number = _numbers.AddOrUpdate(path, 1, (_, before) => before + 1);
        string? key = context.Request.Headers["Idempotency-Key"];
        var call = new WebhookCall(path, number, key, receivedAt, body);
        _calls.Enqueue(call);
        context.Response.StatusCode = await _answer(call, context.RequestAborted);
    }
}
