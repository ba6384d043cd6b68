using System.Globalization;
using Scheduler.Host.Configuration;
using Scheduler.Host.Configuration.Storage;
using Scheduler.Persistence.Sqlite;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Host.CommandLine;

/// <summary><c>backup FOLDER</c>: copies the journal of the data folder, whether a node runs on it or not, into a folder that one can be started on.</summary>
internal static class BackupCommand
{
    /// <summary>Does it.</summary>
    /// <param name="settings">Where jobs are kept.</param>
    /// <param name="folder">Where to; made where it is not there.</param>
    /// <param name="output">Told what was done.</param>
    /// <exception cref="StartException">It can't be done: the message says why.</exception>
    public static void Run(StorageSettings settings, string folder, TextWriter output)
    {
        switch (settings)
        {
            case StorageSettings.Sqlite files:
                Copy(files.DataPath, Path.GetFullPath(folder), output);
                break;
            case StorageSettings.MongoDb database:
                throw new StartException(
                    $"Jobs are kept in MongoDB ({database}): back that database up with mongodump (--oplog on a replica set), and restore it with mongorestore.");
            default:
                throw new InvalidOperationException($"Unknown storage {settings}.");
        }
    }

    private static void Copy(string data, string folder, TextWriter output)
    {
        var journal = DataFolder.JournalIn(data);
        var copy = DataFolder.JournalIn(folder);
        if (!File.Exists(journal))
            throw new StartException($"There is no journal in '{data}' (Scheduler:DataPath): nothing to back up.");
        try
        {
            PrivateFiles.MakeFolder(folder);
            SqlitePersistence.BackUp(journal, copy);
        }
        catch (Exception e) when (e is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"No backup was made in '{folder}': {e.Message}", e);
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Backed up {journal} to {copy} ({new FileInfo(copy).Length:N0} bytes). Start a node on {folder} to restore it."));
    }
}
