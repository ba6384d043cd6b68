using Scheduler.Persistence.Events;
using Scheduler.Persistence.Tail;
using Xunit;

namespace Scheduler.Tests.Persistence;

public sealed class EventTailSpecs
{
    private readonly EventTail _tail = new();
    private readonly List<EventRecord> _drained = [];
    private int _woken;

    [Fact]
    public void Deals_by_tag_by_id_and_to_all()
    {
        using var green = Subscribe(new TailFilter("green", null));
        using var idA = Subscribe(new TailFilter(null, "a"));
        using var all = Subscribe(default);

        _tail.Publish([Record(1, "a", "green"), Record(2, "b", "blue"), Record(3, "a"), Record(4, "b", "green", "blue")]);

        Assert.Equal([1, 4], Drain(green).Orderings);
        Assert.Equal([1, 3], Drain(idA).Orderings);
        Assert.Equal([1, 2, 3, 4], Drain(all).Orderings);
    }

    [Fact]
    public void Begins_after_what_was_published_before()
    {
        _tail.Publish([Record(1, "a"), Record(2, "a")]);

        using var all = Subscribe(default);
        _tail.Publish([Record(3, "a")]);

        Assert.Equal(2, all.Start);
        Assert.Equal([3], Drain(all).Orderings);
    }

    [Fact]
    public void Wakes_once_until_drained()
    {
        using var all = Subscribe(default);

        _tail.Publish([Record(1, "a"), Record(2, "a")]);
        _tail.Publish([Record(3, "a")]);
        Assert.Equal(1, _woken);
        Drain(all);
        _tail.Publish([Record(4, "a")]);

        Assert.Equal(2, _woken);
    }

    [Fact]
    public void A_full_queue_loses_its_place_keeps_what_it_has_and_rejoins_at_the_head()
    {
        using var slow = Subscribe(default, capacity: 2);
        _tail.Publish([Record(1, "a"), Record(2, "a"), Record(3, "a")]);
        _tail.Publish([Record(4, "a")]);

        var (orderings, drain) = Drain(slow);
        Assert.Equal([1, 2], orderings);
        Assert.True(drain.Lost);
        Assert.Equal(4, slow.Rejoin());
        _tail.Publish([Record(5, "a")]);

        Assert.Equal([5], Drain(slow).Orderings);
        Assert.Equal(4, slow.Start);
    }

    [Fact]
    public void Everybody_loses_their_place_when_events_became_readable_unpublished()
    {
        using var all = Subscribe(default);
        _tail.Publish([Record(1, "a")]);
        _tail.SkipTo(5);

        var (orderings, drain) = Drain(all);
        Assert.Equal([1], orderings);
        Assert.True(drain.Lost);
        Assert.Equal(5, all.Rejoin());
    }

    [Fact]
    public void Skipping_to_what_is_known_changes_nothing()
    {
        using var all = Subscribe(default);
        _tail.Publish([Record(7, "a")]);

        _tail.SkipTo(7);

        Assert.False(Drain(all).Drain.Lost);
    }

    [Fact]
    public void What_comes_late_is_dealt_and_the_head_stays()
    {
        using var all = Subscribe(default);
        _tail.Publish([Record(5, "a")]);

        _tail.Publish([Record(2, "b"), Record(3, "b")]);

        Assert.Equal(5, _tail.Head);
        var (orderings, drain) = Drain(all);
        Assert.Equal([5, 2, 3], orderings);
        Assert.Equal(5, drain.Head);
    }

    [Fact]
    public void Everybody_reads_again_below_a_head_that_stays()
    {
        using var all = Subscribe(default);
        _tail.Publish([Record(5, "a")]);
        Drain(all);

        _tail.ReadAgain();

        Assert.Equal(2, _woken);
        Assert.True(Drain(all).Drain.Lost);
        Assert.Equal(5, all.Rejoin());
    }

    [Fact]
    public void Gives_nothing_after_it_was_left()
    {
        var all = Subscribe(default);
        all.Dispose();

        _tail.Publish([Record(1, "a")]);

        Assert.Equal(0, _woken);
    }

    [Fact]
    public void Closing_wakes_and_ends_everybody_and_whoever_comes_later()
    {
        using var all = Subscribe(default);
        _tail.Close();
        using var later = Subscribe(default);

        Assert.Equal(1, _woken);
        Assert.True(Drain(all).Drain.Ended);
        Assert.True(Drain(later).Drain.Ended);
    }

    private static EventRecord Record(long ordering, string id, params string[] tags)
    {
        var record = new EventRecord
        {
            PersistenceId = id,
            SequenceNr = ordering,
            Timestamp = 1,
            Tags = tags,
            SerializerId = 1,
            Manifest = "",
            Payload = [],
            WriterId = "w",
        };
        record.Ordering = ordering;
        return record;
    }

    private TailSubscription Subscribe(TailFilter filter, int capacity = 100) => _tail.Subscribe(filter, capacity, () => _woken++);

    private (List<long> Orderings, TailDrain Drain) Drain(TailSubscription subscription)
    {
        _drained.Clear();
        var drain = subscription.Drain(_drained);
        return (_drained.ConvertAll(one => one.Ordering), drain);
    }
}
