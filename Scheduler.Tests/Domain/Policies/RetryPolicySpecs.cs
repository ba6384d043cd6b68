using Scheduler.Actors.Domain.Policies;
using Xunit;

namespace Scheduler.Tests.Domain.Policies;

public sealed class RetryPolicySpecs
{
    [Fact]
    public void The_default_is_the_replaced_services_three_retries_ten_seconds_apart()
    {
        Assert.Equal(4, RetryPolicy.Default.MaxAttempts);
        Assert.Equal(TimeSpan.FromSeconds(10), RetryPolicy.Default.DelayAfter(1, "job~1~t2"));
    }

    [Theory]
    [InlineData(1, 0, true)]
    [InlineData(1, 1, false)]
    [InlineData(4, 3, true)]
    [InlineData(4, 4, false)]
    [InlineData(4, 5, false)]
    [InlineData(100, 99, true)]
    [InlineData(100, 100, false)]
    public void Another_attempt_may_follow_while_fewer_than_the_most_have_counted(int most, int counted, bool allowed) =>
        Assert.Equal(allowed, new RetryPolicy(most, TimeSpan.Zero).Allows(counted));

    [Fact]
    public void The_delay_is_the_same_after_each_attempt()
    {
        var policy = new RetryPolicy(100, TimeSpan.FromSeconds(3));

        Assert.All(Enumerable.Range(1, 100), counted => Assert.Equal(TimeSpan.FromSeconds(3), policy.DelayAfter(counted, "job~1~t2")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void There_is_no_delay_after_an_attempt_that_was_not_counted(int counted) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RetryPolicy.Default.DelayAfter(counted, "job~1~t2"));
}
