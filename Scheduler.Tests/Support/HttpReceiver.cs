using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scheduler.Tests.Support;

/// <summary>A request as it came over the wire.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query.</param>
/// <param name="Headers">The values of each field.</param>
/// <param name="Body">The body as text.</param>
internal sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string[]> Headers, string Body)
{
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? string.Join(',', values) : null;
}

/// <summary>A real web server on the loopback address, which keeps what it got and answers as a spec says.</summary>
internal sealed class HttpReceiver : IAsyncDisposable
{
    private readonly WebApplication _server;

    private HttpReceiver(WebApplication server) => _server = server;

    /// <summary>What it got.</summary>
    public Recorded<ReceivedRequest> Requests { get; } = new("a request");

    /// <summary>When a caller has gone away without an answer.</summary>
    public Recorded<bool> Aborted { get; } = new("an aborted request");

    public static async Task<HttpReceiver> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add("http://127.0.0.1:0");
        var receiver = new HttpReceiver(server);
        server.Run(async context =>
        {
            context.RequestAborted.Register(() => receiver.Aborted.Add(item: true));
            using var reader = new StreamReader(context.Request.Body);
            var body = await reader.ReadToEndAsync();
            receiver.Requests.Add(new ReceivedRequest(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.Select(v => v ?? "").ToArray(), StringComparer.OrdinalIgnoreCase),
                body));
            await answer(context);
        });
        await server.StartAsync();
        return receiver;
    }

    public string Url(string target) => _server.Urls.Single() + target;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // A request that is held on purpose would hold up an orderly stop.
        using var atOnce = new CancellationTokenSource();
        await atOnce.CancelAsync();
        await _server.StopAsync(atOnce.Token);
        await _server.DisposeAsync();
    }
}
