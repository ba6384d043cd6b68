using Scheduler.Benchmarks.Journal;
using Scheduler.Benchmarks.Load;
using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Measures;

/// <summary>How many jobs a second are created over HTTP, each on disk before it is answered.</summary>
internal sealed class Creates : IMeasure
{
    /// <summary>Names of figures in the table.</summary>
    public const string Rate = "creates: 32 callers, one-off jobs";

    /// <inheritdoc cref="Rate"/>
    public const string BareRate = "creates: bare SQLite, the same rows, 32 a transaction";

    private const int Callers = 32;
    private const int AtMostJobs = 40_000;

    public string Name => "creates";

    public string About => "jobs created per second by 32 concurrent HTTP callers, due tomorrow";

    public async Task RunAsync(Options options, Report report)
    {
        await options.Builds.InTurnsAsync(options.Repeats, report, async (build, take) =>
        {
            await using var load = await ServerLoad.StartAsync(binary: build.Path);
            var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
            // What a new process does is compiled first, and again when it is known to be done often.
            var cold = await load.Callers.CreateAsync(AtMostJobs, _ => JobBody.NoOp(tomorrow), TimeSpan.FromSeconds(options.Seconds ?? 10));
            take("creates: 32 callers, the first seconds of a process", "/s", cold.PerSecond, mark: null, isMost: false);
            var before = await ProcessCost.OfAsync(load.Host.Id);
            var created = await load.Callers.CreateAsync(AtMostJobs, _ => JobBody.NoOp(tomorrow), TimeSpan.FromSeconds(options.Seconds ?? 10));
            var cost = await ProcessCost.OfAsync(load.Host.Id) - before;
            take(Rate, "/s", created.PerSecond, mark: 6000, isMost: false);
            take("creates: written to disk a create", "KB", cost.BytesWritten / 1024.0 / created.Ids.Count, mark: 5, isMost: true);
            await load.Host.StopAsync();
            var stored = StoredBytes.In(load.DataPath);
            take("creates: journal kept a job", "B", (double)stored.Journal / (created.Ids.Count + cold.Ids.Count + ServerLoad.WarmUpJobs), mark: null, isMost: true);
            take("creates: views kept a job", "B", (double)stored.Views / (created.Ids.Count + cold.Ids.Count + ServerLoad.WarmUpJobs), mark: null, isMost: true);
            take("creates: processor time a create", "µs", cost.Processor.TotalMicroseconds / created.Ids.Count, mark: null, isMost: true);
            using var folder = new TemporaryFolder();
            using var bare = new BareCreates(folder.Path);
            take(BareRate, "/s", bare.Insert(TimeSpan.FromSeconds(3), Callers), mark: null, isMost: false);
        });
        report.Note($"201s received / time; {options.Seconds ?? 10} s or {AtMostJobs:#,0} jobs each, whichever ends first, into an empty data folder");
    }
}
