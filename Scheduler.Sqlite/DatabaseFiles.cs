namespace Scheduler.Sqlite;

/// <summary>
/// Which files a database was opened from. A file that is deleted, moved or replaced is still open, and is written to as if nothing had
/// happened: whatever goes there is gone with the process (2026-11: jobs were acknowledged into a deleted folder).
/// </summary>
/// <param name="path">The database file.</param>
internal sealed class DatabaseFiles(string path)
{
    private readonly (ulong Device, ulong Inode)? _database = PosixFiles.Identify(path);
    private readonly (ulong Device, ulong Inode)? _log = PosixFiles.Identify(Log(path));
    private volatile bool _isLogForgotten;

    /// <summary>Whether database and log are where they were opened. Costs two calls of the operating system.</summary>
    public bool AreThere =>
        _database is not null && _database == PosixFiles.Identify(path) && (_log is null || _log == PosixFiles.Identify(Log(path)) || _isLogForgotten);

    /// <summary>The log may be deleted from here on: SQLite does so itself when the last connection is closed.</summary>
    public void ForgetLog() => _isLogForgotten = true;

    private static string Log(string path) => path + "-wal";
}
