using Scheduler.Persistence.Events;
using Scheduler.Persistence.Sqlite;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>A SQLite store without an actor system, and words for what specs do with it.</summary>
internal sealed class StoreProbe : IDisposable
{
    private static readonly TimeSpan s_patience = Patience.Limit;

    public StoreProbe(DatabaseFile file, int checkpointPages = 1_000, TimeSpan keepBack = default)
        : this(file.Path, checkpointPages, keepBack)
    {
    }

    public StoreProbe(string path, int checkpointPages = 1_000, TimeSpan keepBack = default) => Store = new SqliteStore(
        new SqliteStoreSettings(path, MaxBatchRows: 500, QueueCapacity: 1_000, ReadConnections: 2, checkpointPages, keepBack), TimeProvider.System);

    public SqliteStore Store { get; }

    public static EventRecord Record(string id, long sequenceNr, string? tag = null, byte[]? payload = null) => new()
    {
        PersistenceId = id,
        SequenceNr = sequenceNr,
        Timestamp = 1,
        Tags = tag is null ? null : [tag],
        SerializerId = 4301,
        Manifest = "happened.v1",
        Payload = payload ?? [1, 2, 3],
        WriterId = "w",
    };

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(params EventRecord[] atomic) => AppendAsync(CancellationToken.None, atomic);

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(CancellationToken cancellationToken, params EventRecord[] atomic) =>
        Store.AppendAsync([new AtomicRecords(atomic)], cancellationToken).WaitAsync(s_patience);

    /// <summary>Stores what nobody waits for.</summary>
    public Task<IReadOnlyList<AppendOutcome>> AppendUnhurriedAsync(params EventRecord[] atomic) =>
        Store.AppendAsync([new AtomicRecords(atomic) { IsUnhurried = true }], CancellationToken.None).WaitAsync(s_patience);

    public async Task StoreAsync(string id, long from, long to)
    {
        for (var nr = from; nr <= to; nr++)
            Assert.Equal(AppendStatus.Stored, Assert.Single(await AppendAsync(Record(id, nr))).Status);
    }

    public async Task<List<EventRecord>> AllAsync()
    {
        var page = await Store.ReadAsync(tag: null, 0, long.MaxValue, int.MaxValue, CancellationToken.None).WaitAsync(s_patience);
        return [.. page.Events];
    }

    public async Task<List<long>> NumbersAsync(string id)
    {
        var numbers = new List<long>();
        await Store.ReplayAsync(id, 1, long.MaxValue, long.MaxValue, All(one => numbers.Add(one.SequenceNr)), CancellationToken.None).WaitAsync(s_patience);
        return numbers;
    }

    /// <summary>Takes all events of a replay.</summary>
    public static Predicate<EventRecord> All(Action<EventRecord> take) => record =>
    {
        take(record);
        return true;
    };

    /// <summary>Keeps the writer busy until disposed, so that what comes meanwhile shares its next transaction.</summary>
    public IDisposable HoldWriter() => new StoreHold(Store);

    public void Dispose() => Store.Dispose();
}
