using Akka;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Event;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Execution.Limits.Shared;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Placement;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Retention;
using Scheduler.Actors.Timing;

namespace Scheduler.Actors.Wiring;

/// <summary>Marks the shard region of jobs in the actor registry: where every command goes.</summary>
public sealed class JobRegion;

/// <summary>What the jobs of a node are made with.</summary>
public sealed record JobSystemParts
{
    /// <summary>The clock.</summary>
    public required TimeProvider Clock { get; init; }

    /// <summary>When jobs are awake.</summary>
    public required TimingOptions Timing { get; init; }

    /// <summary>How runs are executed.</summary>
    public required ExecutionOptions Execution { get; init; }

    /// <summary>Calls targets.</summary>
    public required ITargetCaller Targets { get; init; }

    /// <summary>The handlers that this node has; null for any that is asked for.</summary>
    public JobHandlers? Handlers { get; init; }

    /// <summary>Whether attempts may start on the node; closed for good when it drains. Null for one that nobody else closes.</summary>
    public StartGate? Gate { get; init; }

    /// <summary>What is counted of runs; null for nothing.</summary>
    public RunMetrics? Metrics { get; init; }

    /// <summary>What operators count of the node's jobs; null where nobody does.</summary>
    public JobMetrics? JobMetrics { get; init; }

    /// <summary>Writes rows before clients are answered.</summary>
    public required IJobViewWriter ViewWriter { get; init; }

    /// <summary>Where due jobs are found.</summary>
    public required IJobViews Views { get; init; }

    /// <summary>The projection of a slice, and its stop message.</summary>
    public required (Func<int, Props> Props, object StopMessage) Projections { get; init; }

    /// <summary>How retention is made for that shard region; null for none.</summary>
    public Func<IActorRef, Props>? Retention { get; init; }

    /// <summary>How the node's trimming of the journal is made for that shard region; null for none.</summary>
    public Func<IActorRef, Props>? Trimmer { get; init; }

    /// <summary>Ids of jobs that have nothing to recover.</summary>
    public NewJobIds NewIds { get; init; } = new();

    /// <summary>Tells of a journal's failure whether it is certain that nothing was stored.</summary>
    public Func<Exception, bool> IsNothingStored { get; init; } = static _ => false;

    /// <summary>Tells of a recovery's failure whether the store holds something that can't be read.</summary>
    public Func<Exception, bool> IsUnreadable { get; init; } = static _ => false;

    /// <summary>Whether concurrency keys, and targets with limits of their own, are counted over all nodes: where there may be others.</summary>
    public bool HasSharedLimits { get; init; }

    /// <summary>The cluster role of nodes that host jobs.</summary>
    public string Role { get; init; } = "jobs";
}

/// <summary>Starts all that hosts jobs on a node: the shard region, the run limiter, the dispatchers and the projections.</summary>
public sealed class JobSystem
{
    /// <summary>The name of the shard region; part of the sharding protocol between nodes, so never changed.</summary>
    public const string RegionName = "jobs";

    private const string Projections = "slice-projections";
    private const string Dispatchers = "slice-dispatchers";
    private const string Limits = "limits";

    private JobSystem(IActorRef region, IActorRef runs, IActorRef drain, DrainingNodes draining)
    {
        Region = region;
        Runs = runs;
        Drain = drain;
        Draining = draining;
    }

    /// <summary>The regions whose shards move when the node drains.</summary>
    public static IReadOnlyList<string> MovingRegions { get; } = [RegionName, Projections, Dispatchers, Limits];

    /// <summary>The shard region.</summary>
    public IActorRef Region { get; }

    /// <summary>This node's limiter and workers.</summary>
    public IActorRef Runs { get; }

    /// <summary>Who is about to leave, as this node knows it.</summary>
    public DrainingNodes Draining { get; }

    /// <summary>Takes <see cref="AnnounceDrain"/>: from then on the node's jobs and slices move to others, where there are any.</summary>
    public IActorRef Drain { get; }

