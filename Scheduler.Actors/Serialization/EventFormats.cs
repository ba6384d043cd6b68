using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization.Dtos;

namespace Scheduler.Actors.Serialization;

/// <summary>The formats of the journal. Extend-only: a manifest that was ever written stays readable for ever.</summary>
internal static class EventFormats
{
    private static readonly JobJsonContext Json = JobJsonContext.Default;

    public static IReadOnlyList<EventFormat> All { get; } =
    [
        Of<JobCreated, JobCreatedDto>("JobCreated", "job.created.v1", Json.JobCreatedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobScheduled, JobScheduledDto>("JobScheduled", "job.scheduled.v1", Json.JobScheduledDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobUpdated, JobUpdatedDto>("JobUpdated", "job.updated.v1", Json.JobUpdatedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobPaused, JobPausedDto>("JobPaused", "job.paused.v1", Json.JobPausedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobResumed, JobResumedDto>("JobResumed", "job.resumed.v1", Json.JobResumedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobCancelled, JobCancelledDto>("JobCancelled", "job.cancelled.v1", Json.JobCancelledDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobCompleted, JobCompletedDto>("JobCompleted", "job.completed.v1", Json.JobCompletedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobDeleted, JobDeletedDto>("JobDeleted", "job.deleted.v1", Json.JobDeletedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<RunRequested, RunRequestedDto>("RunRequested", "run.requested.v1", Json.RunRequestedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<AttemptStarted, AttemptStartedDto>("AttemptStarted", "attempt.started.v1", Json.AttemptStartedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<AttemptFailed, AttemptFailedDto>("AttemptFailed", "attempt.failed.v1", Json.AttemptFailedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<AttemptLost, AttemptLostDto>("AttemptLost", "attempt.lost.v1", Json.AttemptLostDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<RunCompleted, RunCompletedDto>("RunCompleted", "run.completed.v1", Json.RunCompletedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<RunDiscarded, RunDiscardedDto>("RunDiscarded", "run.discarded.v1", Json.RunDiscardedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<RunCancelled, RunCancelledDto>("RunCancelled", "run.cancelled.v1", Json.RunCancelledDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<OccurrencesSkipped, OccurrencesSkippedDto>("OccurrencesSkipped", "occurrences.skipped.v1", Json.OccurrencesSkippedDto, EventMapping.ToDto, EventMapping.FromDto),
        Of<JobCheckpointed, JobCheckpointedDto>("JobCheckpointed", "job.checkpointed.v1", Json.JobCheckpointedDto, EventMapping.ToDto, EventMapping.FromDto),
    ];

    private static EventFormat<T, TDto> Of<T, TDto>(string name, string manifest, JsonTypeInfo<TDto> json, Func<T, TDto> toDto, Func<TDto, T> fromDto)
        where T : JobEvent
        where TDto : EventDto => new(name, manifest, json, toDto, fromDto);
}

/// <summary>The format of an event, with the name that clients know it by.</summary>
/// <param name="name">The name in the audit trail.</param>
/// <param name="manifest">The stable name in the journal.</param>
/// <param name="type">The domain's type.</param>
internal abstract class EventFormat(string name, string manifest, Type type) : Format(manifest, type)
{
    public string Name { get; } = name;

    /// <summary>Writes the event without its time, which stands beside it in the audit trail.</summary>
    public abstract void WriteData(Utf8JsonWriter writer, JobEvent fact);
}

/// <inheritdoc />
internal sealed class EventFormat<T, TDto>(string name, string manifest, JsonTypeInfo<TDto> json, Func<T, TDto> toDto, Func<TDto, T> fromDto)
    : EventFormat(name, manifest, typeof(T))
    where T : JobEvent
    where TDto : EventDto
{
    public override void Write(Utf8JsonWriter writer, object value) => JsonSerializer.Serialize(writer, toDto((T)value), json);

    public override void WriteData(Utf8JsonWriter writer, JobEvent fact)
    {
        var dto = toDto((T)fact);
        dto.At = null;
        JsonSerializer.Serialize(writer, dto, json);
    }

    public override object Read(ReadOnlySpan<byte> utf8) =>
        fromDto(JsonSerializer.Deserialize(utf8, json) ?? throw new JsonException("The document is null."));
}
