using System.Reflection;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host;
using Scheduler.Persistence.Sqlite;
using Xunit;

namespace Scheduler.Tests.Architecture;

/// <summary>Rooms use each other in one direction: whoever reads one has read what it needs, and not what needs it.</summary>
public sealed class RoomCircleSpecs
{
    private static readonly Assembly Actors = typeof(JobId).Assembly;

    [Fact]
    public void The_rooms_of_the_actors_are_in_no_circle() => AssertNoCircle(RoomGraph.Of(Actors, "Scheduler.Actors"));

    [Fact]
    public void The_rooms_of_the_domain_are_in_no_circle() => AssertNoCircle(RoomGraph.Of(Actors, "Scheduler.Actors.Domain"));

    [Fact]
    public void The_rooms_of_the_persistence_plugin_are_in_no_circle() =>
        AssertNoCircle(RoomGraph.Of(typeof(SqlitePersistence).Assembly, "Scheduler.Persistence"));

    [Fact]
    public void The_rooms_of_the_host_are_in_no_circle() => AssertNoCircle(RoomGraph.Of(typeof(SchedulerHost).Assembly, "Scheduler.Host"));

    [Theory]
    [InlineData("Messages", "Domain")]
    [InlineData("Serialization", "Messages")]
    [InlineData("Jobs", "Execution")]
    [InlineData("Wiring", "Retention")]
    public void A_use_is_seen(string room, string other) => Assert.True(RoomGraph.Of(Actors, "Scheduler.Actors").Uses(room, other));

    [Theory]
    [InlineData("Execution")]
    [InlineData("Jobs")]
    [InlineData("Projections")]
    [InlineData("Retention")]
    [InlineData("Serialization")]
    [InlineData("Timing")]
    public void Only_the_wiring_knows_everybody_and_nobody_knows_it(string room) =>
        Assert.False(RoomGraph.Of(Actors, "Scheduler.Actors").Uses(room, "Wiring"));

    [Fact]
    public void A_circle_is_found_and_says_what_makes_it()
    {
        var graph = new RoomGraph();
        graph.Add("A", "B", "a uses b");
        graph.Add("B", "C", "b uses c");
        graph.Add("B", "D", "b uses d");
        graph.Add("C", "B", "c uses b");

        Assert.Equal(["B -> C: b uses c", "C -> B: c uses b"], graph.FindCircle());
    }

    private static void AssertNoCircle(RoomGraph graph)
    {
        Assert.NotEmpty(graph.Rooms);
        Assert.Empty(graph.FindCircle());
    }
}
