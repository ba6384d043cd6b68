using Scheduler.Actors.Timing;

namespace Scheduler.Host.Api.Ports;

/// <summary>The cluster, as this node sees it.</summary>
internal interface IClusterLook
{
    /// <summary>Who is there now.</summary>
    ClusterNow Now { get; }

    /// <summary>How far this node is with planning jobs by the time-zone data in use; null on one that runs no jobs.</summary>
    ReplanProgress? Replanning { get; }
}

/// <summary>The members of a cluster.</summary>
/// <param name="Self">This node's address.</param>
/// <param name="Members">All of them, by address.</param>
internal sealed record ClusterNow(string Self, IReadOnlyList<ClusterMember> Members);

/// <summary>A member of a cluster.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Status">Akka's word for how it stands: <c>up</c>.</param>
/// <param name="Roles">What it does.</param>
internal sealed record ClusterMember(string Address, string Status, IReadOnlyList<string> Roles);
