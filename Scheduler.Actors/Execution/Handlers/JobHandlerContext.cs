using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Handlers;

/// <summary>What a handler is told of the attempt that it runs.</summary>
/// <param name="JobId">The job.</param>
/// <param name="JobName">The job's name.</param>
/// <param name="RunId">The run: the same for each of its attempts, and the idempotency key for what the handler does.</param>
/// <param name="Attempt">1-based.</param>
/// <param name="FireTime">The nominal instant.</param>
public sealed record JobHandlerContext(JobId JobId, string JobName, RunId RunId, int Attempt, DateTimeOffset FireTime)
{
    /// <summary>Told of all progress; null for nobody. For the tests of handlers.</summary>
    public Action<long, long?>? OnProgress { get; init; }

    /// <summary>
    /// Says how far the handler is, and that it is alive: the last report is shown with the run, with its time, as long as it runs. From any
    /// thread and as often as one likes: it costs no more than a few objects, and nothing is stored.
    /// </summary>
    /// <param name="done">How much is done, in the handler's own unit; at least 0.</param>
    /// <param name="total">How much there is, at least <paramref name="done"/>; null when that isn't known.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public void ReportProgress(long done, long? total = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(done);
        if (total is { } all)
            ArgumentOutOfRangeException.ThrowIfLessThan(all, done, nameof(total));
        OnProgress?.Invoke(done, total);
    }
}
