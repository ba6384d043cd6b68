using Akka.Actor;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Retention;

/// <summary>Asks jobs for what only they can do. One that gives no answer holds up nothing for ever: it is asked again another time.</summary>
/// <param name="jobs">The shard region.</param>
/// <param name="clock">Measures the time.</param>
/// <param name="limit">How long to wait.</param>
/// <param name="log">Told of those that give none.</param>
internal sealed class JobQuestion(IActorRef jobs, TimeProvider clock, TimeSpan limit, ILogger log)
{
    /// <summary>Asks.</summary>
    /// <returns>Null when there was no answer.</returns>
    public async Task<T?> AskAsync<T>(IJobMessage message, CancellationToken cancellationToken)
        where T : class
    {
        using var late = new CancellationTokenSource(limit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            return await jobs.Ask<T>(message, either.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.LogDebug(e, "Job {JobId} gave no answer to {Message}", message.JobId, message.GetType().Name);
            return null;
        }
    }
}
