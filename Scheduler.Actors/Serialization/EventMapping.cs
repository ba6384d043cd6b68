using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization.Dtos;
using static Scheduler.Actors.Serialization.Members;

namespace Scheduler.Actors.Serialization;

/// <summary>Events to and from their stored shapes.</summary>
internal static class EventMapping
{
    public static JobCreatedDto ToDto(JobCreated e) => With(e, new JobCreatedDto
    {
        Definition = DefinitionMapping.ToDto(e.Definition),
        Generation = e.Generation,
    });

    public static JobCreated FromDto(JobCreatedDto dto) => With(dto, new JobCreated
    {
        At = At(dto),
        Definition = DefinitionMapping.FromDto(Need(dto.Definition, "definition")),
        Generation = dto.Generation,
    });

    public static JobScheduledDto ToDto(JobScheduled e) => With(e, new JobScheduledDto
    {
        Cursor = e.Cursor,
        NextFireTime = e.NextFireTime,
        NextDueAt = e.NextDueAt,
        Buffered = e.Buffered,
        CatchUp = Array(e.CatchUp),
        TimeZoneData = e.Zone?.Data,
        CursorOffsetSeconds = Seconds(e.Zone),
    });

    public static JobScheduled FromDto(JobScheduledDto dto) => With(dto, new JobScheduled
    {
        At = At(dto),
        Cursor = dto.Cursor,
        NextFireTime = dto.NextFireTime,
        NextDueAt = dto.NextDueAt,
        Buffered = dto.Buffered,
        CatchUp = ValueList.From(dto.CatchUp),
        Zone = ZoneOf(dto.TimeZoneData, dto.CursorOffsetSeconds),
    });

    public static JobUpdatedDto ToDto(JobUpdated e) => With(e, new JobUpdatedDto
    {
        Definition = DefinitionMapping.ToDto(e.Definition),
        Generation = e.Generation,
    });

    public static JobUpdated FromDto(JobUpdatedDto dto) => With(dto, new JobUpdated
    {
        At = At(dto),
        Definition = DefinitionMapping.FromDto(Need(dto.Definition, "definition")),
        Generation = dto.Generation,
    });

    public static JobPausedDto ToDto(JobPaused e) => With(e, new JobPausedDto());

    public static JobPaused FromDto(JobPausedDto dto) => With(dto, new JobPaused { At = At(dto) });

    public static JobResumedDto ToDto(JobResumed e) => With(e, new JobResumedDto());

    public static JobResumed FromDto(JobResumedDto dto) => With(dto, new JobResumed { At = At(dto) });

    public static JobCancelledDto ToDto(JobCancelled e) => With(e, new JobCancelledDto());

    public static JobCancelled FromDto(JobCancelledDto dto) => With(dto, new JobCancelled { At = At(dto) });

    public static JobCompletedDto ToDto(JobCompleted e) => With(e, new JobCompletedDto());

    public static JobCompleted FromDto(JobCompletedDto dto) => With(dto, new JobCompleted { At = At(dto) });

    public static JobDeletedDto ToDto(JobDeleted e) => With(e, new JobDeletedDto());

    public static JobDeleted FromDto(JobDeletedDto dto) => With(dto, new JobDeleted { At = At(dto) });

    public static RunRequestedDto ToDto(RunRequested e) => With(e, new RunRequestedDto { RunId = e.RunId.Value });

    public static RunRequested FromDto(RunRequestedDto dto) => With(dto, new RunRequested { At = At(dto), RunId = Run(dto.RunId) });

    public static AttemptStartedDto ToDto(AttemptStarted e) => With(e, new AttemptStartedDto
    {
        RunId = e.RunId.Value,
        Number = e.Number,
        Kind = Words.AttemptKinds.Of(e.Kind),
        FireTime = e.FireTime,
        DueAt = e.DueAt,
        Node = ToDto(e.Node),
    });

    public static AttemptStarted FromDto(AttemptStartedDto dto) => With(dto, new AttemptStarted
    {
        At = At(dto),
        RunId = Run(dto.RunId),
        Number = dto.Number,
        Kind = Words.AttemptKinds.Parse(dto.Kind),
        FireTime = Need(dto.FireTime, "fire_time"),
        DueAt = Need(dto.DueAt, "due_at"),
        Node = FromDto(Need(dto.Node, "node")),
    });

    public static AttemptFailedDto ToDto(AttemptFailed e) => With(e, new AttemptFailedDto
    {
        RunId = e.RunId.Value,
        Number = e.Number,
        Kind = Words.FailureKinds.Of(e.Kind),
        Error = e.Error,
        Retryable = e.Retryable,
        RetryAt = e.RetryAt,
        StartedAt = e.Timing.StartedAt,
        LatenessMs = Ms(e.Timing.Lateness),
        DurationMs = Ms(e.Timing.Duration),
    });

