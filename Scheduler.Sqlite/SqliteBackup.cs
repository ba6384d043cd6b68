namespace Scheduler.Sqlite;

/// <summary>
/// Copies of a database that others are writing to, by SQLite's backup interface. A copy has its name only when it is whole, looked
/// through and on disk: whatever ends the copying before leaves a file that says by its name that it is none.
/// </summary>
internal static class SqliteBackup
{
    /// <summary>What the name of an unfinished copy ends with.</summary>
    public const string Unfinished = ".unfinished";

    /// <summary>Copies a database.</summary>
    /// <param name="source">Opened already, for nothing else meanwhile.</param>
    /// <param name="path">The copy; must not be there.</param>
    /// <param name="finish">Changes the copy before it counts as one; null for nothing.</param>
    /// <param name="cancellationToken">Gives up, and leaves nothing.</param>
    /// <exception cref="SqliteException">The source can't be read or is damaged, or there is no room.</exception>
    /// <exception cref="IOException">The copy is there already, or can't be made.</exception>
    public static void Copy(SqliteConnection source, string path, Action<SqliteConnection>? finish, CancellationToken cancellationToken)
    {
        var unfinished = path + Unfinished;
        if (File.Exists(path))
            throw new IOException($"'{path}' is there already.");
        Remove(unfinished);
        try
        {
            PrivateFiles.MakeDatabase(unfinished);
            using (var copy = new SqliteConnection(unfinished, create: false))
            {
                source.CopyTo(copy, cancellationToken);
                finish?.Invoke(copy);
                // Pages of the source that are damaged are damaged in the copy: better said now than when it is needed.
                var found = copy.QueryText("PRAGMA quick_check(1)");
                if (found != "ok")
                    throw new SqliteException(SQLitePCL.raw.SQLITE_CORRUPT, found);
            }

            using (var written = new FileStream(unfinished, FileMode.Open, FileAccess.ReadWrite, FileShare.Read))
                written.Flush(flushToDisk: true);
            File.Move(unfinished, path);
            PosixFiles.FlushFolder(Path.GetDirectoryName(path)!);
        }
        catch
        {
            Remove(unfinished);
            throw;
        }
    }

    /// <summary>Removes an unfinished copy, and what SQLite kept beside it.</summary>
    public static void Remove(string unfinished)
    {
        foreach (var suffix in (string[])["", "-wal", "-shm", "-journal"])
            File.Delete(unfinished + suffix);
    }
}
