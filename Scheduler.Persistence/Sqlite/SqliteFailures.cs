using Scheduler.Sqlite;
using SQLitePCL;

namespace Scheduler.Persistence.Sqlite;

/// <summary>What SQLite's errors mean, in words for an operator.</summary>
internal static class SqliteFailures
{
    public static string Explain(Exception e) => e is SqliteException sqlite
        ? (sqlite.Code & 0xff) switch
        {
            raw.SQLITE_FULL => $"the disk is full. {e.Message}",
            raw.SQLITE_IOERR => $"the disk reports an error. {e.Message}",
            raw.SQLITE_READONLY => $"the file or its folder is read-only. {e.Message}",
            raw.SQLITE_BUSY => $"another program holds it. {e.Message}",
            raw.SQLITE_CANTOPEN => $"the file can't be opened; does its folder exist, and may this process write there? {e.Message}",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => $"the file is damaged. {e.Message}",
            _ => e.Message,
        }
        : e.Message;
}
