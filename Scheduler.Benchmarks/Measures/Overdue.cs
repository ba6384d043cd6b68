using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>How soon jobs start that came due while no server was there.</summary>
internal sealed class Overdue : IMeasure
{
    private const int Jobs = 10_000;

    public string Name => "overdue";

    public string About => "10,000 jobs that came due after a kill -9: from ready again until all have started";

    public async Task RunAsync(Options options, Report report)
    {
        await options.Builds.InTurnsAsync(options.Repeats, report, async (build, take) =>
        {
            // A new data folder each time: what an earlier round left would be read again as well.
            await using var load = await ServerLoad.StartAsync(binary: build.Path);
            var due = load.DueAfterCreating(Jobs);
            var created = await load.CreateInTimeAsync(Jobs, due, _ => JobBody.NoOp(due));
            await load.Host.KillAsync();
            await Clock.ReachesAsync(due.AddSeconds(1));

            await load.StartAgainAsync();
            await load.Callers.WaitUntilNothingIsLeftAsync();
            var runs = await load.Callers.RunsAsync(created.Ids);
            if (runs.Any(run => run.StartedAt < due))
                report.Note("A RUN STARTED BEFORE IT WAS DUE");
            var started = new Distribution(runs.Select(run => (run.StartedAt - load.Host.ReadyAt).TotalSeconds));
            take("overdue: process start to ready", "s", load.Host.TimeToReady.TotalSeconds, mark: null, isMost: true);
            take("overdue: ready to half of 10,000 started", "s", started.Median, mark: null, isMost: true);
            take("overdue: ready to all of 10,000 started", "s", started.Max, mark: 3, isMost: true);
        });
        report.Note("latest started_at of the runs view − when /health/ready first answered 200; below zero: started before that");
    }
}
