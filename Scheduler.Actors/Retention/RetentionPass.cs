using Akka.Actor;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Retention;

/// <summary>
/// Removes what is no longer to be kept, in small batches with a pause after each, so that what fires and who waits for a row come in
/// between. For one caller at a time.
/// </summary>
/// <param name="environment">What it works with.</param>
/// <param name="forget">Leaves no more than a tombstone of a deleted job in the journal; null where that is kept.</param>
internal sealed class RetentionPass(RetentionEnvironment environment, Func<JobState, CancellationToken, Task>? forget = null)
{
    /// <summary>The reason in the journal of a job that was deleted because it is over.</summary>
    internal const string Reason = "retention";

    private readonly RetentionOptions _options = environment.Options;
    private readonly IViewRetention _views = environment.Views;
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
        await ForgetDeletedJobsAsync(now, cancellationToken);
        await AllAsync(limit => _views.DeleteHiddenBeforeAsync(now - _options.HiddenAge, limit, cancellationToken), cancellationToken);
    }

    private async Task RemoveRunsBeyondCountAsync(CancellationToken cancellationToken)
    {
        for (var left = _options.JobsLookedAt; left > 0; left -= _options.BatchSize)
        {
            var looked = await _views.FindJobsWithMoreRunsAsync(_options.RunsPerJob, _lookedUpTo, Math.Min(left, _options.BatchSize), cancellationToken);
            await PauseAsync(cancellationToken);
            foreach (var job in looked.Jobs)
                await AllAsync(limit => _views.DeleteRunsBeyondAsync(job, _options.RunsPerJob, limit, cancellationToken), cancellationToken);
            _lookedUpTo = looked.Last;
            if (looked.Last is null)
                break;
        }
    }

    private async Task DeleteFinishedJobsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_options.FinishedJobs is not { } age)
            return;
        IReadOnlyList<FinishedJob> page;
        FinishedJob? last = null;
        do
        {
            page = await _views.FindFinishedJobsAsync(now - age, last, _options.DeletesAtOnce, cancellationToken);
            await Task.WhenAll(page.Select(job => DeleteAsync(job, cancellationToken)));
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
    private async Task ForgetDeletedJobsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (forget is null)
            return;
        var before = now - _options.HiddenAge;
        foreach (var state in await _views.FindHiddenBeforeAsync(before, _options.BatchSize, cancellationToken))
        {
            await forget(state, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }

        await PauseAsync(cancellationToken);
    }

    /// <summary>Asks the job itself, which refuses when it has moved on since its row was read; the next pass sees its new row.</summary>
    private async Task DeleteAsync(FinishedJob job, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.AnswerLimit, environment.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await environment.Jobs.Ask<JobReply>(new DeleteJob(job.JobId, Reason) { Version = job.Version }, either.Token);
            if (reply is not JobAccepted)
                environment.Log.LogDebug("The finished job {JobId} was not deleted: {Reply}", job.JobId, reply);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            environment.Log.LogDebug(e, "The finished job {JobId} did not say whether it is deleted", job.JobId);
        }
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
