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

/// <summary>Which slices move, and when.</summary>
public sealed class SliceAllocationSpecs() : TestKit(Config)
{
    private static readonly Config Config = ConfigurationFactory.ParseString("""
        akka { loglevel = OFF, stdout-loglevel = OFF, actor.provider = cluster }
        akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        """);

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
}
