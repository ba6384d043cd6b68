using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;

namespace Scheduler.Host.Api.Contracts;

/// <summary>When a job fires; exactly one of <c>at</c>, <c>delay</c>, <c>every</c>, <c>cron</c> and <c>rrule</c> is set, with what goes with it.</summary>
internal sealed record ScheduleContract
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? At { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Delay { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Every { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Cron { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rrule { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Anchor { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TimeZone { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DstGap { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DstOverlap { get; init; }

    /// <summary>Days, or ranges of days: <c>2026-12-25</c>, <c>2026-12-24/2027-01-01</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Exclusions { get; init; }
}

/// <summary>What becomes of occurrences that could not start in time.</summary>
internal sealed record MisfireContract
{
    public required string Policy { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Window { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Limit { get; init; }
}

/// <summary>How often a run is tried.</summary>
internal sealed record RetryContract
{
    /// <summary>The first one counts.</summary>
    public required int MaxAttempts { get; init; }

    public required string Backoff { get; init; }

    /// <summary>The delay before the first retry.</summary>
    public required TimeSpan Initial { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Factor { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Max { get; init; }
}

/// <summary>What a run does; exactly one member is set.</summary>
internal sealed record TargetContract
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Handler { get; init; }

    /// <summary>Of a handler; null for 1.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Version { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HttpTargetContract? Http { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AmqpTargetContract? Amqp { get; init; }
}

/// <summary>An HTTP request.</summary>
/// <param name="Method">In upper case.</param>
/// <param name="Url">Absolute.</param>
/// <param name="Headers">In the client's order.</param>
/// <param name="Body">Any JSON value; null for none.</param>
internal sealed record HttpTargetContract(string Method, string Url, IReadOnlyDictionary<string, string> Headers, JsonText? Body)
{
    /// <summary>Sent instead of a body.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>The name of the secret that signs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>Codes and ranges; null for the 2xx class.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Success { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? FollowRedirects { get; init; }

    /// <summary>Fields of the answer; null for none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? KeepHeaders { get; init; }
}

/// <summary>A message for an AMQP broker.</summary>
internal sealed record AmqpTargetContract
{
    public required string Connection { get; init; }

    public required string Exchange { get; init; }

    public required string RoutingKey { get; init; }

    /// <summary>Any JSON value. Not together with <see cref="Text"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonText? Body { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>An object.</summary>
    public required JsonText Headers { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentType { get; init; }

    public required bool Persistent { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Ttl { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Priority { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CorrelationId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ReplyTo { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Type { get; init; }
}

/// <summary>
/// A job's definition, read and checked: what the client left out is null. Written, it is what a merge patch is applied to, with
/// everything filled in.
/// </summary>
internal sealed record JobContract
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public JsonText? Parameters { get; init; }

    public required ScheduleContract Schedule { get; init; }

    public DateTimeOffset? StartAt { get; init; }

    public DateTimeOffset? EndAt { get; init; }

    public long? MaxRuns { get; init; }

    public TimeSpan? Jitter { get; init; }

    public MisfireContract? Misfire { get; init; }

    public string? Overlap { get; init; }

    public RetryContract? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public int? Priority { get; init; }

    public string? ConcurrencyKey { get; init; }

    public int? PauseAfterFailures { get; init; }

    public TargetContract? Target { get; init; }
}
