using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>By what a list of jobs is sorted; ties by job id.</summary>
public enum JobSort
{
    /// <summary>Oldest first. The default.</summary>
    CreatedAt,

    /// <summary>Newest first.</summary>
    CreatedAtDescending,

    /// <summary>Whose next run is due first. Jobs without one are not in that list.</summary>
    NextRun,

    /// <summary>Whose next run is due last. Jobs without one are not in that list.</summary>
    NextRunDescending,
}

/// <summary>A place in a list of jobs.</summary>
/// <param name="At">What the list is sorted by: the row's creation, or when its next run is due.</param>
/// <param name="JobId">The row's id.</param>
public sealed record JobPosition(DateTimeOffset At, JobId JobId)
{
    /// <summary>A job's place.</summary>
    /// <exception cref="InvalidOperationException">The job has none in a list that is sorted so.</exception>
    public static JobPosition Of(JobState job, JobSort sort) => new(
        sort.IsByNextRun() ? job.NextDueAt ?? throw new InvalidOperationException($"Job {job.Id} has no next run.") : job.CreatedAt, job.Id);
}

/// <summary>Which jobs to list. Filters that are null or empty do not filter; all that are set must hold. Deleted jobs are never listed.</summary>
public sealed record JobQuery
{
    /// <summary>The most rows that a page may have, and the default.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only jobs of one of these statuses.</summary>
    public ValueList<JobStatus> Statuses { get; init; } = [];

    /// <summary>Only jobs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only jobs whose name starts with this, ordinal.</summary>
    public string? NamePrefix { get; init; }

    /// <summary>Only jobs whose name has this in it, ordinal.</summary>
    public string? NamePart { get; init; }

    /// <summary>Only jobs whose id has this in it, ordinal.</summary>
    public string? IdPart { get; init; }

    /// <summary>Only jobs whose next run is due before this.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>Only jobs created after this.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>Only jobs with a target of one of these kinds.</summary>
    public ValueList<TargetKind> Targets { get; init; } = [];

    /// <summary>Only jobs that call this host, in lower case.</summary>
    public string? Host { get; init; }

    /// <summary>Only jobs with this concurrency key.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>Only jobs whose last run that ended did so in one of these ways.</summary>
    public ValueList<RunOutcome> LastOutcomes { get; init; } = [];

    /// <summary>The order.</summary>
    public JobSort Sort { get; init; }

    /// <summary>1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = MaxLimit;

    /// <summary>Continue after this.</summary>
    public JobPosition? After { get; init; }
}

/// <summary>What the orders have in common.</summary>
public static class JobSorts
{
    /// <summary>Whether it is an order of next runs.</summary>
    public static bool IsByNextRun(this JobSort sort) => sort is JobSort.NextRun or JobSort.NextRunDescending;

    /// <summary>Whether what is later comes first.</summary>
    public static bool IsDescending(this JobSort sort) => sort is JobSort.CreatedAtDescending or JobSort.NextRunDescending;
}
