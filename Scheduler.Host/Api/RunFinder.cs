using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Host.Api;

/// <summary>
/// Finds one run. Rows of runs come by projection alone, a moment after the fact, or later when the views can't be written; a client that was just told a run's id is not
/// told that there is none: where its job knows the run, or its row was not written, the job's journal is asked (2026-11-30: 404 for as long as the views were locked).
/// </summary>
internal sealed class RunFinder(IJobViews views, JobFinder jobs, UnwrittenRows unwritten, TimeProvider time)
{
    /// <summary>The run; null when there never was one.</summary>
    /// <exception cref="ProblemException">The journal had to be asked, and did not answer.</exception>
    /// <exception cref="ViewsUnavailableException">The views did not answer.</exception>
    public async Task<RunView?> FindAsync(RunId id, CancellationToken cancellationToken)
    {
        var isUnwritten = unwritten.IsBehind(id.JobId, version: 0);
        if (await FindRowAsync(id, isUnwritten, cancellationToken) is { } row)
            return row;
        if (!isUnwritten && !await IsOpenAsync(id, cancellationToken))
            return null;
        var past = new RunPast(id);
        await foreach (var (version, fact) in jobs.EventsAsync(id.JobId, cancellationToken))
            past.Apply(version, fact);
        return past.Run;
    }

    private async Task<RunView?> FindRowAsync(RunId id, bool isUnwritten, CancellationToken cancellationToken)
    {
        try
        {
            return await views.FindRunAsync(id, cancellationToken).InTime(time, cancellationToken);
        }
        catch (ViewsUnavailableException) when (isUnwritten)
        {
            return null;
        }
    }

    /// <summary>Whether the job says that the run is requested, or has begun and not ended: its row was written before anybody was told of the run.</summary>
    private async Task<bool> IsOpenAsync(RunId id, CancellationToken cancellationToken) =>
        await jobs.FindAsync(id.JobId, cancellationToken) is { } job && (job.Requested.Any(run => run.RunId == id) || job.Active.Any(run => run.RunId == id));
}
