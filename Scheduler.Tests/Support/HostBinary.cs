namespace Scheduler.Tests.Support;

/// <summary>Where the built host lies, seen from the build output of a project that references it.</summary>
internal static class HostBinary
{
    private const string FileName = "Scheduler.Host.dll";

    /// <summary>The sample that brings a handler of its own, in its own build output.</summary>
    public static string FindSample() => FindOwn(Path.Combine("samples", "Newsletter"), "Scheduler.Samples.Newsletter.dll")
        ?? throw new FileNotFoundException("The sample was not built.");

    /// <summary>
    /// The host's own build output is preferred to the copy beside the caller's: it is what an operator runs, with its own
    /// <c>appsettings.json</c> and dependencies. It is looked for in the same configuration and framework as the caller's.
    /// </summary>
    public static string Find()
    {
        if (FindOwn("Scheduler.Host", FileName) is { } own)
            return own;
        var copy = Path.Combine(AppContext.BaseDirectory, FileName);
        return File.Exists(copy) && File.Exists(Path.ChangeExtension(copy, ".runtimeconfig.json"))
            ? copy
            : throw new FileNotFoundException($"{FileName} was found neither in the host's own build output nor in {AppContext.BaseDirectory}.");
    }

    private static string? FindOwn(string project, string fileName)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory);
        var framework = output.Name;
        if (output.Parent?.Name is not { } configuration)
            return null;
        for (var folder = output.Parent; folder is not null; folder = folder.Parent)
        {
            var own = Path.Combine(folder.FullName, project, "bin", configuration, framework, fileName);
            if (File.Exists(own))
                return own;
        }

        return null;
    }
}
