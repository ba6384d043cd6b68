using System.Text;
using Xunit;

namespace Scheduler.Tests.Serialization;

/// <summary>
/// The checked-in bytes of every value that was ever written. Missing ones are written when <c>SCHEDULER_WRITE_GOLDEN</c> is set; an
/// existing one is never changed, because somebody's journal holds the same.
/// </summary>
internal static class GoldenFiles
{
    private static readonly string Folder = Path.Combine(SolutionFolder(), "Scheduler.Tests", "Serialization", "Golden");

    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f));

    public static byte[] Read(string name, byte[] written)
    {
        var path = Path.Combine(Folder, name + ".json");
        if (!File.Exists(path) && Environment.GetEnvironmentVariable("SCHEDULER_WRITE_GOLDEN") is not null)
            File.WriteAllBytes(path, written);
        Assert.True(File.Exists(path), $"{path} is missing; it would be {Encoding.UTF8.GetString(written)}");
        return File.ReadAllBytes(path);
    }

    public static string SolutionFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Scheduler.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The tests must lie inside the solution's folder.");
    }
}
