namespace Scheduler.Actors.Execution.Handlers;

/// <summary>
/// What an in-process target does. Registered in dependency injection under a stable name and version
/// (<see cref="JobHandlerRegistration.AddJobHandler{THandler, TParameters}"/>), which is what jobs name: types may be renamed, names may not.
/// </summary>
/// <typeparam name="TParameters">
/// What a job's <c>parameters</c> are read as: snake_case names, no others than the type's members; what the type requires, must be there.
/// The attributes of <see cref="System.ComponentModel.DataAnnotations"/> are checked on its properties. A job is refused when its
/// parameters do not fit.
/// </typeparam>
/// <remarks>
/// One is made for each attempt, within a scope of its own. Side effects happen at least once: a handler may be called again for the same
/// <see cref="JobHandlerContext.RunId"/> after a crash, and should use that id as its idempotency key.
/// </remarks>
public interface IJobHandler<in TParameters>
{
    /// <summary>Runs one attempt.</summary>
    /// <param name="parameters">The job's parameters.</param>
    /// <param name="context">What runs.</param>
    /// <param name="cancellationToken">
    /// Signalled at the job's time-out, and when the run is cancelled: stop soon. Who does not within the grace time is abandoned.
    /// </param>
    /// <returns>The run's output, kept as JSON with snake_case names, at most 16 KiB of it; null for none.</returns>
    /// <exception cref="NonRetryableException">The run is to be discarded without another attempt.</exception>
    /// <exception cref="RetryLaterException">The next attempt is not to come before a certain time.</exception>
    Task<object?> RunAsync(TParameters parameters, JobHandlerContext context, CancellationToken cancellationToken);
}
