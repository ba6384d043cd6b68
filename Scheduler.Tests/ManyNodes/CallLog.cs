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
    private static readonly TimeSpan s_slow = TimeSpan.FromMilliseconds(150);

    private readonly WebApplication _server;
    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly ConcurrentDictionary<string, int> _mostAtOnce = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _atOnce = new(StringComparer.Ordinal);

    private CallLog(WebApplication server) => _server = server;

    /// <summary>Where it listens.</summary>
    public string Url => _server.Urls.Single();

    public IReadOnlyList<Call> Calls => [.. _calls];

    /// <summary>How many calls of slow jobs with that path (<c>/slow/NAME/…</c>) were there at once, at most.</summary>
    public int MostAtOnce(string name) => _mostAtOnce.GetValueOrDefault(name);

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
        if (context.Request.Path.Value!.Split('/') is ["", "slow", var name, ..])
            await TakeTimeAsync(name, context.RequestAborted);
    }

    /// <summary>A receiver that works for a while: only so can calls be there at once.</summary>
    private async Task TakeTimeAsync(string name, CancellationToken aborted)
    {
        var now = _atOnce.AddOrUpdate(name, 1, static (_, before) => before + 1);
        _mostAtOnce.AddOrUpdate(name, now, (_, most) => Math.Max(most, now));
        try
        {
            await Task.Delay(s_slow, TimeProvider.System, aborted);
        }
        catch (OperationCanceledException)
        {
            // Its caller is gone.
        }
        finally
        {
            _atOnce.AddOrUpdate(name, 0, static (_, before) => before - 1);
        }
    }
}
