using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Execution;

/// <summary>Does what a run does. One implementation for each kind of target is behind it.</summary>
public interface ITargetCaller
{
    /// <summary>Calls the attempt's target.</summary>
    /// <param name="attempt">What to run.</param>
    /// <param name="cancellationToken">Signalled at the time-out, and when the run is cancelled.</param>
    /// <returns>What the target answered, as JSON; null for nothing.</returns>
    /// <exception cref="NonRetryableException">The run must not be retried.</exception>
    /// <exception cref="RetryLaterException">The run must not be retried before a certain time.</exception>
    Task<JsonText?> CallAsync(Attempt attempt, CancellationToken cancellationToken);
}
