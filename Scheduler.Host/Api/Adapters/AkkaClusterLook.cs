using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Membership;
using Scheduler.Actors.Timing;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Reads the members from Akka's state of the cluster. A handler that a node has is a role there, and none here.</summary>
internal sealed class AkkaClusterLook(ActorSystem system, IReadOnlyList<string> roles, ReplanPass? replanning) : IClusterLook
{
    private readonly Cluster _cluster = Cluster.Get(system);

    /// <inheritdoc />
    public ClusterNow Now => new(
        _cluster.SelfAddress.HostAndPort(),
        [
            .. _cluster.State.Members
                .Select(m => new ClusterMember(m.Address.HostAndPort(), m.Status.ToString().ToLowerInvariant(), [.. m.Roles.Intersect(roles, StringComparer.Ordinal).Order(StringComparer.Ordinal)]))
                .OrderBy(m => m.Address, StringComparer.Ordinal),
        ]);

    /// <inheritdoc />
    public ReplanProgress? Replanning => replanning?.Progress;
}
