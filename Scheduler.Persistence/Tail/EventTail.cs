using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Tail;

/// <summary>
/// Deals out events to the live queries of this node as they are committed, so that in steady state nobody reads them back from the
/// database. A subscriber that doesn't keep up loses its place here (never an event): it reads the database until it has caught up.
/// </summary>
/// <param name="overlap">As <see cref="IEventStore.Overlap"/>: so far back it is remembered what was late; 0 where nothing is.</param>
internal sealed class EventTail(long overlap = 0)
{
    /// <summary>Of late events that are remembered: a memory for queries that resume must not fill that of the node.</summary>
    private const long EnoughBytes = 16 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<TailSubscription>> _byTag = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TailSubscription>> _byPersistenceId = new(StringComparer.Ordinal);
    private readonly List<TailSubscription> _all = [];
    private readonly List<TailSubscription> _woken = [];
    private readonly Queue<(EventRecord Record, long Head)> _late = [];
    private long _lateBytes;
    private long _head;
    private bool _closed;

    /// <summary>The highest ordering of an event that was published here or was in the store when it was opened.</summary>
    public long Head
    {
        get
        {
            lock (_gate)
                return _head;
        }
    }

    /// <summary>
    /// Hands on what became readable, ascending by ordering. Calls must not overlap. A store with late events publishes those too, below
    /// <see cref="Head"/>, but none that lies further below it than <see cref="IEventStore.Overlap"/>; each event once.
    /// </summary>
    public void Publish(IReadOnlyList<EventRecord> events)
    {
        if (events.Count == 0)
            return;
        TailSubscription[] woken;
        lock (_gate)
        {
            var head = _head;
            _head = Math.Max(_head, events[^1].Ordering);
            if (overlap > 0)
                RememberLate(events, head);
            if (_all.Count == 0 && _byTag.Count == 0 && _byPersistenceId.Count == 0)
                return;
            foreach (var record in events)
                Deal(record, head);
            woken = TakeWoken();
        }

        Wake(woken);
    }

    /// <summary>
    /// Events up to <paramref name="head"/> are readable that were never published (the store was opened anew): everybody reads them from
    /// the database.
    /// </summary>
    public void SkipTo(long head)
    {
        TailSubscription[] woken;
        lock (_gate)
        {
            if (head <= _head)
                return;
            _head = head;
            woken = LoseAll();
        }

        Wake(woken);
    }

    /// <summary>Events became readable, maybe below the head, that can't be published: everybody reads the database again.</summary>
    public void ReadAgain()
    {
        TailSubscription[] woken;
        lock (_gate)
            woken = LoseAll();
        Wake(woken);
    }

    /// <summary>Ends all subscriptions.</summary>
    public void Close()
    {
        TailSubscription[] woken;
        lock (_gate)
        {
            _closed = true;
            woken = [.. Everyone()];
            foreach (var subscription in woken)
                subscription.End();
        }

        Wake(woken);
    }

    /// <summary>Subscribes to what is published from now on; <see cref="TailSubscription.Start"/> says from where that is.</summary>
    /// <param name="filter">Which events.</param>
    /// <param name="capacity">So many events wait at most; above 0.</param>
    /// <param name="wake">
    /// Called when something waits, once until it is drained; must not block, and may come on any thread. One that throws is not called again.
    /// </param>
    /// <param name="after">
    /// The ordering that the subscriber resumes after: what lies at or below it comes where it was published after that, recently or from now on.
    /// </param>
    public TailSubscription Subscribe(TailFilter filter, int capacity, Action wake, long after = 0)
    {
        lock (_gate)
        {
            var subscription = new TailSubscription(this, filter, capacity, wake, _head, after);
            OfferLate(subscription);
            if (_closed)
                subscription.End();
            else
                ListFor(filter, create: true)!.Add(subscription);
            return subscription;
        }
    }

    /// <summary>Empties a subscription's queue into a list.</summary>
    internal TailDrain Drain(TailSubscription subscription, List<EventRecord> into)
    {
        lock (_gate)
            return subscription.TakeAll(into, _head);
    }

    /// <summary>Joins the tail again after having lost the place; returns the ordering up to which the database must be read.</summary>
    internal long Rejoin(TailSubscription subscription)
    {
        lock (_gate)
        {
            subscription.Restart(_head);
            OfferLate(subscription);
            return _head;
        }
    }

    internal void Unsubscribe(TailSubscription subscription)
    {
        lock (_gate)
        {
            var list = ListFor(subscription.Filter, create: false);
            if (list is null || !list.Remove(subscription) || list.Count > 0)
                return;
            if (subscription.Filter.Tag is { } tag)
                _byTag.Remove(tag);
            else if (subscription.Filter.PersistenceId is { } id)
                _byPersistenceId.Remove(id);
        }
    }

    private void Wake(TailSubscription[] subscriptions)
    {
        foreach (var subscription in subscriptions)
        {
            try
            {
                subscription.Wake();
            }
            catch (Exception)
            {
                // Its stream is gone. The writer, and those after it, are not to be harmed by it.
                Unsubscribe(subscription);
            }
        }
    }

    private void RememberLate(IReadOnlyList<EventRecord> events, long head)
    {
        foreach (var record in events)
        {
            if (record.Ordering > head)
                break;
            _late.Enqueue((record, head));
            _lateBytes += record.Payload.Length;
        }

        while (_late.TryPeek(out var oldest) && (oldest.Record.Ordering < _head - overlap || _lateBytes > EnoughBytes))
        {
            _late.Dequeue();
            _lateBytes -= oldest.Record.Payload.Length;
        }
    }

    /// <summary>What lies below the place of a subscriber that resumes, and was published after it.</summary>
    private void OfferLate(TailSubscription subscription)
    {
        foreach (var (record, head) in _late)
        {
            if (record.Ordering <= subscription.After && subscription.Filter.Takes(record))
                subscription.Offer(record, head);
        }
    }

    private void Deal(EventRecord record, long head)
    {
        Offer(_all, record, head);
        if (record.Tags is { } tags && _byTag.Count > 0)
        {
            for (var i = 0; i < tags.Count; i++)
            {
                if (_byTag.TryGetValue(tags[i], out var tagged))
                    Offer(tagged, record, head);
            }
        }

        if (_byPersistenceId.Count > 0 && _byPersistenceId.TryGetValue(record.PersistenceId, out var own))
            Offer(own, record, head);
    }

    private void Offer(List<TailSubscription> subscriptions, EventRecord record, long head)
    {
        foreach (var subscription in subscriptions)
        {
            if (subscription.Offer(record, head))
                _woken.Add(subscription);
        }
    }

    private TailSubscription[] LoseAll()
    {
        foreach (var subscription in Everyone())
        {
            if (subscription.Lose())
                _woken.Add(subscription);
        }

        return TakeWoken();
    }

    private TailSubscription[] TakeWoken()
    {
        if (_woken.Count == 0)
            return [];
        TailSubscription[] woken = [.. _woken];
        _woken.Clear();
        return woken;
    }

    private IEnumerable<TailSubscription> Everyone() =>
        _all.Concat(_byTag.Values.SelectMany(list => list)).Concat(_byPersistenceId.Values.SelectMany(list => list));

    private List<TailSubscription>? ListFor(TailFilter filter, bool create)
    {
        var (lists, key) = filter switch
        {
            { Tag: { } tag } => (_byTag, tag),
            { PersistenceId: { } id } => (_byPersistenceId, id),
            _ => (null, ""),
        };
        if (lists is null)
            return _all;
        if (!lists.TryGetValue(key, out var list) && create)
            lists.Add(key, list = []);
        return list;
    }
}
