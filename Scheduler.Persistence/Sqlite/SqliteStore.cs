using Akka.Event;
using Akka.Persistence;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>
/// Journal and snapshots in one SQLite file, which this process has for itself. Nothing touches the disk before the first call, and a
/// file that can't be opened is tried again with each one.
/// </summary>
internal sealed class SqliteStore : IPersistenceStore, IEventStore, ISnapshotArchive
{
    /// <summary>
    /// Orderings that one read looks at when it filters by tag, so that a rare tag doesn't hold a connection, and with it a snapshot of
    /// the log, for the length of the whole journal.
    /// </summary>
    private const long ScanStretch = 50_000;

    private readonly TimeProvider _time;
    private readonly SqliteReaders _readers;
    private readonly string _path;

    public SqliteStore(SqliteStoreSettings settings, TimeProvider time, ILoggingAdapter? log = null)
    {
        _time = time;
        _path = settings.Path;
        Writer = new SqliteWriter(settings, Tail, log ?? NoLogger.Instance);
        _readers = new SqliteReaders(settings.Path, settings.ReadConnections);
    }

    public IEventStore Events => this;

    public ISnapshotArchive Snapshots => this;

    public EventTail Tail { get; } = new();

    public bool ReadsTagsByIndex => false;

    /// <summary>One writer: the order of the commits is the order.</summary>
    public long Overlap => 0;

    /// <summary>The writer.</summary>
    public SqliteWriter Writer { get; }

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        if (!Writer.IsOpened)
            await WriteAsync(static _ => { }, cancellationToken);
    }

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<AtomicRecords> writes, CancellationToken cancellationToken)
    {
        var request = new AppendRequest(writes) { CancellationToken = cancellationToken };
        var queued = Writer.EnqueueAsync(request);
        return queued.IsCompletedSuccessfully ? request.Done : WaitAsync(queued, request);

        static async Task<IReadOnlyList<AppendOutcome>> WaitAsync(ValueTask queued, AppendRequest request)
        {
            await queued;
            return await request.Done;
        }
    }

    public Task ReplayAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr, long limit, Predicate<EventRecord> onEvent, CancellationToken cancellationToken)
    {
        return ReadAsync(
            connection =>
            {
                SqliteEventRows.Replay(connection, persistenceId, fromSequenceNr, toSequenceNr, limit, onEvent, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    public Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            var statement = connection.Prepare("""
                SELECT max(
                  coalesce((SELECT max(sequence_nr) FROM journal WHERE persistence_id = ?1), 0),
                  coalesce((SELECT sequence_nr FROM deleted WHERE persistence_id = ?1), 0))
                """).Bind(1, persistenceId);
            statement.Step();
            var highest = statement.Long(0);
            statement.Reset();
            return highest;
        },
        cancellationToken);

    public async Task DeleteAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken)
    {
        var (events, bytes) = (0L, 0L);
        await WriteAsync(session => (events, bytes) = session.Delete(persistenceId, toSequenceNr), cancellationToken);
        JournalMetrics.Deleted(events, bytes);
    }

    public Task<EventPage> ReadAsync(string? tag, long fromExclusive, long toInclusive, int limit, CancellationToken cancellationToken)
    {
        var to = tag is null ? toInclusive : Math.Min(toInclusive, fromExclusive > long.MaxValue - ScanStretch ? long.MaxValue : fromExclusive + ScanStretch);
        return ReadAsync(
            connection =>
            {
                var events = SqliteEventRows.Read(connection, tag, fromExclusive, to, limit, out var more);
                return new EventPage(events, more ? events[^1].Ordering : to);
            },
            cancellationToken);
    }

    public Task<long> ReadMaxOrderingAsync(CancellationToken cancellationToken) =>
        ReadAsync(static connection => connection.QueryLong("SELECT max(ordering) FROM journal"), cancellationToken);

    public Task<IReadOnlyList<string>> ReadPersistenceIdsAsync(string? after, long upTo, int limit, CancellationToken cancellationToken) => ReadAsync(
        IReadOnlyList<string> (connection) =>
        {
            // A loose index scan: two seeks for each id, however many events it has.
            var statement = connection.Prepare("SELECT min(persistence_id) FROM journal WHERE persistence_id > ?1");
            var first = connection.Prepare("SELECT ordering FROM journal WHERE persistence_id = ?1 ORDER BY sequence_nr LIMIT 1");
            var ids = new List<string>();
            var last = after ?? "";
            while (ids.Count < limit)
            {
                statement.Bind(1, last);
                var found = statement.Step() && !statement.IsNull(0);
                if (found)
                    last = statement.Text(0);
                statement.Reset();
                if (!found)
                    break;
                if (first.Bind(1, last).Step() && first.Long(0) <= upTo)
                    ids.Add(last);
                first.Reset();
            }

            return ids;
        },
        cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) =>
        WriteAsync(session => session.SetState("checked_at", _time.GetUtcNow().UtcTicks), cancellationToken);

    public Task<SnapshotRecord?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        ReadAsync(connection => SqliteSnapshotRows.Load(connection, persistenceId, criteria), cancellationToken);

    public Task SaveAsync(SnapshotRecord snapshot, CancellationToken cancellationToken) =>
        WriteAsync(session => SqliteSnapshotRows.Save(session.Connection, snapshot), cancellationToken);

    public Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        WriteAsync(session => SqliteSnapshotRows.Delete(session.Connection, persistenceId, criteria), cancellationToken);

    /// <summary>Which journal it is, and how far it goes.</summary>
    /// <exception cref="StoreException">It can't be opened.</exception>
    public async Task<JournalStand> StandAsync(CancellationToken cancellationToken)
    {
        JournalStand? stand = null;
        await WriteAsync(session => stand = SqliteIdentity.Read(session), cancellationToken);
        return stand!;
    }

    /// <summary>Marks that another process has started on it.</summary>
    public Task StartAsync(string start, CancellationToken cancellationToken) =>
        WriteAsync(session => SqliteIdentity.Begin(session, start), cancellationToken);

    /// <summary>Copies it as it is now, while it is written to; takes a read connection for as long as that lasts.</summary>
    /// <exception cref="StoreException">It can't be copied: the message says why.</exception>
    public Task BackUpAsync(string path, CancellationToken cancellationToken) => ReadAsync(
        connection =>
        {
            SqliteJournalBackup.Copy(connection, _path, path, cancellationToken);
            return true;
        },
        cancellationToken);

    public void Dispose()
    {
        // Readers first: a log that is still being read can't be copied whole.
        _readers.Dispose();
        Writer.Dispose();
    }

    /// <summary>Runs a write in the writer's next transaction.</summary>
    internal async Task WriteAsync(Action<SqliteWriteSession> write, CancellationToken cancellationToken)
    {
        var request = new WriteAction(write) { CancellationToken = cancellationToken };
        await Writer.EnqueueAsync(request);
        await request.Done;
    }

    private Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        return Writer.IsOpened ? _readers.RunAsync(read, cancellationToken) : OpenAndReadAsync();

        async Task<T> OpenAndReadAsync()
        {
            await OpenAsync(cancellationToken);
            return await _readers.RunAsync(read, cancellationToken);
        }
    }
}
