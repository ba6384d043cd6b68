using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>The tables, and which version of them a file holds.</summary>
internal static class SqliteSchema
{
    /// <summary>What this program reads and writes; kept in <c>PRAGMA user_version</c>.</summary>
    public const long Version = 1;

    // A rowid table with the ordering as rowid: appending touches the right edge of one tree. Tags have no index: live readers are dealt
    // events from memory, and what reads the table follows the ordering anyway. Small columns come before the payload, so that a scan
    // that skips a row doesn't read its overflow pages.
    private const string Journal = """
        CREATE TABLE journal (
          ordering INTEGER PRIMARY KEY,
          persistence_id TEXT NOT NULL,
          sequence_nr INTEGER NOT NULL,
          tags TEXT,
          created_at INTEGER NOT NULL,
          serializer_id INTEGER NOT NULL,
          manifest TEXT NOT NULL,
          adapter_manifest TEXT,
          writer BLOB NOT NULL,
          payload BLOB NOT NULL,
          UNIQUE (persistence_id, sequence_nr))
        """;

    private const string Deleted = """
        CREATE TABLE deleted (
          persistence_id TEXT PRIMARY KEY,
          sequence_nr INTEGER NOT NULL) WITHOUT ROWID
        """;

    private const string Snapshots = """
        CREATE TABLE snapshots (
          persistence_id TEXT NOT NULL,
          sequence_nr INTEGER NOT NULL,
          created_at INTEGER NOT NULL,
          serializer_id INTEGER NOT NULL,
          manifest TEXT NOT NULL,
          payload BLOB NOT NULL,
          PRIMARY KEY (persistence_id, sequence_nr))
        """;

    // max_ordering: where numbering goes on when the newest events were deleted. checked_at: what the health check writes. journal_id,
    // start_id: SqliteIdentity.
    private const string State = "CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID";

    /// <summary>Refuses a file that is no event store of this program's or an older one.</summary>
    /// <exception cref="StoreException">It is none.</exception>
    public static void Require(SqliteConnection connection, string path)
    {
        if (connection.QueryLong("PRAGMA user_version") is not (> 0 and <= Version))
            throw new StoreException($"The file '{path}' is no event store that this program knows.");
    }

    /// <summary>Makes the tables in an empty file; refuses a file that a newer program wrote, or that isn't ours.</summary>
    public static void Ensure(SqliteConnection connection, string path)
    {
        var version = connection.QueryLong("PRAGMA user_version");
        if (version == Version)
            return;
        if (version > Version)
        {
            throw new StoreException(
                $"The event store '{path}' has schema version {version}; this program knows versions up to {Version}. "
                + "Start a newer program, or restore a backup.");
        }

        if (connection.QueryLong("SELECT count(*) FROM sqlite_master") > 0)
            throw new StoreException($"The file '{path}' is a SQLite database, but not an event store.");

        // Of what a run changes little is on any one page, and a page is written whole (2026-11: 30 KB to disk a run with SQLite's own 4,096, 23 with this, 24 with
        // 1,024). Like the next setting, only an empty file can be given it.
        connection.Execute("PRAGMA page_size = 2048");
        // Only an empty file can be given this. Without it a file never gets smaller, but for a VACUUM, which needs as much space again.
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        connection.Execute("BEGIN IMMEDIATE");
        foreach (var table in (string[])[Journal, Deleted, Snapshots, State])
            connection.Execute(table);
        connection.Execute($"PRAGMA user_version = {Version}");
        connection.Execute("COMMIT");
    }
}
