using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>How fast runs get through when far more are due at once than can start at once.</summary>
internal sealed class Burst : IMeasure
{
    /// <summary>The name of the rate in the table.</summary>
    public const string Rate = "burst: 10,000 no-op jobs at one instant";

    private const int Jobs = 10_000;

    /// <summary>Of one process, so that the later ones find compiled code.</summary>
    private const int Bursts = 3;

    public string Name => "burst";

    public string About => "executions per second and lateness of 10,000 no-op jobs due at the same instant";

    public async Task RunAsync(Options options, Report report)
    {
        await options.Builds.InTurnsAsync(options.Repeats, report, async (build, take) =>
        {
            await using var load = await ServerLoad.StartAsync(binary: build.Path);
            var rates = new List<double>();
            var latenesses = new List<Distribution>();
            for (var i = 0; i < Bursts; i++)
            {
                var due = load.DueAfterCreating(Jobs);
                var created = await load.CreateInTimeAsync(Jobs, due, _ => JobBody.NoOp(due));
                await Clock.ReachesAsync(due.AddSeconds(2));
                await load.Callers.WaitUntilNothingIsLeftAsync();
                var runs = await load.Callers.RunsAsync(created.Ids);

                var took = runs.Max(run => run.EndedAt) - runs.Min(run => run.StartedAt);
                rates.Add(Jobs / Math.Max(took.TotalSeconds, 0.001));
                latenesses.Add(new Distribution(runs.Select(run => run.LatenessMs)));
            }

            take(Rate, "/s", Distribution.MedianOf(rates), mark: 10_000, isMost: false);
            take("burst: lateness, p50", "ms", Distribution.MedianOf([.. latenesses.Select(lateness => lateness.Median)]), mark: null, isMost: true);
            take("burst: lateness, p99", "ms", Distribution.MedianOf([.. latenesses.Select(lateness => lateness.P99)]), mark: 500, isMost: true);
            take("burst: lateness, max", "ms", Distribution.MedianOf([.. latenesses.Select(lateness => lateness.Max)]), mark: null, isMost: true);
        });
        report.Note($"jobs / (latest ended_at − earliest started_at), from the runs view; created seconds before, so they are awake; a round is the median of {Bursts} bursts of one process");
    }
}
