using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Tail;

/// <summary>
/// Deals out events to the live queries of this node as they are committed, so that in steady state nobody reads them back from the
/// database. A subscriber that doesn't keep up loses its place here (never an event): it reads the database until it has caught up.
/// </summary>
internal sealed class EventTail
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<TailSubscription>> _byTag = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<TailSubscription>> _byPersistenceId = new(StringComparer.Ordinal);
    private readonly List<TailSubscription> _all = [];
    private readonly List<TailSubscription> _woken = [];
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
            _head = Math.Max(_head, events[^1].Ordering);
            if (_all.Count == 0 && _byTag.Count == 0 && _byPersistenceId.Count == 0)
                return;
            foreach (var record in events)
                Deal(record);
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
    /// <param name="wake">Called when something waits, once until it is drained; must not block, and may come on any thread.</param>
    public TailSubscription Subscribe(TailFilter filter, int capacity, Action wake)
    {
        lock (_gate)
        {
            var subscription = new TailSubscription(this, filter, capacity, wake, _head);
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

    private static void Wake(TailSubscription[] subscriptions)
    {
        foreach (var subscription in subscriptions)
            subscription.Wake();
    }

    private void Deal(EventRecord record)
    {
        Offer(_all, record);
        if (record.Tags is { } tags && _byTag.Count > 0)
        {
            for (var i = 0; i < tags.Count; i++)
            {
                if (_byTag.TryGetValue(tags[i], out var tagged))
                    Offer(tagged, record);
            }
        }

        if (_byPersistenceId.Count > 0 && _byPersistenceId.TryGetValue(record.PersistenceId, out var own))
            Offer(own, record);
    }

    private void Offer(List<TailSubscription> subscriptions, EventRecord record)
    {
        foreach (var subscription in subscriptions)
        {
            if (subscription.Offer(record))
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
