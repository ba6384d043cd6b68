namespace Scheduler.Actors.Messages;

/// <summary>How far a running attempt said that it is.</summary>
/// <param name="Done">In the target's own unit.</param>
/// <param name="Total">How much there is; null when that isn't known.</param>
/// <param name="At">When it said so.</param>
public sealed record RunProgress(long Done, long? Total, DateTimeOffset At);
