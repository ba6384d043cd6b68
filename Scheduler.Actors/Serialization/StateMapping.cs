using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization.Dtos;
using static Scheduler.Actors.Serialization.Members;

namespace Scheduler.Actors.Serialization;

/// <summary>States to and from their stored shape.</summary>
internal static class StateMapping
{
    public static StateDto ToDto(JobState state) => new()
    {
        JobId = state.Id.Value,
        Version = state.Version,
        Revision = state.Revision,
        LastEventAt = state.LastEventAt,
        CreatedAt = state.CreatedAt,
        UpdatedAt = state.UpdatedAt,
        Definition = state.Definition is null ? null : DefinitionMapping.ToDto(state.Definition),
        Trace = state.Trace,
        BodyHash = state.BodyHash,
        Generation = state.Generation,
        IsDeleted = state.IsDeleted,
        IsCancelled = state.IsCancelled,
        IsPaused = state.IsPaused,
        StatusReason = state.StatusReason,
        CompletedAt = state.CompletedAt,
        Cursor = state.Cursor,
        FirstFireTime = state.FirstFireTime,
        NextFireTime = state.NextFireTime,
        NextDueAt = state.NextDueAt,
        Buffered = state.Buffered,
        CatchUp = Array(state.CatchUp),
        TimeZoneData = state.Zone?.Data,
        CursorOffsetSeconds = Seconds(state.Zone),
        Requested = Array(state.Requested, r => new RequestedRunDto { RunId = r.RunId.Value, At = r.At, Trace = r.Trace }),
        Active = Array(state.Active, ToDto),
        LastOutcome = state.LastOutcome is { } outcome ? Words.RunOutcomes.Of(outcome) : null,
        LastRunAt = state.LastRunAt,
        RunCount = state.RunCount,
        FailureCount = state.FailureCount,
        ScheduledRuns = state.ScheduledRuns,
        DiscardedInARow = state.DiscardedInARow,
        Keys = Array(state.Keys, k => new UsedKeyDto { Key = k.Key, Version = k.Version, Use = Words.KeyUses.Of(k.Use), RunId = k.RunId?.Value, BodyHash = k.BodyHash }),
        Checkpoints = Array(state.Checkpoints),
    };

    public static JobState FromDto(StateDto dto) => new()
    {
        Id = Job(dto.JobId),
        Version = dto.Version,
        Revision = dto.Revision,
        LastEventAt = dto.LastEventAt,
        CreatedAt = dto.CreatedAt,
        UpdatedAt = dto.UpdatedAt,
        Definition = dto.Definition is null ? null : DefinitionMapping.FromDto(dto.Definition),
        Trace = dto.Trace,
        BodyHash = dto.BodyHash,
        Generation = dto.Generation,
        IsDeleted = dto.IsDeleted,
        IsCancelled = dto.IsCancelled,
        IsPaused = dto.IsPaused,
        StatusReason = dto.StatusReason,
        CompletedAt = dto.CompletedAt,
        Cursor = dto.Cursor,
        FirstFireTime = dto.FirstFireTime,
        NextFireTime = dto.NextFireTime,
        NextDueAt = dto.NextDueAt,
        Buffered = dto.Buffered,
        CatchUp = ValueList.From(dto.CatchUp),
        Zone = ZoneOf(dto.TimeZoneData, dto.CursorOffsetSeconds),
        Requested = List(dto.Requested, r => new RequestedRun(Run(r.RunId), Need(r.At, "at")) { Trace = r.Trace }),
        Active = List(dto.Active, FromDto),
        LastOutcome = dto.LastOutcome is null ? null : Words.RunOutcomes.Parse(dto.LastOutcome),
        LastRunAt = dto.LastRunAt,
        RunCount = dto.RunCount,
        FailureCount = dto.FailureCount,
        ScheduledRuns = dto.ScheduledRuns,
        DiscardedInARow = dto.DiscardedInARow,
        Keys = List(dto.Keys, FromDto),
        Checkpoints = ValueList.From(dto.Checkpoints),
    };

    private static UsedKey FromDto(UsedKeyDto dto)
    {
        var run = dto.RunId is null ? (RunId?)null : Run(dto.RunId);
        var use = dto.Use is { } name ? Words.KeyUses.Parse(name) : run is null ? KeyUse.Create : KeyUse.Trigger;
        return new UsedKey(Need(dto.Key, "key"), dto.Version, use, run) { BodyHash = dto.BodyHash };
    }

    private static ActiveRunDto ToDto(ActiveRun run) => new()
    {
        RunId = run.RunId.Value,
        Kind = Words.AttemptKinds.Of(run.Kind),
        FireTime = run.FireTime,
        DueAt = run.DueAt,
        Attempt = run.Attempt,
        Counted = run.Counted,
        AttemptAt = run.AttemptAt,
        Node = run.Node is null ? null : EventMapping.ToDto(run.Node),
        RetryAt = run.RetryAt,
        LostAt = run.LostAt,
        FailedAt = run.FailedAt,
        Trace = run.Trace,
    };

    private static ActiveRun FromDto(ActiveRunDto dto) => new()
    {
        RunId = Run(dto.RunId),
        Kind = Words.AttemptKinds.Parse(dto.Kind),
        FireTime = Need(dto.FireTime, "fire_time"),
        DueAt = Need(dto.DueAt, "due_at"),
        Attempt = dto.Attempt,
        Counted = dto.Counted,
        AttemptAt = Need(dto.AttemptAt, "attempt_at"),
        Node = dto.Node is null ? null : EventMapping.FromDto(dto.Node),
        RetryAt = dto.RetryAt,
        LostAt = dto.LostAt,
        FailedAt = dto.FailedAt,
        Trace = dto.Trace,
    };
}
