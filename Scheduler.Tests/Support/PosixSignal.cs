using System.Runtime.InteropServices;

namespace Scheduler.Tests.Support;

/// <summary>Signals that <see cref="System.Diagnostics.Process"/> can't send.</summary>
internal static class PosixSignal
{
    private const int SigTerm = 15;

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int processId)
    {
        if (kill(processId, SigTerm) != 0)
            throw new InvalidOperationException($"kill({processId}, SIGTERM) failed with errno {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
