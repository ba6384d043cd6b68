using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Membership;

/// <summary>What a node is called, by whom.</summary>
public static class NodeNames
{
    /// <summary><c>host:port</c>, as operators read it; the next process at the address has the same.</summary>
    public static string HostAndPort(this Address address) => $"{address.Host}:{address.Port}";

    /// <summary>As attempts name the node that runs them: no later process has it.</summary>
    public static WorkerNode ToWorkerNode(this UniqueAddress address) => new(address.Address.ToString(), address.Uid);
}
