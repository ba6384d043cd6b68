using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Timing;

/// <summary>How far a look at all jobs is.</summary>
/// <param name="Data">The release of the time-zone data that jobs are planned with.</param>
/// <param name="LookedAt">How many jobs it has seen.</param>
/// <param name="PlannedAnew">Of how many the next fire time differed, and was moved.</param>
/// <param name="Failed">Of how many nobody knows: they are looked at again.</param>
/// <param name="IsDone">Whether it has seen all, and knows of all.</param>
public sealed record ReplanProgress(string Data, long LookedAt, long PlannedAnew, long Failed, bool IsDone);

/// <summary>
/// Looks at all jobs once, in the background, and has those planned anew whose next fire time is another one by the time-zone data in use. A job that is
/// woken or gets a command does that by itself; this is for those that the new data let fire before they would have been woken.
/// </summary>
/// <param name="views">Where jobs are found.</param>
/// <param name="ask">Asks a job.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="marks">Where it is noted that all are planned, so that the next start needs not look; null for nowhere.</param>
public sealed class ReplanPass(IJobViews views, Func<ReplanJob, CancellationToken, Task<JobReply>> ask, TimeProvider clock, IPlanMarks? marks = null)
{
    /// <summary>How many jobs are read at once.</summary>
    internal const int PageSize = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>How far it is; may be read from any thread.</summary>
    public ReplanProgress Progress { get; private set; } = new(TimeZones.Data.Version, 0, 0, 0, IsDone: false);

    /// <summary>Looks at all jobs, unless it is noted that all are planned with the data in use.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether all is as it should be; otherwise it is to be done again.</returns>
    /// <exception cref="ViewsUnavailableException">The read model cannot be reached.</exception>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        var data = TimeZones.Data.Version;
        var mark = marks?.Find();
        if (mark?.Data == data)
        {
            Progress = new(data, 0, Progress.PlannedAnew, 0, IsDone: true);
            return true;
        }

        Progress = new(data, 0, Progress.PlannedAnew, 0, IsDone: false);
        var stale = new List<JobId>();
        PageEnd<JobPosition>? end = null;
        while (end is null || end.HasMore)
        {
            end = await views.ReadJobsAsync(new JobQuery { Limit = PageSize, After = end?.LookedTo }, (job, _) => Look(job.State), cancellationToken);
            foreach (var id in stale)
                await ReplanAsync(id, cancellationToken);
            stale.Clear();
            await Task.Delay(Pause, clock, cancellationToken);
        }

        Progress = Progress with { IsDone = Progress.Failed == 0 };
        if (Progress.IsDone && mark is { IsWhole: true })
            await marks!.NoteAsync(mark.Tables, data);
        return Progress.IsDone;

        // Only ids are kept: a job may have a megabyte.
        bool Look(JobState state)
        {
            if (IsToBePlannedAnew(state))
                stale.Add(state.Id);
            return true;
        }
    }

    /// <summary>One job's poison never harms another: of a zone that the data in use do not have it is only said that it failed.</summary>
    private bool IsToBePlannedAnew(JobState state)
    {
        Progress = Progress with { LookedAt = Progress.LookedAt + 1 };
        try
        {
            return Replanning.Plan(state, clock.GetUtcNow()) is not null;
        }
        catch (Exception)
        {
            Progress = Progress with { Failed = Progress.Failed + 1 };
            return false;
        }
    }

    private async Task ReplanAsync(JobId id, CancellationToken cancellationToken)
    {
        try
        {
            if (await ask(new ReplanJob(id), cancellationToken) is JobAccepted { Replayed: false })
                Progress = Progress with { PlannedAnew = Progress.PlannedAnew + 1 };
        }
        catch (Exception) when (!cancellationToken.IsCancellationRequested)
        {
            Progress = Progress with { Failed = Progress.Failed + 1 };
        }
    }
}
