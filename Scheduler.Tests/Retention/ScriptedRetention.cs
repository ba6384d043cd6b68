using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Retention;

/// <summary>A store with nothing to remove, which keeps what it was asked.</summary>
internal sealed class ScriptedRetention : IViewRetention
{
    private volatile Func<Task>? _next;

    /// <summary>Since when runs were to be removed: the first thing that each pass asks.</summary>
    public Recorded<DateTimeOffset> Passes { get; } = new("a pass");

    /// <summary>The next pass waits for this first, or fails with it.</summary>
    public void Next(Func<Task> first) => _next = first;

    public async Task<int> DeleteRunsEndedBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var first = Interlocked.Exchange(ref _next, null);
        Passes.Add(before);
        if (first is not null)
            await first();
        return 0;
    }

    public ValueTask<JobsLookedAt> FindJobsWithMoreRunsAsync(RunsKept kept, JobId? after, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JobsLookedAt([], null));

    public Task<int> DeleteRunsBeyondAsync(JobId job, RunsKept kept, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<FinishedJob>> FindFinishedJobsAsync(bool areDeleted, DateTimeOffset before, FinishedJob? after, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<long?> FindOldestRunVersionAsync(JobId job, RunsKept kept, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<int> DeleteHiddenBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) => Task.FromResult(0);
}
