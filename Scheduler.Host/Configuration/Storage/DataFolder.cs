using Microsoft.Win32.SafeHandles;
using Scheduler.Sqlite;

namespace Scheduler.Host.Configuration.Storage;

/// <summary>
/// The folder that a process keeps its files in, for itself alone: a second process would be a second writer of the same journal. The
/// locks are the operating system's, so that they are gone with the process, however that ends. One is on the folder itself, where the
/// system has such: a file can be deleted, and made again by the next process (2026-11: a second host started on the folder of a first).
/// </summary>
internal sealed class DataFolder : IDisposable
{
    /// <summary>The name of the journal's file.</summary>
    public const string JournalName = "journal.db";

    private const string LockFile = "scheduler.lock";
    private const string BackupPrefix = "backup-";

    private readonly SafeFileHandle? _folderLock;
    private readonly FileStream _lock;

    private DataFolder(string path, SafeFileHandle? folderLock, FileStream @lock)
    {
        Path = path;
        _folderLock = folderLock;
        _lock = @lock;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The journal's file.</summary>
    public string JournalFile => JournalIn(Path);

    /// <summary>The read model's file: it can be deleted while the process is down, and is filled from the journal again.</summary>
    public string ViewsFile => System.IO.Path.Combine(Path, "views.db");

    /// <summary>The journal's file in a folder that this process need not have.</summary>
    public static string JournalIn(string folder) => System.IO.Path.Combine(folder, JournalName);

    /// <summary>Takes the folder, and makes it where it does not exist.</summary>
    /// <exception cref="StartException">It cannot be used, or another process has it.</exception>
    public static DataFolder Open(string path)
    {
        var lockFile = System.IO.Path.Combine(path, LockFile);
        SafeFileHandle? folderLock = null;
        try
        {
            PrivateFiles.MakeFolder(path);
            folderLock = PosixFiles.LockFolder(path);
            var stream = new FileStream(lockFile, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            var folder = new DataFolder(path, folderLock, stream);
            folderLock = null;
            return folder.Cleaned();
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"The data folder '{path}' cannot be written: {e.Message} Set Scheduler:DataPath to a folder that this user may write.", e);
        }
        catch (IOException e) when (Directory.Exists(path) && (folderLock is null || File.Exists(lockFile)))
        {
            throw new StartException(
                $"The data folder '{path}' is in use by another process. Stop that one, or set Scheduler:DataPath to another folder.", e);
        }
        catch (IOException e)
        {
            throw new StartException($"The data folder '{path}' cannot be used: {e.Message} Set Scheduler:DataPath to another folder.", e);
        }
        finally
        {
            folderLock?.Dispose();
        }
    }

    /// <summary>A name for a copy of the journal that is sent to somebody and not kept.</summary>
    public string NewBackupFile() => System.IO.Path.Combine(Path, $"{BackupPrefix}{Guid.NewGuid():N}.db");

    /// <inheritdoc />
    public void Dispose()
    {
        _lock.Dispose();
        _folderLock?.Dispose();
    }

    /// <summary>Removes what a process that was killed was copying, and refuses to take an unfinished backup for an empty folder.</summary>
    private DataFolder Cleaned()
    {
        if (File.Exists(JournalFile + SqliteBackup.Unfinished) && !File.Exists(JournalFile))
        {
            Dispose();
            throw new StartException(
                $"The folder '{Path}' holds a backup that was never finished: it has a file '{JournalName}{SqliteBackup.Unfinished}' and no '{JournalName}'. Take another backup, or delete that file to start with an empty folder.");
        }

        foreach (var left in Directory.EnumerateFiles(Path, $"{BackupPrefix}*.db*").ToList())
            File.Delete(left);
        return this;
    }
}
