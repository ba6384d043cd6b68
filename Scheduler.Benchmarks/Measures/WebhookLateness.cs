using Scheduler.Benchmarks.Load;
using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Measures;

/// <summary>How late a called service sees its call: the other end of what the server says of itself.</summary>
internal sealed class WebhookLateness : IMeasure
{
    private const int PerSecond = 20;

    public string Name => "webhooks";

    public string About => "lateness of 20 webhooks due each second for 10 s, as the called service sees it";

    public async Task RunAsync(Options options, Report report)
    {
        await using var load = await ServerLoad.StartAsync();
        await using var receiver = await WebhookReceiver.StartAsync((_, _) => Task.FromResult(200));
        var seconds = options.Seconds ?? 10;
        // The first calls open connections and compile both ends.
        await FireAsync(load, receiver, "warm", seconds: 2);
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        var runs = await FireAsync(load, receiver, "call", seconds);

        var received = receiver.Calls.Where(call => call.Path.StartsWith("/call/", StringComparison.Ordinal)).ToList();
        var observed = received.Select(call => (call.ReceivedAt - DueOf(call)).TotalMilliseconds).ToList();
        if (observed.Count(late => late < 0) is var early && early > 0)
            report.Note($"{early} CALLS CAME EARLY");
        if (received.Count != runs.Count)
            report.Note($"{runs.Count} runs, but {received.Count} calls");
        var client = new Distribution(observed);
        var server = new Distribution(runs.Select(run => run.LatenessMs));
        report.Plain("webhooks: 20/s spaced, received − due_at, p50", [client.Median], "ms", cpu);
        report.Plain("webhooks: 20/s spaced, received − due_at, p99", [client.P99], "ms", cpu);
        report.Plain("webhooks: 20/s spaced, received − due_at, max", [client.Max], "ms", cpu);
        report.Plain("webhooks: the same runs' lateness_ms, p50", [server.Median], "ms", cpu);
        report.Plain("webhooks: the same runs' lateness_ms, p99", [server.P99], "ms", cpu);
        report.Note("received: the request's headers were read by a receiver in this process, on the same clock");
    }

    private static async Task<IReadOnlyList<RunTimes>> FireAsync(ServerLoad load, WebhookReceiver receiver, string kind, int seconds)
    {
        var count = PerSecond * seconds;
        var first = load.DueAfterCreating(count);
        var created = await load.CreateInTimeAsync(count, first, i =>
        {
            var due = first.AddMilliseconds(i * (1000 / PerSecond));
            return JobBody.Webhook(due, receiver.Url($"/{kind}/{due.ToUnixTimeMilliseconds()}"));
        });
        await Clock.ReachesAsync(first.AddSeconds(seconds + 1));
        await load.Callers.WaitUntilNothingIsLeftAsync();
        return await load.Callers.RunsAsync(created.Ids);
    }

    private static DateTimeOffset DueOf(WebhookCall call) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(call.Path.AsSpan(call.Path.LastIndexOf('/') + 1)));
}
