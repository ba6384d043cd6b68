using Microsoft.Data.Sqlite;
using Quartz;
using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Peers;

/// <summary>A Quartz.NET scheduler in this process.</summary>
internal sealed class QuartzUnderTest : IAsyncDisposable
{
    private const int Concurrency = 32;
    private readonly IScheduler _scheduler;
    private int _names;

    private QuartzUnderTest(IScheduler scheduler) => _scheduler = scheduler;

    /// <summary>Starts one whose jobs are in memory.</summary>
    public static Task<QuartzUnderTest> InMemoryAsync() => StartAsync("ram", quartz => quartz.UseInMemoryStore());

    /// <summary>Starts one whose jobs are in a SQLite file with the same promises as the scheduler's journal.</summary>
    public static async Task<QuartzUnderTest> OnSqliteAsync(string path)
    {
        var connectionString = new SqliteConnectionStringBuilder { DataSource = path }.ToString();
        // The mode is kept in the file. synchronous=FULL is what SQLite does when nobody says otherwise.
        await using (var connection = new SqliteConnection(connectionString))
        {
            await connection.OpenAsync();
            await using var wal = connection.CreateCommand();
            wal.CommandText = "PRAGMA journal_mode = WAL";
            await wal.ExecuteNonQueryAsync();
        }

        return await StartAsync("sqlite", quartz => quartz.UsePersistentStore(store =>
        {
            store.UseSqlite(SqliteFactory.Instance, connectionString);
            store.ProvisionSchema();
        }));
    }

    /// <summary>Schedules one-off jobs with a number of callers at once; jobs a second.</summary>
    public async Task<double> CreateAsync(int count, int callers, Func<int, DateTimeOffset> due, TimeSpan? limit = null)
    {
        var next = -1;
        var created = 0;
        var since = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            int i;
            while ((limit is null || TimeProvider.System.GetElapsedTime(since) < limit) && (i = Interlocked.Increment(ref next)) < count)
            {
                var name = $"job-{Interlocked.Increment(ref _names)}";
                var job = JobBuilder.Create<QuartzJob>().WithIdentity(name).Build();
                var trigger = TriggerBuilder.Create().WithIdentity(name).StartAt(due(i)).Build();
                await _scheduler.ScheduleJob(job, trigger);
                Interlocked.Increment(ref created);
            }
        })));
        return created / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>Schedules jobs ahead and waits until all of them have started.</summary>
    public async Task<LatenessLog> FireAsync(int count, double createsPerSecond, Func<DateTimeOffset, int, DateTimeOffset> due)
    {
        var log = new LatenessLog(count);
        QuartzJob.Log = log;
        var first = TimeProvider.System.GetUtcNow().AddSeconds(3 + (2 * count / createsPerSecond));
        await CreateAsync(count, Concurrency, i => due(first, i));
        if (TimeProvider.System.GetUtcNow() > first)
            throw new InvalidOperationException("The first Quartz jobs were due before the last existed.");
        await Clock.ReachesAsync(first);
        await log.All.WaitAsync(TimeSpan.FromMinutes(3), TimeProvider.System);
        QuartzJob.Log = null;
        return log;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _scheduler.Shutdown();
        SqliteConnection.ClearAllPools();
    }

    private static async Task<QuartzUnderTest> StartAsync(string name, Action<IQuartzBuilder> store)
    {
        var scheduler = await QuartzSchedulerBuilder.Create(quartz =>
        {
            quartz.ConfigureScheduler(options =>
            {
                options.InstanceName = name;
                options.MaxBatchSize = Concurrency;
            });
            quartz.UseDefaultThreadPool(Concurrency);
            store(quartz);
        }).BuildScheduler();
        await scheduler.Start();
        return new QuartzUnderTest(scheduler);
    }
}
