using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>
/// Reads the members' roles: a node that runs jobs has one for each of its handlers, so that all nodes know of them as long as it is a
/// member, and no longer.
/// </summary>
internal sealed class ClusterHandlerNodes(ActorSystem system, string jobsRole) : IHandlerNodes
{
    private readonly Cluster _cluster = Cluster.Get(system);

    /// <summary>The role of nodes that have a handler.</summary>
    public static string RoleOf(HandlerTarget handler) => string.Create(CultureInfo.InvariantCulture, $"handler-{handler.Name}-v{handler.Version}");

    /// <inheritdoc />
    public bool Have(HandlerTarget handler)
    {
        var role = RoleOf(handler);
        return _cluster.State.Members.Any(m =>
            m.Status is MemberStatus.Up or MemberStatus.WeaklyUp && m.HasRole(jobsRole) && m.HasRole(role));
    }
}
