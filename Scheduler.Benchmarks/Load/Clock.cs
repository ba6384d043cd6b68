namespace Scheduler.Benchmarks.Load;

/// <summary>Waiting for an instant of the wall clock, which the server under test waits for as well.</summary>
internal static class Clock
{
    public static async Task ReachesAsync(DateTimeOffset instant)
    {
        while (instant - TimeProvider.System.GetUtcNow() is var left && left > TimeSpan.Zero)
            await Task.Delay(left, TimeProvider.System);
    }
}
