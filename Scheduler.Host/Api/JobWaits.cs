using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary>What jobs wait for, as the cluster stands now.</summary>
internal sealed class JobWaits(IHandlerNodes nodes, TimeProvider time, TimingOptions timing)
{
    /// <summary>What keeps a job from starting; null for nothing, and for a job that has nothing left to start.</summary>
    public WaitingFor? Of(JobState job)
    {
        if (job.Status is not (JobStatus.Pending or JobStatus.Running or JobStatus.Paused))
            return null;
        return job.Definition!.Target is HandlerTarget handler && !nodes.Have(handler)
            ? new WaitingForHandler(handler)
            : WaitingForClock.Of(job, time.GetUtcNow(), timing.MisfireThreshold);
    }
}
