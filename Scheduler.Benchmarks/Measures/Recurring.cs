using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Measures;

/// <summary>What a run of a recurring job costs: bytes that go to disk, and processor time.</summary>
internal sealed class Recurring : IMeasure
{
    private const int Jobs = 2000;
    private const int ManyJobs = 5000;
    private static readonly TimeSpan s_warmUp = TimeSpan.FromSeconds(6);

    public string Name => "recurring";

    public string About => "2,000 and 5,000 every-second jobs: bytes written and processor time a run, and how many of the fire times were met";

    public async Task RunAsync(Options options, Report report)
    {
        var seconds = options.Seconds ?? 15;
        foreach (var jobs in (int[])[Jobs, ManyJobs])
            await OfAsync(jobs, seconds, options, report);
        report.Note($"jobs of every PT1S with a no-op handler, phases as they were created; {seconds} s after {s_warmUp.TotalSeconds} s; write_bytes of /proc/PID/io, attempts in the journal");
    }

    private static async Task OfAsync(int jobs, int seconds, Options options, Report report)
    {
        var what = $"recurring, {jobs:#,0} jobs";
        await options.Builds.InTurnsAsync(options.Repeats, report, async (build, take) =>
        {
            await using var load = await ServerLoad.StartAsync(binary: build.Path);
            await load.Callers.CreateAsync(jobs, static _ => JobBody.EverySecond);
            await Task.Delay(s_warmUp, TimeProvider.System);
            var (before, from) = (await ProcessCost.OfAsync(load.Host.Id), TimeProvider.System.GetUtcNow());
            await Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System);
            var (after, to) = (await ProcessCost.OfAsync(load.Host.Id), TimeProvider.System.GetUtcNow());
            await load.Host.KillAsync();

            var stored = new StoredRuns(load.DataPath);
            var (runs, cost) = (Math.Max(1, stored.StartedBetween(from, to)), after - before);
            take($"{what}: written to disk a run", "KB", cost.BytesWritten / 1024.0 / runs, mark: 6, isMost: true);
            take($"{what}: processor time a run", "µs", cost.Processor.TotalMicroseconds / runs, mark: null, isMost: true);
            take($"{what}: share of the fire times", "%", 100.0 * runs / (jobs * (to - from).TotalSeconds), mark: 99.5, isMost: false);
            take($"{what}: events a run", "", (double)stored.EventsBetween(from, to) / runs, mark: null, isMost: true);
        });
    }
}
