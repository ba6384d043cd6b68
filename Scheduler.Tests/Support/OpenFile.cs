using System.Diagnostics;

namespace Scheduler.Tests.Support;

/// <summary>Files that a store has open and locked, copied by <c>cp</c>, which asks nobody: .NET's own copying does.</summary>
internal static class OpenFile
{
    public static void Copy(string from, string to)
    {
        using var copying = Process.Start("cp", [from, to]);
        copying.WaitForExit();
        if (copying.ExitCode != 0)
            throw new IOException($"'{from}' could not be copied.");
    }
}
