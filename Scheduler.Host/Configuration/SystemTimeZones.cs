using System.Security.Cryptography;
using System.Text;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Host.Configuration;

/// <summary>The operating system's copy of the tz database, where POSIX systems have it.</summary>
internal static class SystemTimeZones
{
    /// <summary>Where it is, if the environment variable <c>TZDIR</c> does not say so.</summary>
    private const string UsualFolder = "/usr/share/zoneinfo";

    /// <summary>Second copies, one of them with leap seconds, and names of the machine's own zone.</summary>
    private static readonly string[] NoZones = ["right/", "posix/", "localtime", "posixrules", "Factory"];

    /// <summary>The folder that this process would read.</summary>
    public static string Folder => Environment.GetEnvironmentVariable("TZDIR") is { Length: > 0 } folder ? folder : UsualFolder;

    /// <summary>Reads all zones of a folder.</summary>
    /// <exception cref="IOException">It is not there, or has none.</exception>
    /// <exception cref="FormatException">A file can't be read.</exception>
    public static TimeZoneData Read(string folder)
    {
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"There is no folder '{folder}': install the system's time-zone data (tzdata), or set TZDIR");
        var files = new SortedDictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true }))
        {
            var id = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (Array.Exists(NoZones, no => no.EndsWith('/') ? id.StartsWith(no, StringComparison.Ordinal) : id == no))
                continue;
            var file = File.ReadAllBytes(path);
            if (TimeZoneData.IsZoneFile(file))
                files[id] = file;
        }

        return files.Count > 0
            ? TimeZoneData.OfFiles(Version(folder, files), files)
            : throw new IOException($"The folder '{folder}' has no time zones: install the system's time-zone data (tzdata), or set TZDIR");
    }

    /// <summary>
    /// What the folder says of itself, and a part that is the same for the same files only: distributions mend their data under the name of the
    /// release that they began with.
    /// </summary>
    private static string Version(string folder, SortedDictionary<string, byte[]> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var (id, file) in files)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(id));
            hash.AppendData(file);
        }

        return $"{Name(folder)}-{Convert.ToHexStringLower(hash.GetHashAndReset())[..12]}";
    }

    private static string Name(string folder)
    {
        const string Intro = "# version ";
        if (FirstLine(Path.Combine(folder, "+VERSION")) is { Length: > 0 } version)
            return version;
        return FirstLine(Path.Combine(folder, "tzdata.zi")) is { } line && line.StartsWith(Intro, StringComparison.Ordinal) ? line[Intro.Length..].Trim() : "system";
    }

    private static string? FirstLine(string path) => File.Exists(path) ? File.ReadLines(path).FirstOrDefault()?.Trim() : null;
}
