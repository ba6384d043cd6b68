using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Scheduler.Tests.ManyNodes;

/// <summary>A call of a job's webhook, as an outsider sees it.</summary>
/// <param name="Job">Whose.</param>
/// <param name="Run">Its idempotency key.</param>
/// <param name="FireTime">The nominal instant, from the key.</param>
/// <param name="At">When it came.</param>
/// <param name="From">The node that called.</param>
internal sealed record Call(string Job, string Run, DateTimeOffset FireTime, DateTimeOffset At, string From)
{
    public TimeSpan Lateness => At - FireTime;
}

/// <summary>What all jobs of a cluster call.</summary>
internal sealed class CallLog : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly ConcurrentQueue<Call> _calls = new();

    private CallLog(WebApplication server) => _server = server;

    /// <summary>Where it listens.</summary>
    public string Url => _server.Urls.Single();

    public IReadOnlyList<Call> Calls => [.. _calls];

    public static async Task<CallLog> StartAsync(string address)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var server = builder.Build();
        server.Urls.Add($"http://{address}:0");
        var log = new CallLog(server);
        server.Run(log.TakeAsync);
        await server.StartAsync();
        return log;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var at = TimeProvider.System.GetUtcNow();
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        var run = context.Request.Headers["Idempotency-Key"].ToString();
        var parts = run.Split('~');
        _calls.Enqueue(new Call(
            parts[0],
            run,
            DateTimeOffset.ParseExact(parts[2], "yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
            at,
            context.Connection.RemoteIpAddress!.ToString()));
    }
}
