namespace Scheduler.Host.Configuration.Storage;

/// <summary>
/// The folder that a process keeps its files in, for itself alone: a second process would be a second writer of the same journal. The
/// lock is the operating system's, so that it is gone with the process, however that ends.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockFile = "scheduler.lock";

    private readonly FileStream _lock;

    private DataFolder(string path, FileStream @lock)
    {
        Path = path;
        _lock = @lock;
    }

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The journal's file.</summary>
    public string JournalFile => System.IO.Path.Combine(Path, "journal.db");

    /// <summary>The read model's file: it can be deleted while the process is down, and is filled from the journal again.</summary>
    public string ViewsFile => System.IO.Path.Combine(Path, "views.db");

    /// <summary>Takes the folder, and makes it where it does not exist.</summary>
    /// <exception cref="StartException">It cannot be used, or another process has it.</exception>
    public static DataFolder Open(string path)
    {
        var lockFile = System.IO.Path.Combine(path, LockFile);
        try
        {
            Directory.CreateDirectory(path);
            var stream = new FileStream(lockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return new DataFolder(path, stream);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StartException($"The data folder '{path}' cannot be written: {e.Message} Set Scheduler:DataPath to a folder that this user may write.", e);
        }
        catch (IOException e) when (File.Exists(lockFile))
        {
            throw new StartException(
                $"The data folder '{path}' is in use by another process. Stop that one, or set Scheduler:DataPath to another folder.", e);
        }
        catch (IOException e)
        {
            throw new StartException($"The data folder '{path}' cannot be used: {e.Message} Set Scheduler:DataPath to another folder.", e);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();
}
