using System.Runtime.CompilerServices;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary>
/// Finds one job. The views have it, mostly. Where they don't, or are behind what this node has told a client, its journal is asked: the row
/// could not be written, or the views are being filled.
/// </summary>
internal sealed class JobFinder(IJobViews views, UnwrittenRows unwritten, IJobHistory history, TimeProvider time)
{
    /// <summary>So many facts are in memory at once, and one may have a megabyte.</summary>
    private const int PageSize = 100;

    /// <summary>The job, also when it is deleted; null when there never was one.</summary>
    /// <exception cref="ProblemException">The journal had to be asked, and did not answer.</exception>
    /// <exception cref="ViewsUnavailableException">The views did not answer.</exception>
    public async Task<JobState?> FindAsync(JobId id, CancellationToken cancellationToken)
    {
        var row = unwritten.IsBehind(id, version: 0) ? await TryFindRowAsync(id, cancellationToken) : await FindRowAsync(id, cancellationToken);
        if (row is not null && !unwritten.IsBehind(id, row.Version))
            return row;
        var state = JobState.Empty(id);
        await foreach (var (version, fact) in EventsAsync(id, cancellationToken))
            state = state.Apply(fact) with { Version = version };
        return state.Version > 0 ? state : null;
    }

    /// <summary>A job's events, from the first one on, in bounded memory however many there are.</summary>
    /// <exception cref="ProblemException">The journal did not answer.</exception>
    public async IAsyncEnumerable<StoredEvent> EventsAsync(JobId id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = 0L;
        IReadOnlyList<StoredEvent> page;
        do
        {
            try
            {
                page = await history.ReadEventsAsync(id, after, PageSize, cancellationToken);
            }
            catch (TimeoutException)
            {
                throw Problems.JournalUnavailable(id);
            }

            foreach (var stored in page)
                yield return stored;
            after = page.Count == 0 ? after : page[^1].Version;
        }
        while (page.Count == PageSize);
    }

    private async Task<JobState?> FindRowAsync(JobId id, CancellationToken cancellationToken) =>
        (await views.FindJobAsync(id, cancellationToken).InTime(time, cancellationToken))?.State;

    /// <summary>Of a job whose row is known not to be written yet, the views need not answer.</summary>
    private async Task<JobState?> TryFindRowAsync(JobId id, CancellationToken cancellationToken)
    {
        try
        {
            return await FindRowAsync(id, cancellationToken);
        }
        catch (ViewsUnavailableException)
        {
            return null;
        }
    }
}
