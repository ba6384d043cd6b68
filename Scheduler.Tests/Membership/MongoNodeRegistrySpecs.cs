using Akka.Actor;
using Akka.Configuration;
using Akka.Coordination;
using Scheduler.Actors.Membership;
using Scheduler.Actors.Membership.MongoDb;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Membership;

/// <summary>The registry and the lease, as documents that all nodes share.</summary>
public sealed class MongoNodeRegistrySpecs : IDisposable
{
    private string? _connection;

    public void Dispose()
    {
        if (_connection is { } connection)
            MongoServer.Drop(connection);
    }

    [SkippableFact]
    public async Task Whoever_tells_of_itself_sees_all_others_by_one_clock()
    {
        using var registry = Registry();

        await registry.BeatAsync("a:1", 1, NodeState.Joining, default);
        await registry.BeatAsync("b:1", 2, NodeState.Up, default);
        var now = await registry.BeatAsync("a:1", 3, NodeState.Up, default);

        Assert.Equal([("a:1", 3, NodeState.Up), ("b:1", 2, NodeState.Up)], now.Nodes.OrderBy(node => node.Address, StringComparer.Ordinal).Select(node => (node.Address, node.Uid, node.State)));
        Assert.All(now.Nodes, node => Assert.True(JoinDecision.IsLiving(node, now.Now)));
    }

    [SkippableFact]
    public async Task Who_leaves_takes_its_own_entry_away_and_not_that_of_its_successor()
    {
        using var registry = Registry();
        await registry.BeatAsync("a:1", 1, NodeState.Up, default);
        await registry.BeatAsync("a:1", 2, NodeState.Up, default);

        await registry.LeaveAsync("a:1", 1, default);
        Assert.Equal(2, Assert.Single((await registry.BeatAsync("a:1", 2, NodeState.Up, default)).Nodes).Uid);

        await registry.LeaveAsync("a:1", 2, default);
        Assert.Equal("b:1", Assert.Single((await registry.BeatAsync("b:1", 3, NodeState.Up, default)).Nodes).Address);
    }

    [SkippableFact]
    public async Task Only_one_may_begin_a_cluster_and_it_may_ask_again()
    {
        using var registry = Registry();

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(uid => registry.TryTakeBeginningAsync("a:1", uid, default)));

        var winner = Array.FindIndex(taken, static one => one);
        Assert.Single(taken, static one => one);
        Assert.True(await registry.TryTakeBeginningAsync("a:1", winner, default));
    }

    [SkippableFact]
    public async Task A_lease_is_one_owners_until_it_is_given_back()
    {
        _connection = MongoServer.NewDatabase();
        using var system = ActorSystem.Create("lease", $"akka {{ loglevel = OFF, stdout-loglevel = OFF }}\njobs.connection-string = \"{_connection}\"");
        var (one, other) = (Lease(system, "one"), Lease(system, "other"));

        Assert.True(await one.Acquire());
        Assert.False(await other.Acquire());
        Assert.True(one.CheckLease());
        Assert.False(other.CheckLease());
        Assert.True(await one.Acquire());

        await one.Release();
        Assert.False(one.CheckLease());
        Assert.True(await other.Acquire());
        await other.Release();
        await system.Terminate();
    }

    [Fact]
    public async Task A_registry_that_cannot_be_reached_says_so()
    {
        using var registry = new MongoNodeRegistry("mongodb://127.0.0.1:1/none?serverSelectionTimeoutMS=100");

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.BeatAsync("a:1", 1, NodeState.Up, default));
    }

    private MongoNodeRegistry Registry()
    {
        _connection = MongoServer.NewDatabase();
        return new MongoNodeRegistry(_connection);
    }

    private static MongoLease Lease(ActorSystem system, string owner) => new(
        new LeaseSettings(
            "lease", owner, new TimeoutSettings(TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(30)),
            ConfigurationFactory.ParseString("connection-string-at = jobs.connection-string")),
        (ExtendedActorSystem)system);
}
