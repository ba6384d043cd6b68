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
        var cpu = new List<double>();
        var ready = new List<double>();
        var half = new List<double>();
        var all = new List<double>();
        for (var i = 0; i < options.Repeats; i++)
        {
            // A new data folder each time: what an earlier round left would be read again as well.
            await using var load = await ServerLoad.StartAsync();
            var due = load.DueAfterCreating(Jobs);
            var created = await load.CreateInTimeAsync(Jobs, due, _ => JobBody.NoOp(due));
            await load.Host.KillAsync();
            cpu.Add(CpuLoop.Milliseconds());
            await Clock.ReachesAsync(due.AddSeconds(1));

            await load.StartAgainAsync();
            await load.Callers.WaitUntilNothingIsLeftAsync();
            var runs = await load.Callers.RunsAsync(created.Ids);
            if (runs.Any(run => run.StartedAt < due))
                report.Note("A RUN STARTED BEFORE IT WAS DUE");
            var started = new Distribution(runs.Select(run => (run.StartedAt - load.Host.ReadyAt).TotalSeconds));
            ready.Add(load.Host.TimeToReady.TotalSeconds);
            half.Add(started.Median);
            all.Add(started.Max);
        }

        var loops = new Distribution(cpu);
        report.Plain("overdue: process start to ready", ready, "s", loops);
        report.Plain("overdue: ready to half of 10,000 started", half, "s", loops);
        report.AtMost("overdue: ready to all of 10,000 started", all, 3, nextMark: null, "s", loops);
        report.Note("latest started_at of the runs view − when /health/ready first answered 200; below zero: started before that");
    }
}
