using System.Runtime.InteropServices;

namespace Scheduler.Tests.Support;

/// <summary>Signals that <see cref="System.Diagnostics.Process"/> can't send.</summary>
internal static class PosixSignal
{
    /// <summary>Ends a process that wants to.</summary>
    public const int SigTerm = 15;

    /// <summary>Lets a stopped process go on.</summary>
    public const int SigCont = 18;

    /// <summary>Stops a process in the middle of whatever it does.</summary>
    public const int SigStop = 19;

    /// <summary>Asks a process to end.</summary>
    public static void Terminate(int processId) => Send(processId, SigTerm);

    /// <summary>Sends any signal.</summary>
    public static void Send(int processId, int signal)
    {
        if (kill(processId, signal) != 0)
            throw new InvalidOperationException($"kill({processId}, {signal}) failed with errno {Marshal.GetLastPInvokeError()}.");
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int kill(int processId, int signal);
}
