using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Host.Api.Ports;

/// <summary>Asks jobs, wherever in the cluster they live.</summary>
internal interface IJobs
{
    /// <summary>Sends the command to its job and waits for the answer.</summary>
    /// <exception cref="TimeoutException">The job did not answer in time: whether the command holds is not known.</exception>
    Task<JobReply> AskAsync(JobCommand command, CancellationToken cancellationToken);
}
