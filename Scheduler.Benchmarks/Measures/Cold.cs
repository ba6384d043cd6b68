using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>Whether a server that has just been started keeps up, while its code is still being compiled.</summary>
internal sealed class Cold : IMeasure
{
    private const int Jobs = 2000;

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(11);

    public string Name => "cold";

    public string About => "2,000 every-second jobs when their server is started again: fire times that were not met after it was ready";

    public async Task RunAsync(Options options, Report report)
    {
        var seconds = options.Seconds ?? 20;
        await options.Builds.InTurnsAsync(options.Repeats, report, async (build, take) =>
        {
            await using var load = await ServerLoad.StartAsync(binary: build.Path);
            await load.Callers.CreateAsync(Jobs, static _ => JobBody.EverySecond);
            await load.Host.KillAsync();
            await load.StartAgainAsync();
            var from = load.Host.ReadyAt;
            await Clock.ReachesAsync(from.AddSeconds(seconds));
            var to = TimeProvider.System.GetUtcNow();
            // What is overdue at the end may still be started in time.
            await Task.Delay(s_grace, TimeProvider.System);
            await load.Host.KillAsync();

            var runs = new StoredRuns(load.DataPath).DueBetween(from, to);
            take("cold: fire times not met", "%", 100 - (100.0 * runs / (Jobs * (to - from).TotalSeconds)), mark: 0.1, isMost: true);
        });
        report.Note($"{Jobs:#,0} jobs of every PT1S, killed when the last was created; fire times of the first {seconds} s after ready for which no attempt is in the journal");
    }
}
