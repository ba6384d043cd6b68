using Akka.Actor;
using Akka.Hosting;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Wiring;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Asks the job, which asks its node's limiter.</summary>
internal sealed class ShardedPermitWaits(IRequiredActor<JobRegion> region) : IPermitWaits
{
    /// <summary>It is an extra: the job is shown without it rather than late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<WaitingForPermit?> FindAsync(JobId job, CancellationToken cancellationToken)
    {
        try
        {
            return (await region.ActorRef.Ask<PermitWaitAnswer>(new AskPermitWait(job), Patience, cancellationToken)).Wait;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
