using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>A row of the jobs view.</summary>
/// <param name="State">The whole state, to show and to fold the next event into.</param>
/// <param name="Projected">The version up to which the projection has handled the job's events; only it moves this.</param>
public sealed record JobView(JobState State, long Projected);

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
    /// <returns>Where the page ended, and whether more rows may follow.</returns>
    ValueTask<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken);

    /// <summary>The run's row; null when there is none.</summary>
    ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken);

    /// <summary>Reads one page of runs, row by row: what of them is kept is up to <paramref name="take"/>.</summary>
    /// <returns>Where the page ended, and whether more rows may follow.</returns>
    ValueTask<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken);

    /// <summary>
    /// Jobs of a slice whose wake time is at or before <paramref name="upTo"/>, by (wake time, id), oldest first, after
    /// <paramref name="after"/>: pages, never "the first N", because N hung jobs would hide the rest.
    /// </summary>
    ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken);
}

/// <summary>The read model's store cannot be reached, or refuses.</summary>
public sealed class ViewsUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
