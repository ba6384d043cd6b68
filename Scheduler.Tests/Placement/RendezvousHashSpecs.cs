using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Placement;
using Xunit;

namespace Scheduler.Tests.Placement;

/// <summary>Where slices live.</summary>
public sealed class RendezvousHashSpecs
{
    [Fact]
    public void Every_node_finds_the_same_place_in_whatever_order_it_has_the_nodes()
    {
        string[] nodes = ["10.0.0.1:4053", "10.0.0.2:4053", "10.0.0.3:4053"];

        Assert.All(Enumerable.Range(0, JobId.Slices), slice => Assert.Equal(RendezvousHash.NodeOf(slice, nodes), RendezvousHash.NodeOf(slice, [.. nodes.Reverse()])));
    }

    [Fact]
    public void A_node_that_goes_leaves_only_its_own_slices_to_others_and_each_has_some()
    {
        string[] nodes = ["10.0.0.1:4053", "10.0.0.2:4053", "10.0.0.3:4053", "10.0.0.4:4053"];
        var before = Enumerable.Range(0, JobId.Slices).Select(slice => RendezvousHash.NodeOf(slice, nodes)).ToList();
        var after = Enumerable.Range(0, JobId.Slices).Select(slice => RendezvousHash.NodeOf(slice, nodes[..3])).ToList();

        Assert.All(before.Zip(after), pair => Assert.True(pair.First == nodes[3] || pair.First == pair.Second));
        Assert.Equal(4, before.Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(3, before.Zip(after).Where(pair => pair.First == nodes[3]).Select(pair => pair.Second).Distinct(StringComparer.Ordinal).Count());
    }
}
