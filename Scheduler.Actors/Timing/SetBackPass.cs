using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Timing;

/// <summary>
/// Wakes sleeping jobs whose attempts were begun, or whose retries were promised, by a clock that was ahead and has been set back since. Their wake
/// times are that clock's, so no sweep would find them before it is that late again (2026-11: a retry promised at 15:00 by a clock three hours ahead
/// stood still from 12:00 on, after a restart). A job that is woken starts such a retry at once.
/// </summary>
/// <param name="views">Where jobs are found: those with active runs, by their status.</param>
/// <param name="wake">Wakes a job.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="threshold">By how much clocks may differ.</param>
public sealed class SetBackPass(IJobViews views, Action<JobId> wake, TimeProvider clock, TimeSpan threshold)
{
    /// <summary>How many jobs are read at once.</summary>
    internal const int PageSize = 200;

    /// <summary>Looks at all jobs that have an active run.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many were woken.</returns>
    /// <exception cref="ViewsUnavailableException">The read model cannot be reached.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var ahead = Instant.After(clock.GetUtcNow(), threshold);
        var running = new JobQuery { Statuses = [JobStatus.Running], Limit = PageSize };
        var woken = 0;
        PageEnd<JobPosition>? end = null;
        while (end is null || end.HasMore)
            end = await views.ReadJobsAsync(running with { After = end?.LookedTo }, (job, _) => Look(job.State), cancellationToken);
        return woken;

        bool Look(JobState state)
        {
            if (state.LastEventAt > ahead)
            {
                woken++;
                wake(state.Id);
            }

            return true;
        }
    }
}
