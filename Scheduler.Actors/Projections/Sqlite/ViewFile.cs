using Microsoft.Extensions.Logging;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>The file, opened for writing.</summary>
/// <param name="Connection">The writer's connection.</param>
/// <param name="MadeAnew">Why it has nothing but empty tables; null where it is as it was left.</param>
internal sealed record OpenedViewFile(SqliteConnection Connection, string? MadeAnew);

/// <summary>The file and its schema. What it holds can be made from the journal again, so a file that can't be used is made anew.</summary>
internal static class ViewFile
{
    /// <summary>How long a call waits for another program that holds the file, in milliseconds.</summary>
    public const int BusyTimeoutMs = 2000;

    private const string WasNotThere = "there was no view file";

    /// <summary>Opens the file for writing, with its tables.</summary>
    /// <exception cref="ViewsUnavailableException">A newer release wrote the file.</exception>
    /// <exception cref="SqliteException">The file can't be opened or made.</exception>
    /// <param name="path">The file.</param>
    /// <param name="newTables">The number of the set of tables, should the file be made anew.</param>
    /// <param name="useless">Why what is there is of no use; null to see for oneself.</param>
    /// <param name="log">Told when a file could not be used.</param>
    public static OpenedViewFile OpenWriter(string path, long newTables, string? useless, ILogger log)
    {
        var reason = useless;
        if (reason is null && TryOpen(path, newTables, ref reason) is { } opened)
            return new OpenedViewFile(opened, reason);
        log.LogError("The view store {Path} is made anew and filled from the journal: {Reason}", path, reason);
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(file);
        string? unused = null;
        return TryOpen(path, newTables, ref unused) is { } made
            ? new OpenedViewFile(made, reason)
            : throw new ViewsUnavailableException($"The view store '{path}' can't be made anew: {unused}.");
    }

    /// <summary>Opens the file for reading.</summary>
    public static SqliteConnection OpenReader(string path)
    {
        var connection = new SqliteConnection(path, create: false, BusyTimeoutMs);
        // Of a file that was made anew it would delete the log, by its name, when the last reader of the file before is closed.
        connection.LeaveLogOnClose();
        connection.ExecuteScript("PRAGMA query_only = 1; PRAGMA cache_size = -4000;");
        return connection;
    }

    /// <summary>Null, and why, when the file is of no use; the reason is given too for one that was not there.</summary>
    private static SqliteConnection? TryOpen(string path, long newTables, ref string? reason)
    {
        SqliteConnection? connection = null;
        try
        {
            PrivateFiles.MakeDatabase(path);
            connection = new SqliteConnection(path, create: false, BusyTimeoutMs);
            // NORMAL: after a power cut the last rows may be missing. The offset is then missing too, and the journal has the events.
            // Takes effect in a new file only, and there before the log: a page is written whole, and little changes on each.
            connection.ExecuteScript("PRAGMA page_size = 2048; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -32000;");
            var found = connection.QueryLong("PRAGMA user_version");
            if (found == ViewSchema.Version)
            {
                connection.ExecuteScript($"BEGIN IMMEDIATE; {ViewSource.Create} COMMIT;");
                return connection;
            }

            if (found > ViewSchema.Version)
            {
                connection.Dispose();
                throw new ViewsUnavailableException(
                    $"The view store '{path}' has schema {found}, and this release knows up to {ViewSchema.Version}: it was written by a newer one. Start that release, or delete the file: it is filled from the journal again.");
            }

            if (connection.QueryLong("SELECT count(*) FROM sqlite_master") > 0)
            {
                connection.Dispose();
                reason = $"the view file had the older schema {found}";
                return null;
            }

            connection.ExecuteScript(
                $"BEGIN IMMEDIATE; {ViewSchema.Meta(newTables)} {ViewSchema.Create(newTables)} {ViewSource.Create} PRAGMA user_version = {ViewSchema.Version}; COMMIT;");
            reason = WasNotThere;
            return connection;
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            if (!e.IsDamage)
                throw;
            reason = $"the view file was damaged ({e.Message})";
            return null;
        }
    }
}
