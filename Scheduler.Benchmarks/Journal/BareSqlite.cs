using Microsoft.Data.Sqlite;

namespace Scheduler.Benchmarks.Journal;

/// <summary>Plain inserts into a table like the journal's, from one thread: what SQLite itself can do on this disk.</summary>
internal sealed class BareSqlite : IDisposable
{
    private const int PersistenceIds = 1000;

    private readonly string[] _ids = [.. Enumerable.Range(0, PersistenceIds).Select(i => $"p-{i}")];
    private readonly SqliteConnection _connection;
    private long _rows;

    /// <summary>Makes the file, with the journal's promises: write-ahead log, synced at every commit.</summary>
    public BareSqlite(string path)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL");
        Execute("PRAGMA synchronous = FULL");
        // As the journal has it; SQLite's own 1000 would make it copy pages back twice as often.
        Execute("PRAGMA wal_autocheckpoint = 2000");
        Execute("""
            CREATE TABLE journal (
              ordering INTEGER PRIMARY KEY, persistence_id TEXT NOT NULL, sequence_nr INTEGER NOT NULL, tags TEXT,
              created_at INTEGER NOT NULL, serializer_id INTEGER NOT NULL, manifest TEXT NOT NULL, writer BLOB NOT NULL,
              payload BLOB NOT NULL, UNIQUE (persistence_id, sequence_nr))
            """);
    }

    /// <summary>Inserts for a while and says how many rows a second.</summary>
    public double Insert(TimeSpan time, int rowsPerTransaction)
    {
        using var insert = _connection.CreateCommand();
        insert.CommandText = """
            INSERT INTO journal (persistence_id, sequence_nr, tags, created_at, serializer_id, manifest, writer, payload)
            VALUES ($id, $nr, 'slice-1', $at, 4, '', $writer, $payload)
            """;
        var id = insert.Parameters.Add("$id", SqliteType.Text);
        var nr = insert.Parameters.Add("$nr", SqliteType.Integer);
        insert.Parameters.Add("$at", SqliteType.Integer).Value = TimeProvider.System.GetUtcNow().UtcTicks;
        insert.Parameters.Add("$writer", SqliteType.Blob).Value = Guid.NewGuid().ToByteArray();
        insert.Parameters.Add("$payload", SqliteType.Blob).Value = new byte[200];
        insert.Prepare();

        var before = _rows;
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < time)
        {
            using var transaction = _connection.BeginTransaction();
            insert.Transaction = transaction;
            for (var i = 0; i < rowsPerTransaction; i++)
            {
                id.Value = _ids[_rows % PersistenceIds];
                nr.Value = (_rows / PersistenceIds) + 1;
                insert.ExecuteNonQuery();
                _rows++;
            }

            transaction.Commit();
        }

        return (_rows - before) / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
