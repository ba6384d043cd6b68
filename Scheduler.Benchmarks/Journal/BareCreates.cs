using Microsoft.Data.Sqlite;

namespace Scheduler.Benchmarks.Journal;

/// <summary>The rows that a create stores, in two files with the promises of the scheduler's own, from one thread and without a scheduler: what the disk can do.</summary>
internal sealed class BareCreates : IDisposable
{
    private readonly SqliteConnection _journal;
    private readonly SqliteConnection _views;

    /// <summary>Makes the files.</summary>
    public BareCreates(string folder)
    {
        _journal = Open(Path.Combine(folder, "bare-journal.db"), "FULL", """
            CREATE TABLE journal (
              ordering INTEGER PRIMARY KEY, persistence_id TEXT NOT NULL, sequence_nr INTEGER NOT NULL, tags TEXT,
              created_at INTEGER NOT NULL, serializer_id INTEGER NOT NULL, manifest TEXT NOT NULL, writer BLOB NOT NULL,
              payload BLOB NOT NULL, UNIQUE (persistence_id, sequence_nr))
            """);
        // The three indexes that a waiting job's row is in.
        _views = Open(Path.Combine(folder, "bare-views.db"), "NORMAL", """
            CREATE TABLE jobs (job_id TEXT NOT NULL PRIMARY KEY, slice INTEGER NOT NULL, created_at INTEGER NOT NULL, name TEXT NOT NULL,
              next_due_at INTEGER, wake_at INTEGER, data BLOB NOT NULL);
            CREATE INDEX jobs_created ON jobs (created_at, job_id, name);
            CREATE INDEX jobs_due ON jobs (next_due_at, job_id, created_at);
            CREATE INDEX jobs_wake ON jobs (slice, wake_at, job_id);
            """);
    }

    /// <summary>Inserts for a while and says how many jobs a second.</summary>
    public double Insert(TimeSpan time, int jobsPerTransaction)
    {
        using var fact = _journal.CreateCommand();
        fact.CommandText = """
            INSERT INTO journal (persistence_id, sequence_nr, tags, created_at, serializer_id, manifest, writer, payload)
            VALUES ($id, $nr, ';slice-1;', $at, 4200, $manifest, $writer, $payload)
            """;
        using var row = _views.CreateCommand();
        row.CommandText = "INSERT INTO jobs VALUES ($id, $slice, $at, 'job', $due, $due, $data)";
        var writer = Guid.NewGuid().ToByteArray();
        var (created, scheduled, data) = (new byte[370], new byte[150], new byte[560]);
        var jobs = 0L;
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < time)
        {
            using var facts = _journal.BeginTransaction();
            using var rows = _views.BeginTransaction();
            (fact.Transaction, row.Transaction) = (facts, rows);
            for (var i = 0; i < jobsPerTransaction; i++, jobs++)
            {
                var (id, at) = (Guid.CreateVersion7().ToString(), TimeProvider.System.GetUtcNow().UtcTicks);
                Run(fact, ("$id", "job-" + id), ("$nr", 1), ("$at", at), ("$manifest", "job.created.v1"), ("$writer", writer), ("$payload", created));
                Run(fact, ("$id", "job-" + id), ("$nr", 2), ("$at", at), ("$manifest", "job.scheduled.v1"), ("$writer", writer), ("$payload", scheduled));
                Run(row, ("$id", id), ("$slice", jobs % 32), ("$at", at), ("$due", at + 1), ("$data", data));
            }

            facts.Commit();
            rows.Commit();
        }

        return jobs / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _journal.Dispose();
        _views.Dispose();
    }

    private static void Run(SqliteCommand command, params ReadOnlySpan<(string Name, object Value)> values)
    {
        foreach (var (name, value) in values)
        {
            if (command.Parameters.Contains(name))
                command.Parameters[name].Value = value;
            else
                command.Parameters.AddWithValue(name, value);
        }

        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string path, string synchronous, string schema)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA synchronous = {synchronous}; PRAGMA wal_autocheckpoint = 16000; {schema}";
        command.ExecuteNonQuery();
        return connection;
    }
}
