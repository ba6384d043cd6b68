using SQLitePCL;

namespace Scheduler.Sqlite;

/// <summary>A call into SQLite failed.</summary>
internal sealed class SqliteException : Exception
{
    public SqliteException(int code, string message)
        : base($"{message} (SQLite code {code})") => Code = code;

    /// <summary>SQLite's extended result code.</summary>
    public int Code { get; }

    /// <summary>True when the file is none that SQLite can read, or not whole.</summary>
    public bool IsDamage => (Code & 0xff) is raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB;

    /// <summary>True when there was no room on the disk.</summary>
    public bool IsFull => (Code & 0xff) is raw.SQLITE_FULL;

    /// <summary>True when the statement alone is at fault, so that its transaction can go on without it.</summary>
    public bool IsStatementsOwn => (Code & 0xff) is raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH or raw.SQLITE_RANGE;
}
