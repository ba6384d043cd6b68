using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;

namespace Scheduler.Host.Api.Contracts;

/// <summary>What a job waits for: one of <see cref="Handler"/>, <see cref="Permit"/> and <see cref="Clock"/>.</summary>
internal sealed record WaitingForAnswer
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Handler { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Permit { get; init; }

    /// <summary>With <see cref="Permit"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Since { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Clock { get; init; }
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

    /// <summary>How far it is; only of one run that was asked for, while it runs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required ProgressAnswer? Progress { get; init; }

    public required string Triggered { get; init; }

    /// <summary>How many occurrences a skip covers; only skips have one.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public required long? Count { get; init; }

    public required IReadOnlyList<AttemptAnswer> Attempts { get; init; }
}

/// <summary>How far a running attempt is.</summary>
internal sealed record ProgressAnswer(long Done, long? Total, DateTimeOffset At);

/// <summary>One attempt of a run.</summary>
internal sealed record AttemptAnswer(int Number, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt, string? Outcome, string? Error);

/// <summary>A fact of a job's journal.</summary>
internal sealed record EventAnswer(long Version, DateTimeOffset At, string Type, JsonText Data);

/// <summary>The run that a trigger asked for.</summary>
internal sealed record TriggerAnswer(string RunId);

/// <summary>What became of one line of a batch.</summary>
internal sealed record BatchLineAnswer
{
    /// <summary>The line's number in the request, from 1; blank lines count.</summary>
    public required long Line { get; init; }

    /// <summary>What <c>POST /jobs</c> would have been answered with.</summary>
    public required int Status { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JobId { get; init; }

    /// <summary>The problem's type, where its status alone does not say what to do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}

/// <summary>When a schedule would fire.</summary>
internal sealed record PreviewAnswer(IReadOnlyList<FireTimeAnswer> FireTimes);

/// <summary>One fire time.</summary>
/// <param name="At">In UTC.</param>
/// <param name="Local">In the schedule's time zone, with its offset.</param>
/// <param name="Note">What a clock change did to it; null for nothing.</param>
internal sealed record FireTimeAnswer(DateTimeOffset At, string Local, string? Note);

/// <summary>What a job's facts prove of its occurrences.</summary>
/// <param name="Clean">Whether all are accounted for.</param>
/// <param name="Occurrences">How many there were; null for too many to count.</param>
/// <param name="Completed">How many became runs that completed.</param>
/// <param name="Discarded">How many became runs that were discarded.</param>
/// <param name="Cancelled">How many became runs that were cancelled.</param>
/// <param name="Skipped">How many became no runs; null for too many to count.</param>
/// <param name="Open">How many have not ended.</param>
/// <param name="Gaps">What is missing or wrong, in sentences.</param>
internal sealed record AuditAnswer(
    bool Clean, long? Occurrences, long Completed, long Discarded, long Cancelled, long? Skipped, long Open, IReadOnlyList<string> Gaps);

/// <summary>A probe's answer.</summary>
internal sealed record HealthAnswer(string Status, IReadOnlyDictionary<string, string> Checks)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TimeZoneData { get; init; }
}

/// <summary>How the read model stands.</summary>
internal sealed record ViewsAnswer
{
    /// <summary><c>live</c>, <c>rebuilding</c> or <c>failing</c>.</summary>
    public required string State { get; init; }

    public required double LagMs { get; init; }

    public required long SetAside { get; init; }

    public required IReadOnlyList<FailingSliceAnswer> Failing { get; init; }

    /// <summary>The last rebuild since the process started; null when there was none.</summary>
    public required RebuildAnswer? Rebuild { get; init; }
}

/// <summary>A rebuild of the read model.</summary>
internal sealed record RebuildAnswer(DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, int SlicesRead, int Slices, long EventsRead, string? Reason, string? Error);

/// <summary>A slice whose projection does not get on.</summary>
internal sealed record FailingSliceAnswer(int Slice, DateTimeOffset Since, string Error);

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

    /// <summary>The job's revision, where another one was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Revision { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TraceId { get; init; }
}
