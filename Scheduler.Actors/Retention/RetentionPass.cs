using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Retention;

/// <summary>
/// Removes what is no longer to be kept, in small batches with a pause after each, so that what fires and who waits for a row come in
/// between. For one caller at a time.
/// </summary>
/// <param name="environment">What it works with.</param>
/// <param name="forget">
/// Leaves no more than a tombstone of a deleted job in the journal, and tells whether its row may go; null where journals are kept.
/// </param>
internal sealed class RetentionPass(RetentionEnvironment environment, Func<JobId, CancellationToken, Task<bool>>? forget = null)
{
    /// <summary>The reason in the journal of a job that was deleted because it is over.</summary>
    internal const string Reason = "retention";

    private readonly RetentionOptions _options = environment.Options;
    private readonly IViewRetention _views = environment.Views;
    private readonly JobQuestion _jobs = new(environment.Jobs, environment.Clock, environment.Options.AnswerLimit, environment.Log);
    private JobId? _lookedUpTo;

    /// <summary>One pass over everything.</summary>
    /// <param name="cancellationToken">Ends it behind the batch that it is at.</param>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached; the next pass begins anew.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var now = environment.Clock.GetUtcNow();
        await AllAsync(limit => _views.DeleteRunsEndedBeforeAsync(now - _options.RunAge, limit, cancellationToken), cancellationToken);
        await RemoveRunsBeyondCountAsync(cancellationToken);
        await DeleteFinishedJobsAsync(now, cancellationToken);
        var hidden = now - _options.HiddenAge;
        if (await ForgetDeletedJobsAsync(hidden, cancellationToken))
            await AllAsync(limit => _views.DeleteHiddenBeforeAsync(hidden, limit, cancellationToken), cancellationToken);
    }

    private async Task RemoveRunsBeyondCountAsync(CancellationToken cancellationToken)
    {
        for (var left = _options.JobsLookedAt; left > 0; left -= _options.BatchSize)
        {
            var looked = await _views.FindJobsWithMoreRunsAsync(_options.Kept, _lookedUpTo, Math.Min(left, _options.BatchSize), cancellationToken);
            await PauseAsync(cancellationToken);
            foreach (var job in looked.Jobs)
                await AllAsync(limit => _views.DeleteRunsBeyondAsync(job, _options.Kept, limit, cancellationToken), cancellationToken);
            _lookedUpTo = looked.Last;
            if (looked.Last is null)
                break;
        }
    }

    private async Task DeleteFinishedJobsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_options.FinishedJobs is { } age)
            await ForEachPageAsync(areDeleted: false, now - age, page => Task.WhenAll(page.Select(job => DeleteAsync(job, cancellationToken))), cancellationToken);
    }

    private async Task ForEachPageAsync(bool areDeleted, DateTimeOffset before, Func<IReadOnlyList<FinishedJob>, Task> handle, CancellationToken cancellationToken)
    {
        IReadOnlyList<FinishedJob> page;
        FinishedJob? last = null;
        do
        {
            page = await _views.FindFinishedJobsAsync(areDeleted, before, last, _options.DeletesAtOnce, cancellationToken);
            await handle(page);
            await PauseAsync(cancellationToken);

            // Behind them, whatever they said: one that refuses must not hide the others.
            last = page.Count > 0 ? page[^1] : last;
        }
        while (page.Count == _options.DeletesAtOnce);
    }

    /// <summary>
    /// Before the rows go by which they are found. A job that becomes a tombstone now counts as deleted now, so its row goes another time; one that
    /// is found to be one has its events deleted. Of what can be neither (its audit is not clean) the row goes and the events stay.
    /// </summary>
    /// <returns>Whether none was left for another time: no row may go then, since they go by their age.</returns>
    private async Task<bool> ForgetDeletedJobsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        if (forget is null)
            return true;
        var isAll = true;
        await ForEachPageAsync(
            areDeleted: true,
            before,
            async page =>
            {
                foreach (var job in page)
                    isAll &= await forget(job.JobId, cancellationToken);
            },
            cancellationToken);
        return isAll;
    }

    /// <summary>Asks the job itself, which refuses when it has moved on since its row was read; the next pass sees its new row.</summary>
    private async Task DeleteAsync(FinishedJob job, CancellationToken cancellationToken)
    {
        if (await _jobs.AskAsync<JobReply>(new DeleteJob(job.JobId, Reason) { Version = job.Version }, cancellationToken) is { } reply and not JobAccepted)
            environment.Log.LogDebug("The finished job {JobId} was not deleted: {Reply}", job.JobId, reply);
    }

    private async Task AllAsync(Func<int, Task<int>> remove, CancellationToken cancellationToken)
    {
        int removed;
        do
        {
            removed = await remove(_options.BatchSize);
            await PauseAsync(cancellationToken);
        }
        while (removed >= _options.BatchSize);
    }

    private Task PauseAsync(CancellationToken cancellationToken) => Task.Delay(_options.Pause, environment.Clock, cancellationToken);
}
