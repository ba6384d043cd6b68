using System.Text.Json;
using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;

namespace Scheduler.Actors.Projections;

/// <summary>A run's row as the stores keep it. What a store filters and sorts by stands in columns beside it, and is not repeated here.</summary>
internal static class RunJson
{
    public static byte[] Write(RunView run) => JsonSerializer.SerializeToUtf8Bytes(
        new RunRowDto
        {
            Reason = run.Reason,
            DueAt = run.DueAt,
            StartedAt = run.StartedAt,
            EndedAt = run.EndedAt,
            LatenessMs = Members.Ms(run.Lateness),
            DurationMs = Members.Ms(run.Duration),
            Output = run.Output,
            Error = run.Error,
            Count = run.Count,
            Attempts = Members.Array(run.Attempts, a => new AttemptRowDto
            {
                Number = a.Number,
                StartedAt = a.StartedAt,
                EndedAt = a.EndedAt,
                Outcome = a.Outcome is { } outcome ? Words.AttemptResults.Of(outcome) : null,
                Error = a.Error,
            }),
        },
        RunJsonContext.Default.RunRowDto);

    public static RunView Read(RunId id, JobId job, RunStatus status, DateTimeOffset fireTime, long version, ReadOnlySpan<byte> json)
    {
        var dto = JsonSerializer.Deserialize(json, RunJsonContext.Default.RunRowDto)
            ?? throw new JsonException($"The row of run {id} is null.");
        var timing = Members.TimingOf(startedAt: null, dto.LatenessMs, dto.DurationMs);
        return new RunView
        {
            RunId = id,
            JobId = job,
            Status = status,
            FireTime = fireTime,
            Version = version,
            Reason = dto.Reason,
            DueAt = dto.DueAt,
            StartedAt = dto.StartedAt,
            EndedAt = dto.EndedAt,
            Lateness = timing.Lateness,
            Duration = timing.Duration,
            Output = dto.Output,
            Error = dto.Error,
            Count = dto.Count,
            Attempts = Members.List(dto.Attempts, a => new AttemptView
            {
                Number = a.Number,
                StartedAt = a.StartedAt,
                EndedAt = a.EndedAt,
                Outcome = a.Outcome is null ? null : Words.AttemptResults.Parse(a.Outcome),
                Error = a.Error,
            }),
        };
    }
}

internal sealed class RunRowDto
{
    public string? Reason { get; set; }

    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public double? LatenessMs { get; set; }

    public double? DurationMs { get; set; }

    public JsonText? Output { get; set; }

    public string? Error { get; set; }

    public long? Count { get; set; }

    public AttemptRowDto[]? Attempts { get; set; }
}

internal sealed class AttemptRowDto
{
    public int Number { get; set; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    public string? Outcome { get; set; }

    public string? Error { get; set; }
}

[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    MaxDepth = 512,
    Converters = [typeof(InstantConverter), typeof(JsonTextConverter)])]
[JsonSerializable(typeof(RunRowDto))]
internal sealed partial class RunJsonContext : JsonSerializerContext;
