using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>Copies of the journal's file, snapshots included.</summary>
internal static class SqliteJournalBackup
{
    /// <summary>Copies through a connection that is open already, so that a file that was deleted since can still be saved.</summary>
    /// <exception cref="StoreException">It can't be copied: the message says why.</exception>
    public static void Copy(SqliteConnection journal, string source, string path, CancellationToken cancellationToken)
    {
        try
        {
            SqliteBackup.Copy(journal, path, SqliteIdentity.Part, cancellationToken);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new StoreException($"The journal '{source}' can't be copied to '{path}': {SqliteFailures.Explain(e)}", e);
        }
    }

    /// <summary>Copies a file that may be another process's.</summary>
    /// <exception cref="StoreException">It can't be copied: the message says why.</exception>
    public static void Copy(string source, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var journal = new SqliteConnection(source, create: false);
            journal.Execute("PRAGMA query_only = ON");
            SqliteSchema.Require(journal, source);
            Copy(journal, source, path, cancellationToken);
        }
        catch (SqliteException e)
        {
            throw new StoreException($"The journal '{source}' can't be read: {SqliteFailures.Explain(e)}", e);
        }
    }
}
