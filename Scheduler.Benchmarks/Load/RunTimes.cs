namespace Scheduler.Benchmarks.Load;

/// <summary>When a run was due, called its target, and ended, as the server says; whole milliseconds, but for the lateness.</summary>
internal sealed record RunTimes(DateTimeOffset DueAt, DateTimeOffset StartedAt, DateTimeOffset EndedAt, double LatenessMs);