    /// <summary>Starts.</summary>
    public static JobSystem Start(ActorSystem system, JobSystemParts parts)
    {
        var timers = new AkkaJobTimers(system.Scheduler, parts.Clock);
        _ = system.WhenTerminated.ContinueWith(_ => timers.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        var gauge = new AwakeGauge(parts.Timing.MaxAwake);
        var gate = parts.Gate ?? new StartGate(parts.Clock);

        // Workers report to the region, and the region's jobs need the workers' parent: whichever is first, its children wait for the
        // other, which follows at once.
        var environment = new TaskCompletionSource<JobEnvironment>();
        var draining = new DrainingNodes();
        var drain = system.ActorOf(Props.Create(typeof(DrainAnnouncer), draining), DrainAnnouncer.ActorName);
        var region = ClusterSharding.Get(system).Start(
            RegionName,
            id => JobActor.Props(JobId.Parse(id), environment.Task.GetAwaiter().GetResult()),
            ClusterShardingSettings.Create(system).WithRole(parts.Role),
            new JobMessageExtractor(),
            new SliceAllocation(draining),
            StopJob.Instance);
        var runs = system.ActorOf(
            Props.Create(typeof(NodeRuns), new RunWorkerEnvironment(parts.Clock, timers, parts.Targets, region, parts.Execution)
            {
                Handlers = parts.Handlers,
                Gate = gate,
                GrantAhead = parts.Timing.Lead - parts.Timing.Gathering,
                Metrics = parts.Metrics,
                Shared = parts.HasSharedLimits ? StartLimits(system, parts, timers, draining) : null,
            }),
            NodeRuns.ActorName);
        environment.SetResult(new JobEnvironment(
            parts.Clock, timers, parts.Timing, gauge, parts.ViewWriter, region, runs, new ClusterWorkerNodes(system, runs, parts.Role), parts.NewIds)
        {
            IsNothingStored = parts.IsNothingStored,
            IsUnreadable = parts.IsUnreadable,
            Trimmer = parts.Trimmer is { } trimmer ? system.ActorOf(trimmer(region), "journal-trimmer") : ActorRefs.Nobody,
            IsClockWrong = () => gate.IsClosedFor(StartStop.Clock),
            Metrics = parts.JobMetrics,
        });

        parts.NewIds.IsHere = new SliceHomes(Cluster.Get(system), draining, parts.Role).IsHere;
        DrainOnShutdown(system, runs, parts.Execution);
        StartSlices(system, parts, gauge, gate, region, draining);
        return new JobSystem(region, runs, drain, draining);
    }

    private static SharedLimits StartLimits(ActorSystem system, JobSystemParts parts, AkkaJobTimers timers, DrainingNodes draining)
    {
        var nodes = new ClusterRuns(system, parts.Role);
        var environment = new LimitEnvironment(parts.Clock, timers, parts.Execution.Limits, nodes.All, nodes.Find);
        var region = ClusterSharding.Get(system).Start(
            Limits,
            name => Props.Create(typeof(LimitActor), name, environment),
            ClusterShardingSettings.Create(system).WithRole(parts.Role),
            new LimitMessageExtractor(),
            new SliceAllocation(draining),
            StopLimit.Instance);
        return new SharedLimits(region, nodes.Self);
    }

    private static void StartSlices(ActorSystem system, JobSystemParts parts, AwakeGauge gauge, StartGate gate, IActorRef region, DrainingNodes draining)
    {
        var due = new DueJobEnvironment(parts.Clock, parts.Timing, gauge, parts.Views, region, Cluster.Get(system))
        {
            IsClockWrong = () => gate.IsClosedFor(StartStop.Clock),
        };
        SliceRegion.Start(system, Projections, parts.Projections.Props, parts.Projections.StopMessage, parts.Role, new SliceAllocation(draining));
        SliceRegion.Start(
            system, Dispatchers, slice => Props.Create(typeof(DueJobDispatcher), slice, due), StopDispatcher.Instance, parts.Role, new SliceAllocation(draining));
        if (parts.Retention is { } retention)
        {
            ShardedDaemonProcess.Get(system).Init(
                "retention", 1, _ => retention(region), ShardedDaemonProcessSettings.Create(system).WithRole(parts.Role), StopRetention.Instance);
        }
    }

    /// <summary>
    /// Before the shards stop: nothing new starts, and what runs may end, so that its outcome finds its job still here. What is left at the
    /// limit is recorded as lost by whoever recovers the job. A node that was downed ends at once: the others take its attempts for lost, and try them again.
    /// </summary>
    private static void DrainOnShutdown(ActorSystem system, IActorRef runs, ExecutionOptions options)
    {
        var shutdown = CoordinatedShutdown.Get(system);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "drain-runs", async () =>
        {
            if (shutdown.ShutdownReason is CoordinatedShutdown.ClusterDowningReason)
            {
                runs.Tell(AbandonRuns.Instance);
                return Done.Instance;
            }

            try
            {
                await runs.Ask<Drained>(DrainRuns.Instance, options.DrainLimit);
            }
            catch (AskTimeoutException)
            {
                system.Log.Warning("Attempts still run after the drain limit of {0}: they are recorded as lost when their jobs are recovered", options.DrainLimit);
            }

            return Done.Instance;
        });
    }
}
