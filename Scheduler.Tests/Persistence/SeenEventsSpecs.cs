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
}
