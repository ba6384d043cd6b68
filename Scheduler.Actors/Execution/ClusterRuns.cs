using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Membership;

namespace Scheduler.Actors.Execution;

/// <summary>The <see cref="NodeRuns"/> of the nodes that are members of the cluster.</summary>
/// <param name="system">The actor system.</param>
/// <param name="role">The role of nodes that run something.</param>
internal sealed class ClusterRuns(ActorSystem system, string role)
{
    private readonly Cluster _cluster = Cluster.Get(system);

    /// <summary>This node.</summary>
    public WorkerNode Self => _cluster.SelfUniqueAddress.ToWorkerNode();

    /// <summary>All of them, those that can't be reached included: what they run, they run.</summary>
    public IReadOnlyList<WorkerNode> All() =>
        [.. _cluster.State.Members.Where(m => m.HasRole(role) && m.Status is not (MemberStatus.Removed or MemberStatus.Joining)).Select(m => m.UniqueAddress.ToWorkerNode())];

    /// <summary>That of a node; null for one that is no member.</summary>
    public ICanTell? Find(WorkerNode node)
    {
        if (node == Self)
            return system.ActorSelection($"/user/{NodeRuns.ActorName}");
        return _cluster.State.Members.Any(m => m.UniqueAddress.ToWorkerNode() == node)
            ? system.ActorSelection($"{node.Address}/user/{NodeRuns.ActorName}")
            : null;
    }
}
