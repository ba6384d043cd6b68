using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Host.Api.Ports;

/// <summary>Which jobs wait for a permit now. Nobody writes that down: most wait for milliseconds.</summary>
internal interface IPermitWaits
{
    /// <summary>What the job waits for; null when it does not, has not waited for long, or gives no answer in good time.</summary>
    Task<WaitingForPermit?> FindAsync(JobId job, CancellationToken cancellationToken);
}
