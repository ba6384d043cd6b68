using Scheduler.Benchmarks.Peers;
using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Measures;

/// <summary>The same work done by Quartz.NET on the same disk, without HTTP in front of it.</summary>
internal sealed class QuartzPeer : IMeasure
{
    /// <summary>Names of figures in the table.</summary>
    public const string SqliteCreates = Sqlite + Creates;

    /// <inheritdoc cref="SqliteCreates"/>
    public const string SqliteBurst = Sqlite + Burst;

    private const string Sqlite = "quartz, SQLite store";
    private const string Creates = ": creates, 32 callers";
    private const string Burst = ": burst of 10,000";
    private const int PerSecond = 200;
    private const int Callers = 32;
    private const int BurstJobs = 10_000;

    public string Name => "quartz";

    public string About => "Quartz.NET 4 in this process, SQLite store and RAM store: creates, burst and lateness";

    public async Task RunAsync(Options options, Report report)
    {
        await using (var ram = await QuartzUnderTest.InMemoryAsync())
            await MeasureAsync(ram, "quartz, RAM store", options, report);
        using var folder = new TemporaryFolder();
        await using (var sqlite = await QuartzUnderTest.OnSqliteAsync(Path.Combine(folder.Path, "quartz.db")))
            await MeasureAsync(sqlite, Sqlite, options, report);
        report.Note("in-process calls, no HTTP; 32 threads and batches of 32; SQLite with WAL and synchronous=FULL; burst: jobs / (last − first start)");
    }

    private static async Task MeasureAsync(QuartzUnderTest quartz, string what, Options options, Report report)
    {
        var seconds = options.Seconds ?? 10;
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        await quartz.CreateAsync(200, Callers, _ => tomorrow);
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        var creates = await quartz.CreateAsync(40_000, Callers, _ => tomorrow, TimeSpan.FromSeconds(seconds));
        report.Plain(what + Creates, [creates], "/s", cpu);

        cpu = new Distribution([CpuLoop.Milliseconds()]);
        var spaced = (await quartz.FireAsync(
            PerSecond * seconds, creates, (first, i) => first.AddMilliseconds(i * (1000.0 / PerSecond)))).Milliseconds;
        report.Plain($"{what}: lateness 200/s spaced, p50", [spaced.Median], "ms", cpu);
        report.Plain($"{what}: lateness 200/s spaced, p99", [spaced.P99], "ms", cpu);

        cpu = new Distribution([CpuLoop.Milliseconds()]);
        var burst = await quartz.FireAsync(BurstJobs, creates, (first, _) => first);
        report.Plain(what + Burst, [BurstJobs / burst.Took.TotalSeconds], "/s", cpu);
        report.Plain($"{what}: burst lateness, p99", [burst.Milliseconds.P99], "ms", cpu);
    }
}
