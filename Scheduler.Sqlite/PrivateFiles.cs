namespace Scheduler.Sqlite;

/// <summary>
/// Files that their owner alone may read: jobs carry what is nobody else's business. SQLite gives a log and its index the mode of their
/// database, so a database is made before SQLite opens it.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode File600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder700 = File600 | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Makes a folder, and those above it, where it is not there; one that is there is left as it is.</summary>
    public static void MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, Folder700);
    }

    /// <summary>How to open a file that is made for its owner alone where it is not there.</summary>
    public static FileStreamOptions Options(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows() && mode is not (FileMode.Open or FileMode.Truncate))
            options.UnixCreateMode = File600;
        return options;
    }

    /// <summary>
    /// Makes an empty database where there is none. From one that is there, made by an earlier release perhaps, others' rights are taken;
    /// a group's are its operator's decision.
    /// </summary>
    /// <remarks>A file that is there is not opened: closing it would take away the locks that SQLite holds on it in this process.</remarks>
    public static void MakeDatabase(string path)
    {
        if (!File.Exists(path))
        {
            try
            {
                new FileStream(path, Options(FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite)).Dispose();
            }
            catch (IOException) when (File.Exists(path))
            {
                // Another was first.
            }
        }

        foreach (var file in (string[])[path, path + "-wal", path + "-shm"])
            Tighten(file);
    }

    private static void Tighten(string path)
    {
        if (OperatingSystem.IsWindows() || !File.Exists(path))
            return;
        try
        {
            var mode = File.GetUnixFileMode(path);
            if ((mode & Others) != UnixFileMode.None)
                File.SetUnixFileMode(path, mode & ~Others);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Not its owner: whoever is decided so.
        }
    }
}
