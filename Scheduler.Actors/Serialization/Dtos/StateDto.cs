using System.Text.Json.Serialization;

namespace Scheduler.Actors.Serialization.Dtos;

// A job's whole state, for snapshots and for the rows of the jobs view. What has its default value is left out: most jobs have few of
// these members, and there may be millions of rows. Extend-only, like the events.

internal sealed class StateDto
{
    public string? JobId { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Version { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Revision { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset LastEventAt { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset CreatedAt { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public DateTimeOffset UpdatedAt { get; set; }

    public string? Trace { get; set; }

    public DefinitionDto? Definition { get; set; }

    public string? BodyHash { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Generation { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsDeleted { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsCancelled { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool IsPaused { get; set; }

    public string? StatusReason { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    public DateTimeOffset? Cursor { get; set; }

    public DateTimeOffset? FirstFireTime { get; set; }

    public DateTimeOffset? NextFireTime { get; set; }

    public DateTimeOffset? NextDueAt { get; set; }

    public DateTimeOffset? Buffered { get; set; }

    public DateTimeOffset[]? CatchUp { get; set; }

    /// <summary>What the plan was made with; absent where fire times depend on no time zone, and before it was said.</summary>
    public string? TimeZoneData { get; set; }

    /// <summary>Local time minus UTC at the cursor, by these data.</summary>
    public int? CursorOffsetSeconds { get; set; }

    public RequestedRunDto[]? Requested { get; set; }

    public ActiveRunDto[]? Active { get; set; }

    public string? LastOutcome { get; set; }

    public DateTimeOffset? LastRunAt { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long RunCount { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long FailureCount { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long ScheduledRuns { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int DiscardedInARow { get; set; }

    public UsedKeyDto[]? Keys { get; set; }

    /// <summary>Absent in states of jobs that were never checkpointed.</summary>
    public long[]? Checkpoints { get; set; }
}

internal sealed class RequestedRunDto
{
    public string? RunId { get; set; }

    public DateTimeOffset? At { get; set; }

    public string? Trace { get; set; }
}

internal sealed class ActiveRunDto
{
    public string? RunId { get; set; }

    public string? Kind { get; set; }

    public DateTimeOffset? FireTime { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public int Attempt { get; set; }

    public int Counted { get; set; }

    public DateTimeOffset? AttemptAt { get; set; }

    public NodeDto? Node { get; set; }

    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>Absent in states that are older than it, and then a fire time that meets the run's retry is an overlap, as it was.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>Absent in states that are older than it, and then the retry is due when it was promised for, whatever became of the clock.</summary>
    public DateTimeOffset? FailedAt { get; set; }

    public string? Trace { get; set; }
}

internal sealed class UsedKeyDto
{
    public string? Key { get; set; }

    public long Version { get; set; }

    /// <summary>Absent in states older than the first release: those knew no more than whether a run was requested.</summary>
    public string? Use { get; set; }

    public string? RunId { get; set; }

    /// <summary>Absent where no hash was kept: the key stands for any body.</summary>
    public string? BodyHash { get; set; }
}
