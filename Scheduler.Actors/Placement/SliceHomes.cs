using Akka.Cluster;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Membership;

namespace Scheduler.Actors.Placement;

/// <summary>The nodes that may have slices, and which of these are this node's.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="draining">Who is about to leave.</param>
/// <param name="role">The role of nodes that host jobs; null for any.</param>
internal sealed class SliceHomes(Cluster cluster, DrainingNodes draining, string? role)
{
    /// <summary>Their names.</summary>
    public IEnumerable<string> Names() => cluster.State.Members
        .Where(m => m.Status is MemberStatus.Joining or MemberStatus.WeaklyUp or MemberStatus.Up
            && (role is null || m.HasRole(role))
            && !draining.Contains(m.UniqueAddress.ToWorkerNode()))
        .Select(m => m.Address.HostAndPort());

    /// <summary>Whether a job belongs here, as far as this node knows. It may be elsewhere all the same while its slice moves.</summary>
    public bool IsHere(JobId job)
    {
        var names = Names().ToList();
        return names.Count > 0 && RendezvousHash.NodeOf(job.Slice, names) == cluster.SelfAddress.HostAndPort();
    }
}
