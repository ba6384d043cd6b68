using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Host.Api.Ports;

/// <summary>How far runs are that run now.</summary>
internal interface IRunProgress
{
    /// <summary>What the run's attempt said last; null when it said nothing, doesn't run, or its node gives no answer in good time.</summary>
    Task<RunProgress?> FindAsync(JobId job, RunId run, CancellationToken cancellationToken);
}
