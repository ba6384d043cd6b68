using Akka.Actor;
using Akka.Hosting;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Wiring;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Asks jobs through the shard region.</summary>
internal sealed class ShardedJobs(IRequiredActor<JobRegion> region) : IJobs
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public async Task<JobReply> AskAsync(JobCommand command, CancellationToken cancellationToken)
    {
        try
        {
            return await region.ActorRef.Ask<JobReply>(command, Patience, cancellationToken);
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException($"Job '{command.JobId}' did not answer within {Patience.TotalSeconds} s.", e);
        }
    }
}
