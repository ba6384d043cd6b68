using Scheduler.Benchmarks.Load;
using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Measures;

/// <summary>What a host that answers nobody does to the jobs of another one.</summary>
internal sealed class Isolation : IMeasure
{
    private const int Hanging = 5_000;
    private const int PerSecond = 20;

    public string Name => "isolation";

    public string About => "lateness of 20 webhooks a second for 10 s while 5,000 due jobs call a host that never answers";

    public async Task RunAsync(Options options, Report report)
    {
        await using var load = await ServerLoad.StartAsync();
        var held = 0;
        await using var hangs = await WebhookReceiver.StartAsync(async (_, callerGone) =>
        {
            Interlocked.Increment(ref held);
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, callerGone);
            return 200;
        });
        await using var answers = await WebhookReceiver.StartAsync((_, _) => Task.FromResult(200));
        var seconds = options.Seconds ?? 10;
        // The first calls open connections and compile both ends.
        await CallAsync(load, answers, "warm", seconds: 2, hangs, hanging: 0);
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        var alone = await CallAsync(load, answers, "alone", seconds, hangs, hanging: 0);
        var beside = await CallAsync(load, answers, "beside", seconds, hangs, Hanging);

        report.Plain("isolation: alone, received − due_at, p50", [alone.Median], "ms", cpu);
        report.Plain("isolation: alone, received − due_at, p99", [alone.P99], "ms", cpu);
        report.Plain("isolation: beside a hanging host, received − due_at, p50", [beside.Median], "ms", cpu);
        report.AtMost("isolation: beside a hanging host, received − due_at, p99", [beside.P99], 100, nextMark: null, "ms", cpu);
        report.Note($"{Hanging:N0} jobs for the hanging host were due as the others began; it held {held} calls at the end");
    }

    private static async Task<Distribution> CallAsync(ServerLoad load, WebhookReceiver answers, string kind, int seconds, WebhookReceiver hangs, int hanging)
    {
        var count = PerSecond * seconds;
        var first = load.DueAfterCreating(hanging + count);
        await load.CreateInTimeAsync(hanging + count, first, i =>
        {
            var due = first.AddMilliseconds((i - hanging) * (1000 / PerSecond));
            return i < hanging ? JobBody.Webhook(first, hangs.Url("/never")) : JobBody.Webhook(due, answers.Url($"/{kind}/{due.ToUnixTimeMilliseconds()}"));
        });
        await Clock.ReachesAsync(first.AddSeconds(seconds + 2));
        var received = answers.Calls.Where(call => call.Path.StartsWith($"/{kind}/", StringComparison.Ordinal)).ToList();
        return received.Count == count
            ? new Distribution(received.Select(call => (call.ReceivedAt - DueOf(call)).TotalMilliseconds))
            : throw new InvalidOperationException($"{count} calls were due, and {received.Count} came within two seconds.");
    }

    private static DateTimeOffset DueOf(WebhookCall call) =>
        DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(call.Path.AsSpan(call.Path.LastIndexOf('/') + 1)));
}
