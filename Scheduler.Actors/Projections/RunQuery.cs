using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>A place in a list of runs.</summary>
/// <param name="FireTime">The row's nominal instant.</param>
/// <param name="RunId">The row's id.</param>
public sealed record RunPosition(DateTimeOffset FireTime, RunId RunId)
{
    /// <summary>A run's place.</summary>
    public static RunPosition Of(RunView run) => new(run.FireTime, run.RunId);
}

/// <summary>
/// Which runs to list, newest fire time first; ties by run id. Filters that are null or empty do not filter; all that are set must hold.
/// </summary>
public sealed record RunQuery
{
    /// <summary>Only runs of this job.</summary>
    public JobId? JobId { get; init; }

    /// <summary>Only runs of jobs that have this tag now.</summary>
    public string? Tag { get; init; }

    /// <summary>Only runs whose fire time is not before this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only runs whose fire time is before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only runs of one of these statuses.</summary>
    public ValueList<RunStatus> Statuses { get; init; } = [];

    /// <summary>1 to <see cref="JobQuery.MaxLimit"/>.</summary>
    public int Limit { get; init; } = JobQuery.MaxLimit;

    /// <summary>Continue after this.</summary>
    public RunPosition? After { get; init; }
}
