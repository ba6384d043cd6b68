namespace Scheduler.Actors.Execution;

/// <summary>How far a running attempt said that it is.</summary>
/// <param name="Done">In the target's own unit.</param>
/// <param name="Total">How much there is; null when that isn't known.</param>
/// <param name="At">When it said so.</param>
public sealed record RunProgress(long Done, long? Total, DateTimeOffset At);

/// <summary>The last that an attempt said of its progress. Written by the target, read by its worker, on any threads.</summary>
/// <param name="clock">The clock.</param>
public sealed class AttemptProgress(TimeProvider clock)
{
    private volatile RunProgress? _latest;

    /// <summary>Null while nothing was said.</summary>
    public RunProgress? Latest => _latest;

    /// <summary>Takes the place of what was said before.</summary>
    public void Report(long done, long? total) => _latest = new RunProgress(done, total, clock.GetUtcNow());
}
