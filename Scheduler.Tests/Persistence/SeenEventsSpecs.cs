using Scheduler.Persistence.Tail;
using Xunit;

namespace Scheduler.Tests.Persistence;

public sealed class SeenEventsSpecs
{
    private readonly SeenEvents _seen = new(overlap: 80);

    [Fact]
    public void An_event_is_new_once()
    {
        Assert.True(_seen.Add(new EventKey("a", 1), 7));
        Assert.False(_seen.Add(new EventKey("a", 1), 7));
        Assert.True(_seen.Add(new EventKey("a", 2), 8));
        Assert.True(_seen.Add(new EventKey("b", 1), 7));
        Assert.True(_seen.Contains(new EventKey("a", 2), 8));
        Assert.False(_seen.Contains(new EventKey("b", 2), 8));
    }

    [Fact]
    public void Nothing_above_what_is_forgotten_is_forgotten_and_memory_is_bounded()
    {
        for (var i = 1; i <= 10_000; i++)
        {
            Assert.True(_seen.Add(new EventKey("a", i), i));
            _seen.Forget(i - 80);
            Assert.InRange(_seen.Count, Math.Min(i, 80), 91);
        }

        for (var i = 9_921; i <= 10_000; i++)
            Assert.False(_seen.Add(new EventKey("a", i), i));
    }

    [Fact]
    public void Those_above_the_end_of_a_stretch_are_counted()
    {
        var seen = new SeenEvents(overlap: 80, stretches: 8);
        for (var i = 0; i < 100; i++)
            seen.Add(new EventKey("a", i), i);
        seen.Add(new EventKey("b", 1), 95);
        seen.Add(new EventKey("b", 1), 95);

        Assert.Equal(-1, seen.EndOfStretch(8));
        Assert.Equal(9, seen.EndOfStretch(9));
        Assert.Equal(79, seen.EndOfStretch(88));
        Assert.Equal(101, seen.CountAbove(-1));
        Assert.Equal(21, seen.CountAbove(79));
        Assert.Equal(11, seen.CountAbove(89));
        Assert.Equal(0, seen.CountAbove(99));
    }
}
