namespace Scheduler.Tests.Support;

/// <summary>Where the built host lies, seen from the build output of a project that references it.</summary>
internal static class HostBinary
{
    private const string FileName = "Scheduler.Host.dll";

    /// <summary>
    /// The host's own build output is preferred to the copy beside the caller's: it is what an operator runs, with its own
    /// <c>appsettings.json</c> and dependencies. It is looked for in the same configuration and framework as the caller's.
    /// </summary>
    public static string Find()
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var framework = output.Name;
        var configuration = output.Parent?.Name;
        if (configuration is not null)
        {
            for (var folder = output.Parent; folder is not null; folder = folder.Parent)
            {
                var own = Path.Combine(folder.FullName, "Scheduler.Host", "bin", configuration, framework, FileName);
                if (File.Exists(own))
                    return own;
            }
        }

        var copy = Path.Combine(output.FullName, FileName);
        return File.Exists(copy) && File.Exists(Path.ChangeExtension(copy, ".runtimeconfig.json"))
            ? copy
            : throw new FileNotFoundException($"{FileName} was found neither in the host's own build output nor in {output.FullName}.");
    }
}
