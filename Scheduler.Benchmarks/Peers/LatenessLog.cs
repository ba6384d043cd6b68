namespace Scheduler.Benchmarks.Peers;

/// <summary>When runs that were due at an instant started, kept by the jobs themselves.</summary>
/// <param name="expected">How many runs there will be.</param>
internal sealed class LatenessLog(int expected)
{
    private readonly double[] _milliseconds = new double[expected];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next = -1;
    private int _written;
    private long _firstTick;
    private long _lastTick;

    /// <summary>When all of them have started.</summary>
    public Task All => _all.Task;

    /// <summary>How late they were.</summary>
    public Distribution Milliseconds => new(_milliseconds);

    /// <summary>From the first start to the last one.</summary>
    public TimeSpan Took => TimeSpan.FromTicks(_lastTick - _firstTick);

    /// <summary>A run starts now.</summary>
    public void Started(DateTimeOffset due)
    {
        var now = TimeProvider.System.GetUtcNow();
        var i = Interlocked.Increment(ref _next);
        if (i >= expected)
            return;
        _milliseconds[i] = (now - due).TotalMilliseconds;
        if (i == 0)
            _firstTick = now.UtcTicks;
        // Counted apart: the one that took the last place may be ahead of one that has not written yet.
        if (Interlocked.Increment(ref _written) == expected)
        {
            _lastTick = now.UtcTicks;
            _all.TrySetResult();
        }
    }
}
