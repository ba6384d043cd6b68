using Akka.Actor;
using Akka.Hosting;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Wiring;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Asks the job for what is written nowhere: it asks its node's limiter, and knows the nodes of its attempts.</summary>
internal sealed class ShardedInquiries(IRequiredActor<JobRegion> region) : IPermitWaits, IRunProgress
{
    /// <summary>They are extras: what they are part of is shown without them rather than late.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <inheritdoc />
    public async Task<WaitingForPermit?> FindAsync(JobId job, CancellationToken cancellationToken) =>
        (await AskAsync<PermitWaitAnswer>(new AskPermitWait(job), cancellationToken))?.Wait;

    /// <inheritdoc />
    public async Task<RunProgress?> FindAsync(JobId job, RunId run, CancellationToken cancellationToken) =>
        (await AskAsync<ProgressAnswer>(new AskProgress(job, run, Number: 0), cancellationToken))?.Progress;

    private async Task<TAnswer?> AskAsync<TAnswer>(object question, CancellationToken cancellationToken)
        where TAnswer : class
    {
        try
        {
            return await region.ActorRef.Ask<TAnswer>(question, Patience, cancellationToken);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