    public static AttemptFailed FromDto(AttemptFailedDto dto) => With(dto, new AttemptFailed
    {
        At = At(dto),
        RunId = Run(dto.RunId),
        Number = dto.Number,
        Kind = Words.FailureKinds.Parse(dto.Kind),
        Error = dto.Error ?? "",
        Retryable = dto.Retryable,
        RetryAt = dto.RetryAt,
        Timing = TimingOf(dto.StartedAt, dto.LatenessMs, dto.DurationMs),
    });

    public static AttemptLostDto ToDto(AttemptLost e) => With(e, new AttemptLostDto
    {
        RunId = e.RunId.Value,
        Number = e.Number,
        Loss = Words.AttemptLosses.Of(e.Loss),
        RetryAt = e.RetryAt,
    });

    public static AttemptLost FromDto(AttemptLostDto dto) => With(dto, new AttemptLost
    {
        At = At(dto),
        RunId = Run(dto.RunId),
        Number = dto.Number,
        Loss = Words.AttemptLosses.Parse(dto.Loss),
        RetryAt = dto.RetryAt,
    });

    public static RunCompletedDto ToDto(RunCompleted e) => With(e, new RunCompletedDto
    {
        RunId = e.RunId.Value,
        Number = e.Number,
        Output = e.Output,
        StartedAt = e.Timing.StartedAt,
        LatenessMs = Ms(e.Timing.Lateness),
        DurationMs = Ms(e.Timing.Duration),
    });

    public static RunCompleted FromDto(RunCompletedDto dto) => With(dto, new RunCompleted
    {
        At = At(dto),
        RunId = Run(dto.RunId),
        Number = dto.Number,
        Output = dto.Output,
        Timing = TimingOf(dto.StartedAt, dto.LatenessMs, dto.DurationMs),
    });

    public static RunDiscardedDto ToDto(RunDiscarded e) => With(e, new RunDiscardedDto { RunId = e.RunId.Value });

    public static RunDiscarded FromDto(RunDiscardedDto dto) => With(dto, new RunDiscarded { At = At(dto), RunId = Run(dto.RunId) });

    public static RunCancelledDto ToDto(RunCancelled e) => With(e, new RunCancelledDto { RunId = e.RunId.Value });

    public static RunCancelled FromDto(RunCancelledDto dto) => With(dto, new RunCancelled { At = At(dto), RunId = Run(dto.RunId) });

    public static OccurrencesSkippedDto ToDto(OccurrencesSkipped e) => With(e, new OccurrencesSkippedDto
    {
        From = e.From,
        To = e.To,
        Count = e.Count,
        Why = Words.SkipReasons.Of(e.Why),
    });

    public static OccurrencesSkipped FromDto(OccurrencesSkippedDto dto) => With(dto, new OccurrencesSkipped
    {
        At = At(dto),
        From = Need(dto.From, "from"),
        To = Need(dto.To, "to"),
        Count = dto.Count,
        Why = Words.SkipReasons.Parse(dto.Why),
    });

    public static JobCheckpointedDto ToDto(JobCheckpointed e) => With(e, new JobCheckpointedDto { State = StateMapping.ToDto(e.State), Past = ToDto(e.Past) });

    public static JobCheckpointed FromDto(JobCheckpointedDto dto) => With(dto, new JobCheckpointed
    {
        At = At(dto),
        State = StateMapping.FromDto(Need(dto.State, "state")),
        Past = FromDto(Need(dto.Past, "past")),
    });

    public static AuditedPastDto ToDto(AuditedPast past) => new()
    {
        Completed = past.Completed,
        Discarded = past.Discarded,
        Cancelled = past.Cancelled,
        Skipped = Array(past.Skipped, skipped => new SkippedPastDto { Why = Words.SkipReasons.Of(skipped.Why), Count = skipped.Count }),
        GenerationBegan = past.GenerationBegan,
    };

    public static AuditedPast FromDto(AuditedPastDto dto) => new(
        dto.Completed,
        dto.Discarded,
        dto.Cancelled,
        List(dto.Skipped, skipped => new SkippedPast(Words.SkipReasons.Parse(skipped.Why), skipped.Count)),
        dto.GenerationBegan);

    public static NodeDto ToDto(WorkerNode node) => new() { Address = node.Address, Uid = node.Uid };

    public static WorkerNode FromDto(NodeDto dto) => new(Need(dto.Address, "address"), dto.Uid);

    private static DateTimeOffset At(EventDto dto) => Need(dto.At, "at");

    private static TDto With<TDto>(JobEvent e, TDto dto)
        where TDto : EventDto
    {
        dto.At = e.At;
        dto.By = e.By;
        dto.Key = e.Key;
        dto.Trace = e.Trace;
        dto.Reason = e.Reason;
        dto.Clock = e.Clock;
        dto.BodyHash = e.BodyHash;
        return dto;
    }

    // Copies the event only where one of the members is there: most events have none of them.
    private static T With<T>(EventDto dto, T e)
        where T : JobEvent =>
        dto is { By: null, Key: null, Trace: null, Reason: null, Clock: null, BodyHash: null }
            ? e
            : (T)((JobEvent)e with { By = dto.By, Key = dto.Key, Trace = dto.Trace, Reason = dto.Reason, Clock = dto.Clock, BodyHash = dto.BodyHash });
}
