using System.Text.Json.Serialization;
using Scheduler.Actors.Domain;

namespace Scheduler.Host.Api.Contracts;

/// <summary>When a job fires; exactly one member is set.</summary>
internal sealed record ScheduleContract
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? At { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Delay { get; init; }
}

/// <summary>How often a run is tried.</summary>
/// <param name="MaxAttempts">The first one counts.</param>
/// <param name="Backoff">How the delay grows.</param>
/// <param name="Initial">The delay before the first retry.</param>
internal sealed record RetryContract(int MaxAttempts, string Backoff, TimeSpan Initial)
{
    /// <summary>The same delay before each retry.</summary>
    public const string Fixed = "fixed";
}

/// <summary>What a run does; exactly one member is set.</summary>
internal sealed record TargetContract
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Handler { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HttpTargetContract? Http { get; init; }
}

/// <summary>An HTTP request.</summary>
/// <param name="Method">In upper case.</param>
/// <param name="Url">Absolute.</param>
/// <param name="Headers">In the client's order.</param>
/// <param name="Body">Any JSON value; null for none.</param>
internal sealed record HttpTargetContract(string Method, string Url, IReadOnlyDictionary<string, string> Headers, JsonText? Body);

/// <summary>What <c>POST /jobs</c> takes, read and checked; what the client left out is null.</summary>
internal sealed record JobContract
{
    public required string Name { get; init; }

    public string? Description { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    public JsonText? Parameters { get; init; }

    public required ScheduleContract Schedule { get; init; }

    public RetryContract? Retry { get; init; }

    public TimeSpan? Timeout { get; init; }

    public TargetContract? Target { get; init; }
}
