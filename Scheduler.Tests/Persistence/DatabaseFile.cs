using Akka.Configuration;
using Scheduler.Persistence.Sqlite;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Persistence;

/// <summary>A database file in a folder of its own, gone afterwards.</summary>
internal sealed class DatabaseFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("scheduler-persistence-");

    public string Path => System.IO.Path.Combine(_folder.FullName, "journal.db");

    public Config Config => SqlitePersistence.Config(Path);

    /// <summary>The files as they are now, as if the process had died this instant.</summary>
    public DatabaseFile CopyAsIs()
    {
        var copy = new DatabaseFile();
        foreach (var suffix in (string[])["", "-wal"])
        {
            if (File.Exists(Path + suffix))
                OpenFile.Copy(Path + suffix, copy.Path + suffix);
        }

        return copy;
    }

    /// <summary>What is in the database file, also while it is locked.</summary>
    public byte[] Read()
    {
        using var copy = new DatabaseFile();
        OpenFile.Copy(Path, copy.Path);
        return File.ReadAllBytes(copy.Path);
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
