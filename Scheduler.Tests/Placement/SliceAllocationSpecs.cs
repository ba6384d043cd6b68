using System.Collections.Immutable;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Placement;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Placement;

/// <summary>Where slices live.</summary>
public sealed class SliceAllocationSpecs() : TestKit(Config)
{
    private static readonly Config Config = ConfigurationFactory.ParseString("""
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """);

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

    [Fact]
    public async Task What_is_in_its_place_stays_and_a_node_that_drains_alone_keeps_what_nobody_can_take()
    {
        var cluster = Cluster.Get(Sys);
        await cluster.JoinAsync(cluster.SelfAddress);
        await AwaitAssertAsync(() => Assert.Equal(MemberStatus.Up, cluster.SelfMember.Status), Patience.Limit);
        var draining = new DrainingNodes();
        var strategy = new SliceAllocation(draining);
        strategy.Start(Sys);
        IImmutableList<string> shards = [.. Enumerable.Range(0, JobId.Shards).Select(n => n.ToString(CultureInfo.InvariantCulture))];
        var regions = ImmutableDictionary<IActorRef, IImmutableList<string>>.Empty.Add(TestActor, shards);

        Assert.Equal(TestActor, await strategy.AllocateShard(TestActor, "7", regions));
        Assert.Empty(await strategy.Rebalance(regions, ImmutableHashSet<string>.Empty));

        draining.Add(new WorkerNode(cluster.SelfAddress.ToString(), cluster.SelfUniqueAddress.Uid));
        Assert.Equal(TestActor, await strategy.AllocateShard(TestActor, "7", regions));
        Assert.Empty(await strategy.Rebalance(regions, ImmutableHashSet<string>.Empty));
    }

    [Theory]
    [InlineData(14.9, 3, false)]
    [InlineData(15, 3, true)]
    [InlineData(15, 2, true)]
    [InlineData(3600, 1, false)]
    public void A_pause_is_too_long_only_for_a_node_among_others(double seconds, int members, bool isTooLong) =>
        Assert.Equal(isTooLong, Host.Configuration.Membership.PauseWatch.IsTooLong(TimeSpan.FromSeconds(seconds), members));
}
