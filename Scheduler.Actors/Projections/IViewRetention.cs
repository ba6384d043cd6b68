using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// Removes rows from the live set of tables, a batch at a time, through the store's one writer. A set that is being rebuilt is left alone: it
/// gets its turn when it is live. What is removed here is in the journal still, and comes back with a rebuild, until it is removed again.
/// </summary>
public interface IViewRetention
{
    /// <summary>Removes runs that ended before an instant, the oldest fire times first. Never one that has not ended.</summary>
    /// <param name="before">The instant.</param>
    /// <param name="limit">The most rows to remove.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed; fewer than <paramref name="limit"/> when no more are there.</returns>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached, or refuses.</exception>
    Task<int> DeleteRunsEndedBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);

    /// <summary>Looks at a number of jobs that have runs, by job id, and tells which have more than are kept.</summary>
    /// <param name="kept">Which of a job's runs are kept.</param>
    /// <param name="after">Go on after this job; null to begin.</param>
    /// <param name="limit">How many jobs to look at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached.</exception>
    ValueTask<JobsLookedAt> FindJobsWithMoreRunsAsync(RunsKept kept, JobId? after, int limit, CancellationToken cancellationToken);

    /// <summary>Removes a job's runs beyond its newest ones, by (fire time, run id), the oldest first. Never one that has not ended.</summary>
    /// <param name="job">The job.</param>
    /// <param name="kept">Which are kept, ended or not.</param>
    /// <param name="limit">The most rows to remove.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed; fewer than <paramref name="limit"/> when no more are there.</returns>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached, or refuses.</exception>
    Task<int> DeleteRunsBeyondAsync(JobId job, RunsKept kept, int limit, CancellationToken cancellationToken);

    /// <summary>One-off jobs that finished (completed, failed or cancelled), or jobs that were deleted, before an instant, by (when, id).</summary>
    /// <param name="areDeleted">Whether the deleted ones are meant, and not the others.</param>
    /// <param name="before">The instant.</param>
    /// <param name="after">Go on after this one; null to begin.</param>
    /// <param name="limit">The most jobs.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached.</exception>
    ValueTask<IReadOnlyList<FinishedJob>> FindFinishedJobsAsync(bool areDeleted, DateTimeOffset before, FinishedJob? after, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// The version of the earliest event that the rows of a job's oldest runs were last changed by; null when it has none. Of the oldest, by fire
    /// time, that are more than may be active at once: those behind them have ended after they began. A run that is kept only because it was discarded
    /// doesn't count: the journal may let go of its events.
    /// </summary>
    /// <param name="job">The job.</param>
    /// <param name="kept">Which of its runs are kept.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached.</exception>
    ValueTask<long?> FindOldestRunVersionAsync(JobId job, RunsKept kept, CancellationToken cancellationToken);

    /// <summary>
    /// Removes the hidden rows of jobs that were deleted before an instant, each after its runs. A row whose deletion is not projected yet
    /// stays: the events in front of the deletion are still to come, and would make a living job of it. A row of which nothing is projected goes all
    /// the same: one that a command to a deleted job has made anew, after its removal.
    /// </summary>
    /// <param name="before">The instant.</param>
    /// <param name="limit">The most rows to remove, of jobs and runs together.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were removed; fewer than <paramref name="limit"/> when no more are there.</returns>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached, or refuses.</exception>
    Task<int> DeleteHiddenBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken);
}

/// <summary>Which of a job's runs are kept whatever their age.</summary>
/// <param name="Newest">How many, the newest of all. At least 1.</param>
/// <param name="Discarded">How many further ones that were discarded, the newest: why a job failed is asked for long after it ran well again.</param>
public sealed record RunsKept(int Newest, int Discarded = 0);

/// <summary>What a look at jobs with runs found.</summary>
/// <param name="Jobs">Those that have runs to be removed.</param>
/// <param name="Last">The last one that was looked at; null when there are no more.</param>
public sealed record JobsLookedAt(IReadOnlyList<JobId> Jobs, JobId? Last);

/// <summary>A one-off job that has nothing left to do, or a job that was deleted.</summary>
/// <param name="FinishedAt">Since when.</param>
/// <param name="JobId">The job.</param>
/// <param name="Version">The version of its row: a job that has moved on since is not this one.</param>
public sealed record FinishedJob(DateTimeOffset FinishedAt, JobId JobId, long Version);
