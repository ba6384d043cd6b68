using Hangfire;
using Hangfire.Storage.SQLite;
using Scheduler.Benchmarks.Load;

namespace Scheduler.Benchmarks.Peers;

/// <summary>A Hangfire server in this process, with its jobs in a SQLite file.</summary>
internal sealed class HangfireUnderTest : IDisposable
{
    private const int Concurrency = 32;

    private readonly SQLiteStorage _storage;
    private readonly BackgroundJobServer _server;
    private readonly BackgroundJobClient _client;

    private HangfireUnderTest(string path)
    {
        _storage = new SQLiteStorage(path, new SQLiteStorageOptions { QueuePollInterval = TimeSpan.FromMilliseconds(100) });
        _client = new BackgroundJobClient(_storage);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Concurrency, SchedulePollingInterval = TimeSpan.FromSeconds(1) }, _storage);
    }

    /// <summary>What the runs of the current measure write to.</summary>
    public static LatenessLog? Log { get; set; }

    /// <summary>Starts one on a file, with the storage's own settings of SQLite.</summary>
    public static HangfireUnderTest OnSqlite(string path) => new(path);

    /// <summary>What the jobs do: Hangfire calls it by its name.</summary>
    public static void Run(long dueTicks) => Log?.Started(new DateTimeOffset(dueTicks, TimeSpan.Zero));

    /// <summary>Schedules one-off jobs with a number of callers at once; jobs a second.</summary>
    public async Task<double> CreateAsync(int count, int callers, DateTimeOffset due, TimeSpan? limit = null)
    {
        var next = -1;
        var created = 0;
        var since = TimeProvider.System.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while ((limit is null || TimeProvider.System.GetElapsedTime(since) < limit) && Interlocked.Increment(ref next) < count)
                {
                    _client.Schedule(() => Run(due.UtcTicks), due);
                    Interlocked.Increment(ref created);
                }
            },
            TaskCreationOptions.LongRunning)));
        return created / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }

    /// <summary>Schedules jobs that are all due at one instant, and waits until all of them have started.</summary>
    public async Task<LatenessLog> FireAsync(int count, double createsPerSecond)
    {
        var log = new LatenessLog(count);
        Log = log;
        var due = TimeProvider.System.GetUtcNow().AddSeconds(3 + (2 * count / createsPerSecond));
        await CreateAsync(count, Concurrency, due);
        await Clock.ReachesAsync(due);
        await log.All.WaitAsync(TimeSpan.FromMinutes(5), TimeProvider.System);
        Log = null;
        return log;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Dispose();
        _storage.Dispose();
    }
}
