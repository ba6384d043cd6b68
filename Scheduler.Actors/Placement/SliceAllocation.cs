using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Membership;

namespace Scheduler.Actors.Placement;

/// <summary>
/// Places the shards of a slice by the slice alone, so that its jobs, its projection and its dispatcher meet on one node. Asked on the node that coordinates
/// a region, with what its region's nodes are; nodes that drain or leave get nothing, and what they have moves first. While a node can't be reached nothing
/// moves: its hand-over would only time out.
/// </summary>
/// <param name="draining">Who is about to leave.</param>
public sealed class SliceAllocation(DrainingNodes draining) : IShardAllocationStrategy, IActorSystemDependentAllocationStrategy
{
    /// <summary>How many shards move at once while nobody is in a hurry: an eighth of a region's.</summary>
    internal const int MovesARound = JobId.Shards / 8;

    private Cluster? _cluster;

    /// <inheritdoc />
    public void Start(ActorSystem system) => _cluster = Cluster.Get(system);

    /// <inheritdoc />
    public Task<IActorRef> AllocateShard(IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
        Task.FromResult(Homes(currentShardAllocations.Keys) is { Count: > 0 } homes ? homes[RendezvousHash.NodeOf(SliceOf(shardId), homes.Keys)] : requester);

    /// <inheritdoc />
    public Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress)
    {
        IImmutableSet<string> moves = ImmutableHashSet<string>.Empty;
        if (_cluster is { State.Unreachable.Count: 0 } && Homes(currentShardAllocations.Keys) is { Count: > 0 } homes)
        {
            var urgent = new List<string>();
            var others = new List<string>();
            foreach (var (region, shards) in currentShardAllocations)
            {
                var (name, isHome) = (Name(region), homes.ContainsValue(region));
                foreach (var shard in shards)
                {
                    if (!rebalanceInProgress.Contains(shard) && RendezvousHash.NodeOf(SliceOf(shard), homes.Keys) != name)
                        (isHome ? others : urgent).Add(shard);
                }
            }

            moves = urgent.Concat(others.Take(Math.Max(0, MovesARound - rebalanceInProgress.Count))).ToImmutableHashSet();
        }

        return Task.FromResult(moves);
    }

    private static int SliceOf(string shardId) => int.Parse(shardId, CultureInfo.InvariantCulture) % JobId.Slices;

    /// <summary>The regions that may have shards, by the names of their nodes.</summary>
    private Dictionary<string, IActorRef> Homes(IEnumerable<IActorRef> regions)
    {
        // Whoever has a region has the role that hosts jobs.
        var staying = new SliceHomes(_cluster!, draining, role: null).Names().ToHashSet(StringComparer.Ordinal);
        var homes = new Dictionary<string, IActorRef>(StringComparer.Ordinal);
        foreach (var region in regions)
        {
            if (Name(region) is var name && staying.Contains(name))
                homes[name] = region;
        }

        return homes;
    }

    /// <summary>A region of this node's own has an address without a host.</summary>
    private string Name(IActorRef region) => (region.Path.Address.HasLocalScope ? _cluster!.SelfAddress : region.Path.Address).HostAndPort();
}
