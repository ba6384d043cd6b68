using Akka.Actor;
using Akka.Hosting;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Wiring;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Asks the job, which knows the node of its attempt.</summary>
internal sealed class ShardedRunProgress(IRequiredActor<JobRegion> region) : IRunProgress
{
    /// <summary>Progress is an extra: the run is shown without it rather than late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<RunProgress?> FindAsync(JobId job, RunId run, CancellationToken cancellationToken)
    {
        try
        {
            return (await region.ActorRef.Ask<ProgressAnswer>(new AskProgress(job, run, Number: 0), Patience, cancellationToken)).Progress;
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
