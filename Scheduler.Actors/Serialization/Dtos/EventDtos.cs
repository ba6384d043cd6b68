using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Serialization.Dtos;

// The shapes of the journal's events. Extend-only: members may be added, and their absence must mean what it meant before; none is ever
// renamed, retyped or removed. They are not the domain's events, so that the domain may be renamed while the data stays as it is.

internal abstract class EventDto
{
    [JsonPropertyOrder(-5)]
    public DateTimeOffset? At { get; set; }

    [JsonPropertyOrder(-4)]
    public string? By { get; set; }

    [JsonPropertyOrder(-3)]
    public string? Key { get; set; }

    [JsonPropertyOrder(-2)]
    public string? Trace { get; set; }

    [JsonPropertyOrder(-1)]
    public string? Reason { get; set; }

    /// <summary>Absent where the clock showed <see cref="At"/>, as it did for all events that are older than this member.</summary>
    [JsonPropertyOrder(-1)]
    public DateTimeOffset? Clock { get; set; }

    /// <summary>
    /// What the body of the command with <see cref="Key"/> hashes to. Behind all else, where creations have had it from the first day; absent in
    /// other events that are older than this, whose keys stand for any body.
    /// </summary>
    [JsonPropertyOrder(1)]
    public string? BodyHash { get; set; }
}

internal sealed class JobCreatedDto : EventDto
{
    public DefinitionDto? Definition { get; set; }

    public int Generation { get; set; }
}

internal sealed class JobScheduledDto : EventDto
{
    public DateTimeOffset? Cursor { get; set; }

    public DateTimeOffset? NextFireTime { get; set; }

    public DateTimeOffset? NextDueAt { get; set; }

    public DateTimeOffset? Buffered { get; set; }

    public DateTimeOffset[]? CatchUp { get; set; }

    /// <summary>What the plan was made with; absent where fire times depend on no time zone, and before it was said.</summary>
    public string? TimeZoneData { get; set; }

    /// <summary>Local time minus UTC at the cursor, by these data.</summary>
    public int? CursorOffsetSeconds { get; set; }
}

internal sealed class JobUpdatedDto : EventDto
{
    public DefinitionDto? Definition { get; set; }

    public int Generation { get; set; }
}

internal sealed class JobPausedDto : EventDto;

internal sealed class JobResumedDto : EventDto;

internal sealed class JobCancelledDto : EventDto;

internal sealed class JobCompletedDto : EventDto;

internal sealed class JobDeletedDto : EventDto;

internal sealed class RunRequestedDto : EventDto
{
    public string? RunId { get; set; }
}

internal sealed class AttemptStartedDto : EventDto
{
    public string? RunId { get; set; }

    public int Number { get; set; }

    public string? Kind { get; set; }

    public DateTimeOffset? FireTime { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public NodeDto? Node { get; set; }
}

internal sealed class AttemptFailedDto : EventDto
{
    public string? RunId { get; set; }

    public int Number { get; set; }

    public string? Kind { get; set; }

    public string? Error { get; set; }

    public bool Retryable { get; set; }

    public DateTimeOffset? RetryAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public double? LatenessMs { get; set; }

    public double? DurationMs { get; set; }
}

internal sealed class AttemptLostDto : EventDto
{
    public string? RunId { get; set; }

    public int Number { get; set; }

    public string? Loss { get; set; }

    public DateTimeOffset? RetryAt { get; set; }
}

internal sealed class RunCompletedDto : EventDto
{
    public string? RunId { get; set; }

    public int Number { get; set; }

    public JsonText? Output { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public double? LatenessMs { get; set; }

    public double? DurationMs { get; set; }
}

internal sealed class RunDiscardedDto : EventDto
{
    public string? RunId { get; set; }
}

internal sealed class RunCancelledDto : EventDto
{
    public string? RunId { get; set; }
}

internal sealed class OccurrencesSkippedDto : EventDto
{
    public DateTimeOffset? From { get; set; }

    public DateTimeOffset? To { get; set; }

    public long? Count { get; set; }

    public string? Why { get; set; }
}

internal sealed class NodeDto
{
    public string? Address { get; set; }

    public long Uid { get; set; }
}

/// <summary>The state is that of snapshots: absent members mean there what they mean here.</summary>
internal sealed class JobCheckpointedDto : EventDto
{
    public StateDto? State { get; set; }

    public AuditedPastDto? Past { get; set; }
}

internal sealed class AuditedPastDto
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Completed { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Discarded { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Cancelled { get; set; }

    public SkippedPastDto[]? Skipped { get; set; }

    public DateTimeOffset? GenerationBegan { get; set; }
}

internal sealed class SkippedPastDto
{
    public string? Why { get; set; }

    /// <summary>Absent: too many to count.</summary>
    public long? Count { get; set; }
}
