using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Logging;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Timing;

namespace Scheduler.Actors.Jobs;

/// <summary>What all jobs of a node share.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Timers">Waits for fire times.</param>
/// <param name="Timing">When jobs are awake.</param>
/// <param name="Gauge">How many are.</param>
/// <param name="Views">Writes a job's row before its client is answered.</param>
/// <param name="Jobs">The shard region: finds any job, wherever it is by then.</param>
/// <param name="Runs">This node's limiter and workers.</param>
/// <param name="Nodes">This node, and which others are there.</param>
/// <param name="NewIds">Ids of jobs that have nothing to recover.</param>
public sealed record JobEnvironment(
    TimeProvider Clock,
    IJobTimers Timers,
    TimingOptions Timing,
    AwakeGauge Gauge,
    IJobViewWriter Views,
    IActorRef Jobs,
    IActorRef Runs,
    IWorkerNodes Nodes,
    NewJobIds NewIds)
{
    /// <summary>Tells of a journal's failure whether it is certain that nothing was stored: the journal's own word, where it has one.</summary>
    public Func<Exception, bool> IsNothingStored { get; init; } = static _ => false;

    /// <summary>Tells of a recovery's failure whether the store holds something that can't be read; otherwise the store could not be asked.</summary>
    public Func<Exception, bool> IsUnreadable { get; init; } = static _ => false;

    /// <summary>Whether this node's clock is known to be wrong: nothing is resolved by it then.</summary>
    public Func<bool> IsClockWrong { get; init; } = static () => false;

    /// <summary>Told of jobs whose journal has grown; nobody where it is not trimmed.</summary>
    public IActorRef Trimmer { get; init; } = ActorRefs.Nobody;

    /// <summary>Thins out what all jobs say when the store is away.</summary>
    public OutageLog Outages { get; init; } = new(Clock);

    /// <summary>Counts jobs; null where nobody reads it.</summary>
    public JobMetrics? Metrics { get; init; }

    /// <summary>Tells of jobs that wait for the clock.</summary>
    internal ClockNotice ClockNotice { get; init; } = new();
}

/// <summary>The nodes that attempts run on.</summary>
public interface IWorkerNodes
{
    /// <summary>This node.</summary>
    WorkerNode Self { get; }

    /// <summary>
    /// Where the runs of <paramref name="node"/> are asked after; null when that incarnation of the node is no member of the cluster any
    /// more. A member that is silent is still a member: nothing may be decided over its head.
    /// </summary>
    ICanTell? FindRuns(WorkerNode node);

    /// <summary>False when this node is stopping and no other is there that could host its jobs.</summary>
    bool HasSuccessor { get; }
}
