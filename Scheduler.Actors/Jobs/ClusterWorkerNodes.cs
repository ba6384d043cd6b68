using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Membership;

namespace Scheduler.Actors.Jobs;

/// <summary>The nodes that are members of the cluster.</summary>
internal sealed class ClusterWorkerNodes : IWorkerNodes
{
    private readonly Cluster _cluster;
    private readonly ActorSystem _system;
    private readonly IActorRef _ownRuns;
    private readonly string _role;

    public ClusterWorkerNodes(ActorSystem system, IActorRef ownRuns, string role)
    {
        _cluster = Cluster.Get(system);
        _system = system;
        _ownRuns = ownRuns;
        _role = role;
        Self = _cluster.SelfUniqueAddress.ToWorkerNode();
    }

    public WorkerNode Self { get; }

    public ICanTell? FindRuns(WorkerNode node)
    {
        if (node == Self)
            return _ownRuns;
        return _cluster.State.Members.Any(m => m.UniqueAddress.ToWorkerNode() == node)
            ? _system.ActorSelection($"{node.Address}/user/{NodeRuns.ActorName}")
            : null;
    }

    public bool HasSuccessor =>
        CoordinatedShutdown.Get(_system).ShutdownReason is null
        || _cluster.State.Members.Any(m =>
            m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up
            && m.HasRole(_role)
            && !m.UniqueAddress.Equals(_cluster.SelfUniqueAddress));
}
