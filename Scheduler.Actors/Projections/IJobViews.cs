using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>A row of the jobs view.</summary>
/// <param name="State">The whole state, to show and to fold the next event into.</param>
/// <param name="Projected">The version up to which the projection has handled the job's events; only it moves this.</param>
public sealed record JobView(JobState State, long Projected);

/// <summary>By what a list of jobs is sorted; ties by job id.</summary>
public enum JobSort
{
    /// <summary>Oldest first. The default.</summary>
    CreatedAt,

    /// <summary>Newest first.</summary>
    CreatedAtDescending,
}

/// <summary>Where a page of jobs ended.</summary>
/// <param name="CreatedAt">The last row's creation.</param>
/// <param name="JobId">The last row's id.</param>
public sealed record JobPosition(DateTimeOffset CreatedAt, JobId JobId);

/// <summary>Which jobs to list. Filters that are null do not filter; all that are set must hold. Deleted jobs are never listed.</summary>
public sealed record JobQuery
{
    /// <summary>The most rows that a page may have, and the default.</summary>
    public const int MaxLimit = 1000;

    /// <summary>Only jobs of this status.</summary>
    public JobStatus? Status { get; init; }

    /// <summary>Only jobs with this tag.</summary>
    public string? Tag { get; init; }

    /// <summary>Only jobs whose name starts with this, ordinal.</summary>
    public string? NamePrefix { get; init; }

    /// <summary>Only jobs whose next run is due before this.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>Only jobs created after this.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }

    /// <summary>The order.</summary>
    public JobSort Sort { get; init; }

    /// <summary>1 to <see cref="MaxLimit"/>.</summary>
    public int Limit { get; init; } = MaxLimit;

    /// <summary>Continue after this row.</summary>
    public JobPosition? After { get; init; }
}

/// <summary>Where a page of runs ended.</summary>
/// <param name="FireTime">The last row's nominal instant.</param>
/// <param name="RunId">The last row's id.</param>
public sealed record RunPosition(DateTimeOffset FireTime, RunId RunId);

/// <summary>
/// Which runs to list, newest fire time first; ties by run id. Filters that are null do not filter; all that are set must hold.
/// </summary>
public sealed record RunQuery
{
    /// <summary>Only runs of this job.</summary>
    public JobId? JobId { get; init; }

    /// <summary>Only runs whose fire time is not before this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Only runs whose fire time is before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Only runs of this status.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>1 to <see cref="JobQuery.MaxLimit"/>.</summary>
    public int Limit { get; init; } = JobQuery.MaxLimit;

    /// <summary>Continue after this row.</summary>
    public RunPosition? After { get; init; }
}

/// <summary>A sleeping job that must be woken.</summary>
/// <param name="WakeAt">When.</param>
/// <param name="JobId">The job.</param>
public sealed record DueJob(DateTimeOffset WakeAt, JobId JobId);

/// <summary>
/// Takes a row of a page while the store reads on: of a thousand rows of a megabyte never more than one has to be in memory. It must not
/// wait, since the store's snapshot is held open meanwhile; it may still be called when whoever asked has given up.
/// </summary>
/// <typeparam name="TRow">What a row is.</typeparam>
/// <param name="row">The row.</param>
/// <param name="bytes">How large it is in the store.</param>
/// <returns>False when the page has no room for it: it is not taken, and no other follows.</returns>
public delegate bool RowTaker<in TRow>(TRow row, int bytes);

/// <summary>The read model, as queries see it. Throws <see cref="ViewsUnavailableException"/> when its store cannot be reached.</summary>
public interface IJobViews
{
    /// <summary>The job's row, also when the job is deleted; null when there never was one.</summary>
    ValueTask<JobView?> FindJobAsync(JobId id, CancellationToken cancellationToken);

    /// <summary>Reads one page of jobs, row by row: what of them is kept is up to <paramref name="take"/>.</summary>
    /// <returns>Whether more rows may follow those that were taken: the page has its limit, or one was not taken.</returns>
    ValueTask<bool> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken);

    /// <summary>The run's row; null when there is none.</summary>
    ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>Reads one page of runs, row by row: what of them is kept is up to <paramref name="take"/>.</summary>
    /// <returns>Whether more rows may follow those that were taken: the page has its limit, or one was not taken.</returns>
    ValueTask<bool> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken);

    /// <summary>
    /// Jobs of a slice whose wake time is at or before <paramref name="upTo"/>, by (wake time, id), oldest first, after
    /// <paramref name="after"/>: pages, never "the first N", because N hung jobs would hide the rest.
    /// </summary>
    ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken);
}

/// <summary>The read model's store cannot be reached, or refuses.</summary>
public sealed class ViewsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
