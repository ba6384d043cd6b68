using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Scheduler.Benchmarks.Load;

/// <summary>What a server's journal file says after the server is gone.</summary>
internal sealed class StoredRuns(string dataPath)
{
    /// <summary>Attempts that were stored as begun within a time.</summary>
    public long StartedBetween(DateTimeOffset from, DateTimeOffset to) =>
        Count("SELECT count(*) FROM journal WHERE manifest = 'attempt.started.v1' AND created_at BETWEEN $from AND $to", from, to);

    /// <summary>Events that were stored within a time.</summary>
    public long EventsBetween(DateTimeOffset from, DateTimeOffset to) => Count("SELECT count(*) FROM journal WHERE created_at BETWEEN $from AND $to", from, to);

    /// <summary>First attempts of runs that were due within a time.</summary>
    public long DueBetween(DateTimeOffset from, DateTimeOffset to) => Count(
        """
        SELECT count(*) FROM journal WHERE manifest = 'attempt.started.v1' AND json_extract(payload, '$.number') IS 1
          AND julianday(json_extract(payload, '$.due_at')) BETWEEN julianday($fromText) AND julianday($toText)
        """, from, to);

    /// <summary>Attempts that the journal has.</summary>
    public long InJournal => Count("SELECT count(*) FROM journal WHERE manifest = 'attempt.started.v1'");

    /// <summary>Runs that the views have.</summary>
    public long InViews => Count("SELECT count(*) FROM runs_1", file: "views.db");

    private long Count(string sql, DateTimeOffset from = default, DateTimeOffset to = default, string file = "journal.db")
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(dataPath, file)};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$from", from.UtcTicks);
        command.Parameters.AddWithValue("$to", to.UtcTicks);
        command.Parameters.AddWithValue("$fromText", from.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        command.Parameters.AddWithValue("$toText", to.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
        return (long)command.ExecuteScalar()!;
    }
}
