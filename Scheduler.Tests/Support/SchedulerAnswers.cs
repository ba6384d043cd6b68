using System.Text.Json;

namespace Scheduler.Tests.Support;

// What a client sees, written down from the API's description and not from the server's own types: a renamed field must fail here.

internal sealed record JobAnswer(
    string JobId, string Name, string? Description, string Status, DateTimeOffset? ScheduleTime, JsonElement Parameters,
    DateTimeOffset CreatedAt, JsonElement LastRun, DateTimeOffset? NextRun);

internal sealed record AttemptAnswer(int Number, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Outcome, string? Error);

internal sealed record RunAnswer(
    string RunId, string JobId, string Status, DateTimeOffset? ScheduledFireTime, DateTimeOffset? DueAt, DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt, double? LatenessMs, double? DurationMs, IReadOnlyList<AttemptAnswer> Attempts);

internal sealed record EventAnswer(long Version, DateTimeOffset At, string Type, JsonElement Data);
