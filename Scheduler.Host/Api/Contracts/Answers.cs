using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;

namespace Scheduler.Host.Api.Contracts;

/// <summary>A job: its definition, what it is doing, and what the replaced service's clients look for.</summary>
internal sealed record JobAnswer
{
    public required string JobId { get; init; }

    public required string Name { get; init; }

    public required string? Description { get; init; }

    public required IReadOnlyList<string> Tags { get; init; }

    public required JsonText Parameters { get; init; }

    public required ScheduleContract Schedule { get; init; }

    public required RetryContract Retry { get; init; }

    public required TimeSpan Timeout { get; init; }

    public required TargetContract Target { get; init; }

    public required string Status { get; init; }

    public required string? WaitingFor { get; init; }

    public required long Version { get; init; }

    public required int Revision { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public required DateTimeOffset? LastRun { get; init; }

    public required DateTimeOffset? NextRun { get; init; }

    public required long RunCount { get; init; }

    public required long FailureCount { get; init; }

    public required DateTimeOffset? ScheduleTime { get; init; }
}

/// <summary>A run, or a skip of any number of occurrences.</summary>
internal sealed record RunAnswer
{
    public required string RunId { get; init; }

    public required string JobId { get; init; }

    public required string Status { get; init; }

    public required string? Reason { get; init; }

    public required DateTimeOffset ScheduledFireTime { get; init; }

    public required DateTimeOffset? DueAt { get; init; }

    public required DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset? EndedAt { get; init; }

    public required double? LatenessMs { get; init; }

    public required double? DurationMs { get; init; }

    public required JsonText? Output { get; init; }

    public required string? Error { get; init; }

    public required string Triggered { get; init; }

    /// <summary>How many occurrences a skip covers; only skips have one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required long? Count { get; init; }

    public required IReadOnlyList<AttemptAnswer> Attempts { get; init; }
}

/// <summary>One attempt of a run.</summary>
internal sealed record AttemptAnswer(int Number, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Outcome, string? Error);

/// <summary>A fact of a job's journal.</summary>
internal sealed record EventAnswer(long Version, DateTimeOffset At, string Type, JsonText Data);

/// <summary>The run that a trigger asked for.</summary>
internal sealed record TriggerAnswer(string RunId);

/// <summary>A probe's answer.</summary>
internal sealed record HealthAnswer(string Status, IReadOnlyDictionary<string, string> Checks);

/// <summary>How the read model stands.</summary>
internal sealed record ViewsAnswer
{
    /// <summary><c>live</c> or <c>rebuilding</c>.</summary>
    public required string State { get; init; }

    public required double LagMs { get; init; }

    public required long SetAside { get; init; }

    /// <summary>The last rebuild since the process started; null when there was none.</summary>
    public required RebuildAnswer? Rebuild { get; init; }
}

/// <summary>A rebuild of the read model.</summary>
internal sealed record RebuildAnswer(DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, int SlicesRead, int Slices, long EventsRead, string? Error);

/// <summary>An RFC 9457 problem.</summary>
internal sealed record ProblemAnswer
{
    public required string Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JobId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }
}
