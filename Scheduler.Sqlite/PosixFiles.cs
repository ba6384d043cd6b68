using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Scheduler.Sqlite;

/// <summary>What .NET does not ask Linux about files: which file a path names, and locks and flushes of folders.</summary>
internal static partial class PosixFiles
{
    private const int CurrentFolder = -100;
    private const uint InodeAndLinks = 0x104;
    private const int StatXSize = 256;
    private const int NumberOfLinksAt = 16;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;
    private const int ReadOnly = 0;
    private const int CloseOnExec = 0x80000;
    private const int ExclusiveNow = 2 | 4;
    private const int WouldBlock = 11;

    /// <summary>Which file the path names now: device and inode. Null when there is none; the same for all where the system does not tell.</summary>
    public static (ulong Device, ulong Inode)? Identify(string path)
    {
        if (OperatingSystem.IsLinux())
        {
            var buffer = new byte[StatXSize];
            // A symbolic link is followed: what is written is what it leads to.
            if (StatX(CurrentFolder, path, 0, InodeAndLinks, ref buffer[0]) == 0)
            {
                return BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(NumberOfLinksAt)) == 0
                    ? null
                    : (BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(DeviceAt)), BinaryPrimitives.ReadUInt64LittleEndian(buffer.AsSpan(InodeAt)));
            }
        }

        return File.Exists(path) ? (0, 0) : null;
    }

    /// <summary>Locks a folder for this process until the handle is closed, however the process ends.</summary>
    /// <returns>The lock; null where folders can't be locked.</returns>
    /// <exception cref="IOException">Another process has it.</exception>
    public static SafeFileHandle? LockFolder(string path)
    {
        if (!OperatingSystem.IsLinux() || OpenFolder(path) is not { } folder)
            return null;
        if (Flock(folder, ExclusiveNow) == 0)
            return folder;
        var error = Marshal.GetLastPInvokeError();
        folder.Dispose();
        return error == WouldBlock ? throw new IOException($"The folder '{path}' is locked by another process.") : null;
    }

    /// <summary>Makes the names in a folder durable, as far as the system can.</summary>
    public static void FlushFolder(string path)
    {
        if (!OperatingSystem.IsLinux() || OpenFolder(path) is not { } folder)
            return;
        using (folder)
            _ = FSync(folder);
    }

    private static SafeFileHandle? OpenFolder(string path)
    {
        var descriptor = Open(path, ReadOnly | CloseOnExec);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int StatX(int folder, string path, int flags, uint mask, ref byte result);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(SafeFileHandle file);
}
