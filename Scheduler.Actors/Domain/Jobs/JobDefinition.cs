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

    /// <summary>Nothing fires before it; null for no bound.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Nothing fires after it; null for no bound.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>After how many scheduled runs the schedule ends, at least 1; null for never. Skips, retries and requested runs do not count.</summary>
    public long? MaxRuns { get; init; }

    /// <summary>By how much a run is due after its fire time at most: a fixed share of it, given by the run's id. Zero or more.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>What becomes of occurrences that could not start in time.</summary>
    public MisfirePolicy Misfire { get; init; } = MisfirePolicy.Default;

    /// <summary>What becomes of a fire time that comes while a run is active.</summary>
    public OverlapPolicy Overlap { get; init; } = OverlapPolicy.Skip;

    /// <summary>How urgent its runs are where they wait for each other, -100 to 100; the higher first.</summary>
    public int Priority { get; init; }

    /// <summary>What its runs share with those of other jobs, and are limited by together; null for nothing.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>After how many discarded runs in a row the job pauses itself, at least 1; null for never.</summary>
    public int? PauseAfterFailures { get; init; }

    /// <summary>How often a run is tried.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>How long one attempt may take; positive.</summary>
    public TimeSpan Timeout { get; init; } = DefaultTimeout;

    /// <summary>Its fire times.</summary>
    public FireTimes FireTimes => new(Schedule, StartAt, EndAt);

    /// <summary>The same definition with everything that the client left open filled in: what an event holds.</summary>
    /// <param name="job">The job.</param>
    /// <param name="before">The definition that it replaces; null for none.</param>
    /// <param name="at">When it is accepted.</param>
    public JobDefinition Resolve(JobId job, JobDefinition? before, DateTimeOffset at) =>
        this with { Schedule = Schedule.Resolve(before?.FireTimes, StartAt, job.Hash, at) };

    /// <summary>When a run is due: its fire time, and a share of the jitter that its id gives. Never after the next fire time, so runs keep their order.</summary>
    /// <param name="run">The run.</param>
    /// <param name="fireTime">Its nominal instant.</param>
    public DateTimeOffset DueAt(RunId run, DateTimeOffset fireTime)
    {
        if (Jitter <= TimeSpan.Zero)
            return fireTime;
        var most = FireTimes.Next(fireTime) is { } next && next - fireTime < Jitter ? next - fireTime : Jitter;
        return Instant.Floor(Instant.After(fireTime, TimeSpan.FromMilliseconds(Math.Floor(Fraction.Of(run.Value) * most.TotalMilliseconds))));
    }
}
