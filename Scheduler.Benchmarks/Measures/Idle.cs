using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>What a server costs that has nothing to do, and how soon one is ready that has no data.</summary>
internal sealed class Idle : IMeasure
{
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(10);

    public string Name => "idle";

    public string About => "a server with an empty folder: time to ready, and processor time while nothing is due";

    public async Task RunAsync(Options options, Report report)
    {
        var seconds = options.Seconds ?? 15;
        await options.Builds.InTurnsAsync(options.Repeats, report, async (build, take) =>
        {
            await using var load = await ServerLoad.StartAsync(warm: false, binary: build.Path);
            await Clock.ReachesAsync(load.Host.ReadyAt + s_settle);
            var before = await ProcessCost.OfAsync(load.Host.Id);
            await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
            var cost = await ProcessCost.OfAsync(load.Host.Id) - before;
            take("idle: process start to ready", "s", load.Host.TimeToReady.TotalSeconds, mark: 1, isMost: true);
            take("idle: of one core", "%", 100 * cost.Processor.TotalSeconds / seconds, mark: 1, isMost: true);
            take("idle: written to disk", "KB/s", cost.BytesWritten / 1024.0 / seconds, mark: null, isMost: true);
        });
        report.Note($"no jobs; {seconds} s, {s_settle.TotalSeconds:0} s after ready");
    }
}
