namespace Scheduler.Tests.Support;

/// <summary>A folder of its own on a disk, not in memory, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    // /tmp is memory on many machines, where fsync costs nothing and a crash test proves little.
    private static readonly string Root = Directory.Exists("/var/tmp") ? "/var/tmp" : System.IO.Path.GetTempPath();

    /// <summary>Its path.</summary>
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(Root, $"scheduler-{Guid.NewGuid():N}")).FullName;

    /// <summary>The path of a file in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Path, recursive: true);
}
