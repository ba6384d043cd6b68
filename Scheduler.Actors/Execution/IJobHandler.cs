using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution;

/// <summary>
/// What an in-process target does. Registered in dependency injection under a stable name
/// (<see cref="JobHandlerRegistration.AddJobHandler{THandler}"/>), which is what jobs name: types may be renamed, names may not.
/// </summary>
/// <remarks>
/// Side effects happen at least once: a handler may be called again for the same <see cref="JobHandlerContext.RunId"/> after a crash,
/// and should use that id as its idempotency key.
/// </remarks>
public interface IJobHandler
{
    /// <summary>Runs one attempt.</summary>
    /// <param name="context">What runs.</param>
    /// <param name="cancellationToken">Signalled at the job's time-out, and when the run is cancelled: stop soon.</param>
    /// <returns>A JSON value to keep as the run's output, at most 16 KiB; null for none.</returns>
    /// <exception cref="NonRetryableException">The run is to be discarded without another attempt.</exception>
    /// <exception cref="RetryLaterException">The next attempt is not to come before a certain time.</exception>
    Task<JsonText?> RunAsync(JobHandlerContext context, CancellationToken cancellationToken);
}

/// <summary>What a handler is told of the attempt that it runs.</summary>
/// <param name="JobId">The job.</param>
/// <param name="JobName">The job's name.</param>
/// <param name="RunId">The run: the same for each of its attempts, and the idempotency key for what the handler does.</param>
/// <param name="Attempt">1-based.</param>
/// <param name="FireTime">The nominal instant.</param>
/// <param name="Parameters">The job's parameters, a JSON object; null when it has none.</param>
public sealed record JobHandlerContext(JobId JobId, string JobName, RunId RunId, int Attempt, DateTimeOffset FireTime, JsonText? Parameters);

/// <summary>Thrown by a handler whose run must not be retried.</summary>
public sealed class NonRetryableException(string message, Exception? inner = null) : Exception(message, inner);
