using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>The writer's connection and what it knows of the file; lives until an error makes the writer open a new one.</summary>
internal sealed class SqliteWriteSession : IDisposable
{
    /// <summary>Sets a number of the file's own.</summary>
    public const string Set = "INSERT INTO state (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

    /// <summary>How many free pages go back to the file system after a deletion: 1 MB, so that no commit behind it waits for long.</summary>
    private const int PagesGivenBack = 256;

    private readonly List<EventRecord> _appended = [];
    private long _lastOrdering;
    private bool _hasDeletions;

    public SqliteWriteSession(string path)
    {
        Connection = new SqliteConnection(path, create: false);
        try
        {
            SqliteSchema.Ensure(Connection, path);
            var mode = Connection.QueryText("PRAGMA journal_mode = WAL");
            if (mode != "wal")
                throw new StoreException($"The event store '{path}' can't use a write-ahead log there (journal mode is '{mode}').");
            Connection.Execute("PRAGMA synchronous = FULL");
            // Checkpoints are SqliteCheckpoints': otherwise some commit pays for all.
            Connection.Execute("PRAGMA wal_autocheckpoint = 0");
            Connection.Execute("PRAGMA cache_size = -16000");
            _lastOrdering = Math.Max(
                Connection.QueryLong("SELECT max(ordering) FROM journal"),
                Connection.QueryLong("SELECT value FROM state WHERE name = 'max_ordering'"));
            _hasDeletions = Connection.QueryLong("SELECT EXISTS (SELECT 1 FROM deleted)") != 0;
        }
        catch
        {
            Connection.Dispose();
            throw;
        }
    }

    /// <summary>The writer's connection.</summary>
    public SqliteConnection Connection { get; }

    /// <summary>The highest ordering that was ever given.</summary>
    public long LastOrdering => _lastOrdering;

    public void Begin()
    {
        _appended.Clear();
        Connection.Execute("BEGIN IMMEDIATE");
    }

    /// <summary>Makes everything since <see cref="Begin"/> durable; answers the events that it stored.</summary>
    public IReadOnlyList<EventRecord> Commit()
    {
        Connection.Execute("COMMIT");
        return [.. _appended];
    }

    /// <summary>Stores events of one persistence id, all or (when an exception is answered) none.</summary>
    public Exception? Append(IReadOnlyList<EventRecord> events)
    {
        // A statement is atomic by itself; only several need a savepoint.
        var several = events.Count > 1;
        var (ordering, appended) = (_lastOrdering, _appended.Count);
        if (several)
            Connection.Execute("SAVEPOINT atomic_write");
        Exception? failure = null;
        try
        {
            foreach (var record in events)
            {
                if (IsDeleted(record) || !SqliteEventRows.TryInsert(Connection, record, ordering + 1))
                {
                    failure = new DuplicateEventException(record.PersistenceId, record.SequenceNr);
                    break;
                }

                record.Ordering = ++ordering;
                _appended.Add(record);
            }
        }
        catch (SqliteException e) when (e.IsStatementsOwn)
        {
            failure = new StoreException($"An event of '{events[0].PersistenceId}' can't be stored: {e.Message}", e);
        }

        if (failure is null)
        {
            _lastOrdering = ordering;
        }
        else
        {
            _appended.RemoveRange(appended, _appended.Count - appended);
            if (several)
                Connection.Execute("ROLLBACK TO atomic_write");
        }

        if (several)
            Connection.Execute("RELEASE atomic_write");
        return failure;
    }

    /// <summary>Deletes events of one persistence id, keeping its highest sequence number and the highest ordering.</summary>
    /// <returns>How many, and how many bytes their payloads had.</returns>
    public (long Events, long Bytes) Delete(string persistenceId, long toSequenceNr)
    {
        // The deletion reads the same rows, so their lengths cost little.
        var what = Connection.Prepare("SELECT max(sequence_nr), count(*), sum(length(payload)) FROM journal WHERE persistence_id = ?1 AND sequence_nr <= ?2")
            .Bind(1, persistenceId)
            .Bind(2, toSequenceNr);
        var (deletedTo, events, bytes) = what.Step() ? (what.Long(0), what.Long(1), what.Long(2)) : default;
        what.Reset();
        if (deletedTo == 0)
            return default;

        Connection.Prepare("""
            INSERT INTO deleted (persistence_id, sequence_nr) VALUES (?1, ?2)
            ON CONFLICT (persistence_id) DO UPDATE SET sequence_nr = max(sequence_nr, excluded.sequence_nr)
            """).Bind(1, persistenceId).Bind(2, deletedTo).Run();
        SetState("max_ordering", _lastOrdering);
        Connection.Prepare("DELETE FROM journal WHERE persistence_id = ?1 AND sequence_nr <= ?2")
            .Bind(1, persistenceId)
            .Bind(2, deletedTo)
            .Run();
        _hasDeletions = true;
        GiveBackSpace();
        return (events, bytes);
    }

    /// <summary>
    /// Free pages are used again by what is written next, so a quarter of the file is left free. A file that an older release made gives nothing back,
    /// whatever it is told.
    /// </summary>
    private void GiveBackSpace()
    {
        if (Connection.QueryLong("PRAGMA freelist_count") > Connection.QueryLong("PRAGMA page_count") / 4)
            Connection.Execute($"PRAGMA incremental_vacuum({PagesGivenBack})");
    }

    /// <summary>Sets a number of the file's own.</summary>
    public void SetState(string name, long value) => Connection.Prepare(Set).Bind(1, name).Bind(2, value).Run();

    /// <summary>A number of the file's own; 0 for none.</summary>
    public long GetState(string name)
    {
        var statement = Connection.Prepare("SELECT value FROM state WHERE name = ?1").Bind(1, name);
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }

    public void Dispose() => Connection.Dispose();

    /// <summary>The unique key no longer fences off a sequence number whose event was deleted.</summary>
    private bool IsDeleted(EventRecord record)
    {
        if (!_hasDeletions)
            return false;
        var statement = Connection.Prepare("SELECT 1 FROM deleted WHERE persistence_id = ?1 AND sequence_nr >= ?2")
            .Bind(1, record.PersistenceId)
            .Bind(2, record.SequenceNr);
        var deleted = statement.Step();
        statement.Reset();
        return deleted;
    }
}
