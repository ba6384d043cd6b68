using Scheduler.Benchmarks.Peers;
using Scheduler.Tests.Support;

namespace Scheduler.Benchmarks.Measures;

/// <summary>The same work done by Hangfire on the same disk, without HTTP in front of it.</summary>
internal sealed class HangfirePeer : IMeasure
{
    /// <summary>Names of figures in the table.</summary>
    public const string CreateRate = "hangfire, SQLite storage: creates, 32 callers";

    /// <inheritdoc cref="CreateRate"/>
    public const string BurstRate = "hangfire, SQLite storage: burst of 1,000";

    private const int Callers = 32;
    private const int BurstJobs = 1_000;

    public string Name => "hangfire";

    public string About => "Hangfire in this process, SQLite storage: creates, and a burst of 1,000";

    public async Task RunAsync(Options options, Report report)
    {
        using var folder = new TemporaryFolder();
        using var hangfire = HangfireUnderTest.OnSqlite(Path.Combine(folder.Path, "hangfire.db"));
        var tomorrow = TimeProvider.System.GetUtcNow().AddDays(1);
        await hangfire.CreateAsync(200, Callers, tomorrow);
        var cpu = new Distribution([CpuLoop.Milliseconds()]);
        var creates = await hangfire.CreateAsync(40_000, Callers, tomorrow, TimeSpan.FromSeconds(options.Seconds ?? 10));
        report.Plain(CreateRate, [creates], "/s", cpu);

        cpu = new Distribution([CpuLoop.Milliseconds()]);
        var burst = await hangfire.FireAsync(BurstJobs, creates);
        report.Plain(BurstRate, [BurstJobs / burst.Took.TotalSeconds], "/s", cpu);
        report.Plain("hangfire, SQLite storage: burst lateness, p99", [burst.Milliseconds.P99], "ms", cpu);
        report.Note("in-process calls, no HTTP; 32 workers; delayed jobs are looked for once a second, the queue ten times; a tenth of the other bursts, as it takes long enough");
    }
}
