using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;

namespace Scheduler.Actors.Jobs;

/// <summary>The nodes that are members of the cluster.</summary>
internal sealed class ClusterWorkerNodes : IWorkerNodes
{
    private readonly Cluster _cluster;
    private readonly ActorSystem _system;
    private readonly IActorRef _ownRuns;
    private readonly string _role;
    private readonly ClusterRuns _runs;

    public ClusterWorkerNodes(ActorSystem system, IActorRef ownRuns, string role)
    {
        _cluster = Cluster.Get(system);
        _system = system;
        _ownRuns = ownRuns;
        _role = role;
        _runs = new ClusterRuns(system, role);
        Self = _runs.Self;
    }

    public WorkerNode Self { get; }

    public ICanTell? FindRuns(WorkerNode node) => node == Self ? _ownRuns : _runs.Find(node);

    public bool HasSuccessor =>
        CoordinatedShutdown.Get(_system).ShutdownReason is null
        || _cluster.State.Members.Any(m =>
            m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up
            && m.HasRole(_role)
            && !m.UniqueAddress.Equals(_cluster.SelfUniqueAddress));
}
