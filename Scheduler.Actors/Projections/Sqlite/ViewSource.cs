using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>Which journal the file was filled from, in its table <c>source</c>, and whether it is being filled now.</summary>
internal static class ViewSource
{
    /// <summary>
    /// Beside the schema's version: an older release, that knows nothing of it, leaves it as it is, and what it says then is at worst not
    /// all there is to say.
    /// </summary>
    public const string Create = """
        CREATE TABLE IF NOT EXISTS source(id INTEGER PRIMARY KEY CHECK (id = 1), journal TEXT, start TEXT, next_start TEXT,
            filling_since INTEGER, filling_reason TEXT, filling_until INTEGER, checked_at INTEGER);
        INSERT OR IGNORE INTO source(id) VALUES (1);
        CREATE TABLE IF NOT EXISTS planned(id INTEGER PRIMARY KEY CHECK (id = 1), tables INTEGER NOT NULL, data TEXT NOT NULL);
        """;

    /// <summary>Why what is there can't be used with that journal; null when it can.</summary>
    public static string? Mismatch(SqliteConnection connection, long tables, JournalMark journal)
    {
        var noted = connection.QueryText("SELECT journal FROM source");
        string[] starts = [connection.QueryText("SELECT start FROM source"), connection.QueryText("SELECT next_start FROM source")];
        return journal.Mismatch(
            noted.Length == 0 ? null : noted,
            [.. starts.Where(start => start.Length > 0)],
            connection.QueryLong($"SELECT max(value) FROM offsets_{tables}"));
    }

    /// <summary>Notes the journal as it is, and the start that it is about to get: whichever of the two is found next time was this one.</summary>
    public static void Note(SqliteConnection connection, string journal, string? start, string? next) =>
        connection.Prepare("UPDATE source SET journal = ?1, start = ?2, next_start = ?3").Bind(1, journal).Bind(2, start).Bind(3, next).Run();

    /// <summary>Notes that the live set is being filled, or, with null, that it is whole.</summary>
    public static void Note(SqliteConnection connection, ViewsFilling? filling)
    {
        var statement = connection.Prepare("UPDATE source SET filling_since = ?1, filling_reason = ?2, filling_until = ?3")
            .Bind(1, filling?.Since)
            .Bind(2, filling?.Reason);
        (filling is null ? statement.Bind(3, (string?)null) : statement.Bind(3, filling.Until)).Run();
    }

    /// <summary>What the live set is being filled with; null when it is whole.</summary>
    public static ViewsFilling? Filling(SqliteConnection connection)
    {
        var statement = connection.Prepare("SELECT filling_since, filling_reason, filling_until FROM source WHERE filling_since IS NOT NULL");
        var filling = statement.Step() ? new ViewsFilling(statement.Instant(0), statement.Text(1), statement.Long(2)) : null;
        statement.Reset();
        return filling;
    }

    /// <summary>The time-zone data that all jobs of that set are planned with; null where that was not noted.</summary>
    public static string? PlannedWith(SqliteConnection connection, long tables)
    {
        var statement = connection.Prepare("SELECT data FROM planned WHERE tables = ?1").Bind(1, tables);
        var data = statement.Step() ? statement.Text(0) : null;
        statement.Reset();
        return data;
    }

    /// <summary>Notes the time-zone data that all jobs of that set are planned with.</summary>
    public static void NotePlans(SqliteConnection connection, long tables, string data) =>
        connection.Prepare("INSERT INTO planned VALUES (1, ?1, ?2) ON CONFLICT (id) DO UPDATE SET tables = ?1, data = ?2").Bind(1, tables).Bind(2, data).Run();

    /// <summary>What the readiness check writes.</summary>
    public static void Check(SqliteConnection connection, DateTimeOffset now) =>
        connection.Prepare("UPDATE source SET checked_at = ?1").Bind(1, now).Run();
}
