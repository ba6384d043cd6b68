using SQLitePCL;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>A call into SQLite failed.</summary>
internal sealed class ViewDatabaseException(int code, string message) : Exception($"{message} (SQLite code {code})")
{
    /// <summary>Whether the file is none that SQLite can read.</summary>
    public bool IsDamage => (code & 0xff) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>Whether the statement alone is at fault, so that others can go on without it.</summary>
    public bool IsStatementsOwn => (code & 0xff) is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;
}
