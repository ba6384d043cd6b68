using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>How fast runs get through when far more are due at once than can start at once.</summary>
internal sealed class Burst : IMeasure
{
    private const int Jobs = 10_000;

    public string Name => "burst";

    public string About => "executions per second and lateness of 10,000 no-op jobs due at the same instant";

    public async Task RunAsync(Options options, Report report)
    {
        await using var load = await ServerLoad.StartAsync();
        var cpu = new List<double>();
        var rates = new List<double>();
        var latenesses = new List<Distribution>();
        for (var i = 0; i < options.Repeats; i++)
        {
            cpu.Add(CpuLoop.Milliseconds());
            var due = load.DueAfterCreating(Jobs);
            var created = await load.CreateInTimeAsync(Jobs, due, _ => JobBody.NoOp(due));
            await Clock.ReachesAsync(due.AddSeconds(2));
            await load.Callers.WaitUntilNothingIsLeftAsync();
            var runs = await load.Callers.RunsAsync(created.Ids);

            var took = runs.Max(run => run.EndedAt) - runs.Min(run => run.StartedAt);
            rates.Add(Jobs / Math.Max(took.TotalSeconds, 0.001));
            latenesses.Add(new Distribution(runs.Select(run => run.LatenessMs)));
        }

        var loops = new Distribution(cpu);
        report.AtLeast("burst: 10,000 no-op jobs at one instant", rates, 6000, 10_000, "/s", loops);
        report.Plain("burst: lateness, p50", [.. latenesses.Select(lateness => lateness.Median)], "ms", loops);
        report.AtMost("burst: lateness, p99", [.. latenesses.Select(lateness => lateness.P99)], 1000, nextMark: null, "ms", loops);
        report.Plain("burst: lateness, max", [.. latenesses.Select(lateness => lateness.Max)], "ms", loops);
        report.Note("jobs / (latest ended_at − earliest started_at), from the runs view; created seconds before, so they are awake");
    }
}
