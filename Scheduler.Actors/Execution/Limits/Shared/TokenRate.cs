namespace Scheduler.Actors.Execution.Limits.Shared;

/// <summary>How many starts there may be in a time.</summary>
/// <param name="PerSecond">Above 0.</param>
/// <param name="Burst">How many at once after a pause, at least 1.</param>
internal sealed record TokenRate(double PerSecond, int Burst);
