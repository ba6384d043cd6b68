using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api;

/// <summary>What jobs wait for, as the cluster stands now.</summary>
internal sealed class JobWaits(IHandlerNodes nodes, IPermitWaits permits, TimeProvider time, TimingOptions timing)
{
    /// <summary>Who is overdue by less is not asked: it is about to start, or has.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromSeconds(1);

    /// <summary>What keeps a job from starting, as the job itself says where it is overdue.</summary>
    /// <param name="job">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<WaitingFor?> FindAsync(JobState job, CancellationToken cancellationToken)
    {
        var known = Of(job);
        if (known is WaitingForHandler || job.Status is not (JobStatus.Pending or JobStatus.Running or JobStatus.Paused))
            return known;

        // A run that was asked for by a clock that was ahead is due, whatever the job says of the time.
        var mayWait = job.NextStart <= time.GetUtcNow() - Overdue || (known is not null && job.HasRequestToStart);
        return (mayWait ? await permits.FindAsync(job.Id, cancellationToken) : null) ?? known;
    }

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
