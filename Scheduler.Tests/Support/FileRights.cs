using Xunit;

namespace Scheduler.Tests.Support;

/// <summary>Who may read what.</summary>
internal static class FileRights
{
    /// <summary>Nobody but its owner may read or write it, nor, if it is a folder, look into it.</summary>
    public static void AreOwnersAlone(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        var rights = UnixFileMode.UserRead | UnixFileMode.UserWrite | (Directory.Exists(path) ? UnixFileMode.UserExecute : UnixFileMode.None);
        Assert.Equal(rights, File.GetUnixFileMode(path));
    }
}
