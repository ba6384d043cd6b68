using System.Runtime.InteropServices;

namespace Scheduler.Actors.Timing;

/// <summary>
/// Sleeps for less than a millisecond. .NET's own waits count in whole ones, so the last stretch would be half of one late at the median.
/// </summary>
internal static partial class ShortSleep
{
    /// <summary>Whether the system's sleep can be called: its argument is laid out as below on 64-bit systems.</summary>
    public static bool IsSupported { get; } = !OperatingSystem.IsWindows() && Environment.Is64BitProcess;

    /// <summary>Sleeps about that long, some 60 µs more on Linux; a signal to the thread may end it sooner.</summary>
    /// <param name="duration">Positive, below a second.</param>
    public static void For(TimeSpan duration)
    {
        var request = new TimeSpec { Nanoseconds = (nint)(duration.Ticks * TimeSpan.NanosecondsPerTick) };
        _ = NanoSleep(in request, remaining: 0);
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(in TimeSpec request, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public nint Seconds;
        public nint Nanoseconds;
    }
}
