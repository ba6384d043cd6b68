using Scheduler.Persistence.Events;

namespace Scheduler.Persistence.Tail;

/// <summary>Which events a live query wants: those of a tag, of a persistence id, or all when both are null.</summary>
/// <param name="Tag">At most one of the two is given.</param>
/// <param name="PersistenceId">At most one of the two is given.</param>
internal readonly record struct TailFilter(string? Tag, string? PersistenceId)
{
    /// <summary>True for an event that is wanted.</summary>
    public bool Takes(EventRecord record) =>
        (Tag is null || record.Tags?.Contains(Tag) == true) && (PersistenceId is null || record.PersistenceId == PersistenceId);
}

/// <summary>What a drain found besides events.</summary>
/// <param name="Lost">Events after the drained ones were not kept: read the database, then rejoin.</param>
/// <param name="Ended">The store was closed: nothing will ever come.</param>
/// <param name="Head">Where neither: all events up to this ordering have been handed over, except for what is late.</param>
internal readonly record struct TailDrain(bool Lost, bool Ended, long Head);

/// <summary>One live query's place at the tail. Its state is guarded by the tail's lock.</summary>
internal sealed class TailSubscription : IDisposable
{
    /// <summary>Whatever the capacity, large events must not fill the memory of a node.</summary>
    private const long EnoughBytes = 16 << 20;

    private readonly EventTail _tail;
    private readonly int _capacity;
    private readonly Action _wake;
    private readonly List<EventRecord> _waiting = [];
    private long _bytes;
    private bool _signalled;
    private bool _lost;
    private bool _ended;

    internal TailSubscription(EventTail tail, TailFilter filter, int capacity, Action wake, long start, long after)
    {
        _tail = tail;
        _capacity = capacity;
        _wake = wake;
        Filter = filter;
        Start = start;
        After = after;
    }

    /// <summary>Which events.</summary>
    public TailFilter Filter { get; }

    /// <summary>
    /// Events above this ordering come through the subscription; those up to it are in the database, or late: then they come too.
    /// </summary>
    public long Start { get; private set; }

    /// <summary>The ordering that the subscriber resumes after; 0 for none.</summary>
    public long After { get; }

    /// <summary>Moves what waits to the end of <paramref name="into"/>.</summary>
    public TailDrain Drain(List<EventRecord> into) => _tail.Drain(this, into);

    /// <summary>Joins again after <see cref="TailDrain.Lost"/>; <see cref="Start"/> moves.</summary>
    public long Rejoin() => _tail.Rejoin(this);

    public void Dispose() => _tail.Unsubscribe(this);

    internal void Wake() => _wake();

    /// <summary>True when the subscriber has to be woken.</summary>
    /// <param name="record">An event that is published, of the subscriber's.</param>
    /// <param name="head">Where the tail was before it.</param>
    internal bool Offer(EventRecord record, long head)
    {
        // At or below the place where the subscriber resumes there is for it only what was published after that place.
        if (_lost || (record.Ordering <= After && head < After))
            return false;
        if (_waiting.Count >= _capacity || _bytes > EnoughBytes)
        {
            _lost = true;
        }
        else
        {
            _waiting.Add(record);
            _bytes += record.Payload.Length;
        }

        return Signal();
    }

    internal bool Lose()
    {
        _lost = true;
        return Signal();
    }

    internal void End() => _ended = true;

    internal void Restart(long head)
    {
        _waiting.Clear();
        _bytes = 0;
        _lost = false;
        _signalled = false;
        Start = head;
    }

    internal TailDrain TakeAll(List<EventRecord> into, long head)
    {
        into.AddRange(_waiting);
        _waiting.Clear();
        _bytes = 0;
        _signalled = false;
        return new TailDrain(_lost, _ended, head);
    }

    private bool Signal()
    {
        if (_signalled)
            return false;
        return _signalled = true;
    }
}
