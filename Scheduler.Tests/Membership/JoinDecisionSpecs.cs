using Scheduler.Actors.Membership;
using Xunit;

namespace Scheduler.Tests.Membership;

/// <summary>Whom a node joins, and when it may begin a cluster: never beside a living one.</summary>
public sealed class JoinDecisionSpecs
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    private const string Self = "10.0.0.1:4053";

    [Fact]
    public void Members_that_were_heard_of_lately_are_joined_all_of_them_in_one_order() =>
        Assert.Equal(
            ["10.0.0.2:4053", "10.0.0.3:4053"],
            Assert.IsType<JoinDecision.Join>(Decide(null, Up("10.0.0.3:4053", 14), Up("10.0.0.2:4053", 0), Joining("10.0.0.4:4053"))).Members);

    [Fact]
    public void Where_nobody_ever_was_a_member_a_cluster_may_be_begun_at_once()
    {
        Assert.IsType<JoinDecision.Begin>(Decide(null));
        Assert.IsType<JoinDecision.Begin>(Decide(null, Joining("10.0.0.2:4053"), Joining(Self)));
    }

    [Fact]
    public void What_was_at_this_nodes_own_address_is_dead() => Assert.IsType<JoinDecision.Begin>(Decide(null, Up(Self, 1)));

    [Theory]
    [InlineData(null, false)]
    [InlineData(0.0, false)]
    [InlineData(29.9, false)]
    [InlineData(30.0, true)]
    public void A_member_that_is_silent_is_waited_for_twice_as_long_as_its_word_is_good(double? quiet, bool begins)
    {
        var decision = Decide(quiet is { } seconds ? Now.AddSeconds(-seconds) : null, Up("10.0.0.2:4053", 15));

        if (begins)
            Assert.IsType<JoinDecision.Begin>(decision);
        else
            Assert.Contains("10.0.0.2:4053", Assert.IsType<JoinDecision.Wait>(decision).Because, StringComparison.Ordinal);
    }

    [Fact]
    public void One_that_speaks_again_is_joined_however_long_it_was_silent() =>
        Assert.IsType<JoinDecision.Join>(Decide(Now.AddHours(-1), Up("10.0.0.2:4053", 200), Up("10.0.0.3:4053", 3)));

    private static JoinDecision Decide(DateTimeOffset? quietSince, params RegisteredNode[] nodes) => JoinDecision.Of(new RegistryNow(Now, nodes), Self, quietSince);

    private static RegisteredNode Up(string address, int secondsAgo) => new(address, 1, NodeState.Up, Now.AddSeconds(-secondsAgo));

    private static RegisteredNode Joining(string address) => new(address, 1, NodeState.Joining, Now);
}
