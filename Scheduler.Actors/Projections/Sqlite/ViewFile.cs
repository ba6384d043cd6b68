using Microsoft.Extensions.Logging;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>The file and its schema. What it holds can be made from the journal again, so a file that can't be used is made anew.</summary>
internal static class ViewFile
{
    /// <summary>Opens the file for writing, with its tables.</summary>
    /// <exception cref="ViewsUnavailableException">A newer release wrote the file.</exception>
    /// <exception cref="ViewDatabaseException">The file can't be opened or made.</exception>
    /// <param name="path">The file.</param>
    /// <param name="newTables">The number of the set of tables, should the file be made anew.</param>
    /// <param name="log">Told when a file could not be used.</param>
    public static ViewConnection OpenWriter(string path, long newTables, ILogger log)
    {
        var connection = TryOpen(path, newTables, log);
        if (connection is not null)
            return connection;
        foreach (var file in new[] { path, path + "-wal", path + "-shm" })
            File.Delete(file);
        return TryOpen(path, newTables, log) ?? throw new ViewsUnavailableException($"The view store '{path}' can't be made anew.");
    }

    /// <summary>Opens the file for reading.</summary>
    public static ViewConnection OpenReader(string path)
    {
        var connection = new ViewConnection(path, create: false);
        connection.ExecuteScript("PRAGMA query_only = 1; PRAGMA cache_size = -4000;");
        return connection;
    }

    private static ViewConnection? TryOpen(string path, long newTables, ILogger log)
    {
        ViewConnection? connection = null;
        try
        {
            connection = new ViewConnection(path, create: true);
            // NORMAL: after a power cut the last rows may be missing. The offset is then missing too, and the journal has the events.
            connection.ExecuteScript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -32000;");
            var found = Pragma(connection, "PRAGMA user_version");
            if (found == ViewSchema.Version)
                return connection;
            if (found > ViewSchema.Version)
            {
                connection.Dispose();
                throw new ViewsUnavailableException(
                    $"The view store '{path}' has schema {found}, and this release knows up to {ViewSchema.Version}: it was written by a newer one. Start that release, or delete the file: it is filled from the journal again.");
            }

            if (Pragma(connection, "SELECT count(*) FROM sqlite_master") > 0)
            {
                log.LogWarning("The view store {Path} has the older schema {Found}; it is made anew and filled from the journal", path, found);
                connection.Dispose();
                return null;
            }

            connection.ExecuteScript(
                $"BEGIN IMMEDIATE; {ViewSchema.Meta(newTables)} {ViewSchema.Create(newTables)} PRAGMA user_version = {ViewSchema.Version}; COMMIT;");
            return connection;
        }
        catch (ViewDatabaseException e)
        {
            connection?.Dispose();
            if (!e.IsDamage)
                throw;
            log.LogError(e, "The view store {Path} is damaged; it is made anew and filled from the journal", path);
            return null;
        }
    }

    private static long Pragma(ViewConnection connection, string sql)
    {
        var statement = connection.Prepare(sql);
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }
}
