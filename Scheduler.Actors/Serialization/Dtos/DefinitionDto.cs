using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Serialization.Dtos;

// A definition as the journal keeps it: the shape that clients send, with everything resolved. Extend-only, like the events.

internal sealed class DefinitionDto
{
    public string? Name { get; set; }

    public string? Description { get; set; }

    public string[]? Tags { get; set; }

    public JsonText? Parameters { get; set; }

    public ScheduleDto? Schedule { get; set; }

    public TargetDto? Target { get; set; }

    public RetryDto? Retry { get; set; }

    public TimeSpan? Timeout { get; set; }

    public DateTimeOffset? StartAt { get; set; }

    public DateTimeOffset? EndAt { get; set; }

    public long? MaxRuns { get; set; }

    public TimeSpan? Jitter { get; set; }

    public MisfireDto? Misfire { get; set; }

    public string? Overlap { get; set; }

    public int? Priority { get; set; }

    public string? ConcurrencyKey { get; set; }

    public int? PauseAfterFailures { get; set; }
}

/// <summary>
/// The members that are there say which kind it is: <c>cron</c>, <c>every</c>, <c>rrule</c>, <c>delay</c> with its <c>at</c>, or
/// <c>at</c> alone.
/// </summary>
internal sealed class ScheduleDto
{
    public string? Cron { get; set; }

    public TimeSpan? Every { get; set; }

    public string? Rrule { get; set; }

    public DateTimeOffset? Anchor { get; set; }

    public string? TimeZone { get; set; }

    public string? DstGap { get; set; }

    public string? DstOverlap { get; set; }

    /// <summary>Left out: both. That nobody said is a word of its own, and only in commands.</summary>
    public string? DayMatch { get; set; }

    /// <summary>What <c>H</c> stands for; absent where the expression has none.</summary>
    public uint? Hash { get; set; }

    public string[]? Exclusions { get; set; }

    public TimeSpan? Delay { get; set; }

    public DateTimeOffset? At { get; set; }
}

/// <summary>Exactly one member is there.</summary>
internal sealed class TargetDto
{
    public string? Handler { get; set; }

    public int? Version { get; set; }

    public HttpTargetDto? Http { get; set; }

    public AmqpTargetDto? Amqp { get; set; }
}

internal sealed class HttpTargetDto
{
    public string? Method { get; set; }

    public string? Url { get; set; }

    public ValueList<HttpHeader>? Headers { get; set; }

    public JsonText? Body { get; set; }

    public string? Text { get; set; }

    public string? Secret { get; set; }

    /// <summary>Codes and ranges: <c>204</c>, <c>200-299</c>.</summary>
    public string[]? Success { get; set; }

    public bool? FollowRedirects { get; set; }

    public string[]? KeepHeaders { get; set; }
}

internal sealed class AmqpTargetDto
{
    public string? Connection { get; set; }

    public string? Exchange { get; set; }

    public string? RoutingKey { get; set; }

    public JsonText? Body { get; set; }

    public string? Text { get; set; }

    public JsonText? Headers { get; set; }

    public string? ContentType { get; set; }

    /// <summary>Left out: true.</summary>
    public bool? Persistent { get; set; }

    public TimeSpan? Ttl { get; set; }

    public int? Priority { get; set; }

    public string? CorrelationId { get; set; }

    public string? ReplyTo { get; set; }

    public string? Type { get; set; }
}

internal sealed class RetryDto
{
    public int? MaxAttempts { get; set; }

    public string? Backoff { get; set; }

    public TimeSpan? Initial { get; set; }

    public double? Factor { get; set; }

    public TimeSpan? Max { get; set; }
}

internal sealed class MisfireDto
{
    public string? Policy { get; set; }

    public TimeSpan? Window { get; set; }

    public int? Limit { get; set; }
}
