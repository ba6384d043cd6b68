using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Timing;

namespace Scheduler.Actors.Execution;

/// <summary>What all workers of a node share.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Timers">Waits for due times.</param>
/// <param name="Targets">Calls targets.</param>
/// <param name="Jobs">Where outcomes are reported: the shard region, so that they find the job wherever it is by then.</param>
/// <param name="Options">The limits.</param>
public sealed record RunWorkerEnvironment(TimeProvider Clock, IJobTimers Timers, ITargetCaller Targets, IActorRef Jobs, ExecutionOptions Options)
{
    /// <summary>The handlers that this node has, which it runs no others than; null for any.</summary>
    public JobHandlers? Handlers { get; init; }

    /// <summary>Whether attempts may start on this node.</summary>
    public StartGate Gate { get; init; } = new(Clock);

    /// <summary>
    /// How long before its due time a permit is granted at the earliest, so that those who ask for the same instant are gathered, and the first are
    /// not served because they asked first. Null for at once.
    /// </summary>
    public TimeSpan? GrantAhead { get; init; }

    /// <summary>The limits that are counted over all nodes; null where each node counts for itself.</summary>
    internal SharedLimits? Shared { get; init; }

    /// <summary>What is counted; null for nothing.</summary>
    public RunMetrics? Metrics { get; init; }
}

/// <summary>Where limits over all nodes are asked.</summary>
/// <param name="Limits">Takes <see cref="Scheduler.Actors.Messages.LimitNeed"/>.</param>
/// <param name="Self">This node.</param>
internal sealed record SharedLimits(IActorRef Limits, WorkerNode Self);
