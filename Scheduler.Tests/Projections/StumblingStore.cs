using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Projections;

/// <summary>A store that refuses the first steps it gets, and what else a spec says.</summary>
internal sealed class StumblingStore(IJobViewStore inner) : IJobViewStore
{
    private volatile int _stumbles = 3;

    /// <summary>How many steps it refuses.</summary>
    public int Stumbles
    {
        get => _stumbles;
        set => _stumbles = value;
    }

    /// <summary>What a look at the live tables answers, where that is something else than the store's own answer.</summary>
    public Func<ViewTables, ViewTables> Live { get; set; } = static tables => tables;

    /// <summary>The looks at the live tables, by the answer: null for one that failed.</summary>
    public Recorded<ViewTables?> Looks { get; } = new("a look at the live tables");

    /// <summary>What a check fails with; null for none.</summary>
    public Exception? CheckFails { get; set; }

    private int _refusals;

    public int Refusals => Volatile.Read(ref _refusals);

    public Task CommitAsync(ProjectionStep step, CancellationToken cancellationToken)
    {
        if (Refusals >= Stumbles)
            return inner.CommitAsync(step, cancellationToken);
        Interlocked.Increment(ref _refusals);
        return Task.FromException(new ViewsUnavailableException("stumbled"));
    }

    public void Enqueue(RowWrite write) => inner.Enqueue(write);

    public async ValueTask<ViewTables> LiveTablesAsync(CancellationToken cancellationToken)
    {
        ViewTables? seen = null;
        try
        {
            return seen = Live(await inner.LiveTablesAsync(cancellationToken));
        }
        finally
        {
            Looks.Add(seen);
        }
    }

    public ValueTask<long> FindOffsetAsync(long tables, int slice, CancellationToken cancellationToken) => inner.FindOffsetAsync(tables, slice, cancellationToken);

    public ValueTask<ProjectedJob?> FindProjectedAsync(long tables, JobId id, CancellationToken cancellationToken) => inner.FindProjectedAsync(tables, id, cancellationToken);

    public ValueTask<RunView?> FindProjectedRunAsync(long tables, RunId id, CancellationToken cancellationToken) => inner.FindProjectedRunAsync(tables, id, cancellationToken);

    public Task<long> BeginRebuildAsync(CancellationToken cancellationToken) => inner.BeginRebuildAsync(cancellationToken);

    public Task CompleteRebuildAsync(long tables, CancellationToken cancellationToken) => inner.CompleteRebuildAsync(tables, cancellationToken);

    public Task AbandonRebuildAsync(long tables, CancellationToken cancellationToken) => inner.AbandonRebuildAsync(tables, cancellationToken);

    public Task CompleteFillingAsync(long tables, CancellationToken cancellationToken) => inner.CompleteFillingAsync(tables, cancellationToken);

    public Task CheckAsync(CancellationToken cancellationToken) => CheckFails is { } cause ? Task.FromException(cause) : inner.CheckAsync(cancellationToken);

    public ValueTask<JobView?> FindJobAsync(JobId id, CancellationToken cancellationToken) => inner.FindJobAsync(id, cancellationToken);

    public ValueTask<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken) =>
        inner.ReadJobsAsync(query, take, cancellationToken);

    public ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken) => inner.FindRunAsync(id, cancellationToken);

    public ValueTask<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken) =>
        inner.ReadRunsAsync(query, take, cancellationToken);

    public Task<int> DeleteRunsEndedBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        inner.DeleteRunsEndedBeforeAsync(before, limit, cancellationToken);

    public ValueTask<JobsLookedAt> FindJobsWithMoreRunsAsync(RunsKept kept, JobId? after, int limit, CancellationToken cancellationToken) =>
        inner.FindJobsWithMoreRunsAsync(kept, after, limit, cancellationToken);

    public Task<int> DeleteRunsBeyondAsync(JobId job, RunsKept kept, int limit, CancellationToken cancellationToken) =>
        inner.DeleteRunsBeyondAsync(job, kept, limit, cancellationToken);

    public ValueTask<IReadOnlyList<FinishedJob>> FindFinishedJobsAsync(bool areDeleted, DateTimeOffset before, FinishedJob? after, int limit, CancellationToken cancellationToken) =>
        inner.FindFinishedJobsAsync(areDeleted, before, after, limit, cancellationToken);

    public ValueTask<long?> FindOldestRunVersionAsync(JobId job, RunsKept kept, CancellationToken cancellationToken) => inner.FindOldestRunVersionAsync(job, kept, cancellationToken);

    public Task<int> DeleteHiddenBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        inner.DeleteHiddenBeforeAsync(before, limit, cancellationToken);

    public ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken) =>
        inner.DueJobsAsync(slice, upTo, after, limit, cancellationToken);
}
