using Scheduler.Actors.Timing;
using Xunit;

namespace Scheduler.Tests.Timing;

public sealed class AwakeGaugeSpecs
{
    [Fact]
    public void There_is_room_for_as_many_as_the_limit_says_and_for_another_when_one_leaves()
    {
        var gauge = new AwakeGauge(3);
        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(gauge.TryEnter(isNear: true)));
        Assert.False(gauge.HasRoom(isNear: true));
        Assert.False(gauge.TryEnter(isNear: true));
        Assert.Equal(3, gauge.Awake);

        gauge.Leave();
        Assert.True(gauge.HasRoom(isNear: true));
        Assert.True(gauge.TryEnter(isNear: true));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(4, 2)]
    [InlineData(5, 2)]
    public void Those_that_lie_far_ahead_get_half_of_the_places(int limit, int forFar)
    {
        var gauge = new AwakeGauge(limit);
        Assert.All(Enumerable.Range(0, forFar), _ => Assert.True(gauge.TryEnter(isNear: false)));
        Assert.False(gauge.HasRoom(isNear: false));
        Assert.False(gauge.TryEnter(isNear: false));

        Assert.All(Enumerable.Range(0, limit - forFar), _ => Assert.True(gauge.TryEnter(isNear: true)));
        Assert.False(gauge.TryEnter(isNear: true));
    }

    [Fact]
    public async Task Jobs_that_come_and_go_on_all_threads_are_never_too_many_and_leave_nothing_behind()
    {
        var gauge = new AwakeGauge(8);
        var inside = 0;
        var most = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                if (!gauge.TryEnter(isNear: true))
                    continue;
                InterlockedMax(ref most, Interlocked.Increment(ref inside));
                Interlocked.Decrement(ref inside);
                gauge.Leave();
            }
        })));

        Assert.InRange(most, 1, 8);
        Assert.Equal(0, gauge.Awake);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        var seen = Volatile.Read(ref target);
        while (seen < value)
        {
            var before = Interlocked.CompareExchange(ref target, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
