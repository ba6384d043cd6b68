using Scheduler.Host.Configuration.Membership;
using Xunit;

namespace Scheduler.Tests.Membership;

/// <summary>When a node that stood still ends itself.</summary>
public sealed class PauseWatchSpecs
{
    [Theory]
    [InlineData(14.9, 3, false)]
    [InlineData(15, 3, true)]
    [InlineData(15, 2, true)]
    [InlineData(3600, 1, false)]
    public void A_pause_is_too_long_only_for_a_node_among_others(double seconds, int members, bool isTooLong) =>
        Assert.Equal(isTooLong, PauseWatch.IsTooLong(TimeSpan.FromSeconds(seconds), members));
}
