using System.Runtime.CompilerServices;

namespace Scheduler.Benchmarks;

/// <summary>
/// A fixed piece of work of one core. The same machine is not always equally fast, and whoever compares two figures can see here
/// whether it was.
/// </summary>
internal static class CpuLoop
{
    private const int Rounds = 100_000_000;

    /// <summary>How many milliseconds it took this time.</summary>
    public static double Milliseconds()
    {
        var since = TimeProvider.System.GetTimestamp();
        if (Work() == 0)
            throw new InvalidOperationException("A xorshift that starts above zero never comes to zero.");
        return TimeProvider.System.GetElapsedTime(since).TotalMilliseconds;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ulong Work()
    {
        var x = 88172645463325252UL;
        for (var i = 0; i < Rounds; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }

        return x;
    }
}
