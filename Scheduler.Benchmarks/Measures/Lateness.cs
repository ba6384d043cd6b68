using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>How late runs start under a steady load, as the server's runs view says.</summary>
internal sealed class Lateness : IMeasure
{
    private const int PerSecond = 200;

    /// <summary>Every-second jobs beside them.</summary>
    private const int Beside = 2000;

    /// <summary>The first seconds of a process are compiled rather than run; they are loaded as the others are, and not counted.</summary>
    private const int WarmUpSeconds = 5;

    public string Name => "lateness";

    public string About => "lateness of 200 jobs due each second for 20 s: at one instant, spaced over the second, and spaced beside 2,000 every-second jobs";

    public async Task RunAsync(Options options, Report report)
    {
        var seconds = options.Seconds ?? 20;
        await options.Builds.InTurnsAsync(options.Repeats, report, async (build, take) =>
        {
            await using var load = await ServerLoad.StartAsync(binary: build.Path);
            await MeasureAsync(load, report, take, "lateness: 200/s, spaced 5 ms apart", seconds, spacing: 1000 / PerSecond, p50: 0.5, p99: 1);
            await MeasureAsync(load, report, take, "lateness: 200/s, all at the whole second", seconds, spacing: 0, p50: 1, p99: 3);
            await load.Callers.CreateAsync(Beside, static _ => JobBody.EverySecond);
            await MeasureAsync(load, report, take, $"lateness: 200/s spaced, beside {Beside:#,0} runs/s", seconds, spacing: 1000 / PerSecond, p50: 0.5, p99: 1);
        });
        report.Note($"lateness_ms of GET /jobs/{{id}}/runs, {PerSecond * seconds:#,0} runs each, after {WarmUpSeconds} s of the same load: from due_at to the call of the handler");
    }

    private static async Task MeasureAsync(
        ServerLoad load, Report report, Take take, string what, int seconds, int spacing, double p50, double p99)
    {
        var count = PerSecond * (WarmUpSeconds + seconds);
        var first = load.DueAfterCreating(count);
        var created = await load.CreateInTimeAsync(
            count, first, i => JobBody.NoOp(first.AddSeconds(i / PerSecond).AddMilliseconds(i % PerSecond * spacing)));
        // Nothing is asked while the jobs fire: on two cores the questions would be part of the answer.
        await Clock.ReachesAsync(first.AddSeconds(WarmUpSeconds + seconds + 1));
        var all = await load.Callers.RunsAsync(created.Ids);
        var runs = all.Where(run => run.DueAt >= first.AddSeconds(WarmUpSeconds)).ToList();

        if (all.Count(run => run.StartedAt < run.DueAt || run.LatenessMs < 0) is var early && early > 0)
            report.Note($"{early} RUNS STARTED EARLY");
        var lateness = new Distribution(runs.Select(run => run.LatenessMs));
        take($"{what}, p50", "ms", lateness.Median, p50, isMost: true);
        take($"{what}, p99", "ms", lateness.P99, p99, isMost: true);
        take($"{what}, max", "ms", lateness.Max, mark: null, isMost: true);
    }
}
