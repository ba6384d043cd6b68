using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What a client asked for, resolved: defaults are filled in, and every relative time has become an instant.</summary>
public sealed record JobDefinition
{
    /// <summary>The time-out of an attempt where the client named none: a hung run must never block its schedule for ever.</summary>
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(5);

    /// <summary>For people; need not be unique.</summary>
    public required string Name { get; init; }

    /// <summary>For people.</summary>
    public string? Description { get; init; }

    /// <summary>For finding jobs; distinct, in the client's order.</summary>
    public ValueList<string> Tags { get; init; } = [];

    /// <summary>A JSON object for the handler; null when the client sent none.</summary>
    public JsonText? Parameters { get; init; }

    /// <summary>When it fires.</summary>
    public required Schedule Schedule { get; init; }

    /// <summary>What a run does.</summary>
    public Target Target { get; init; } = HandlerTarget.Default;

    /// <summary>How often a run is tried.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>How long one attempt may take; positive.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;
}
