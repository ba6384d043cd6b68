namespace Scheduler.Actors.Execution.Limits;

/// <summary>
/// Those who wait for a permit. The highest priority comes first; within one, shares take turns; within a share, what is due first. What a
/// limit holds up is set aside until that limit has room again, and holds nobody else up. Each step takes logarithmic time, however many
/// wait: a host that hangs may have thousands in here.
/// </summary>
/// <typeparam name="T">Who waits.</typeparam>
public sealed class RunQueue<T>
    where T : notnull
{
    private readonly IRunLimiter _limiter;
    private readonly Dictionary<T, RunClaim> _waiting = [];
    private readonly Dictionary<LaneKey, Lane> _lanes = [];
    private readonly SortedDictionary<int, Turns> _ready = new(Comparer<int>.Create(static (a, b) => b.CompareTo(a)));
    private readonly Dictionary<string, Queue<Lane>> _held = new(StringComparer.Ordinal);
    private long _arrivals;

    /// <summary>Nobody waits.</summary>
    public RunQueue(IRunLimiter limiter) => _limiter = limiter;

    /// <summary>How many wait.</summary>
    public int Count => _waiting.Count;

    /// <summary>Takes somebody in; who waits already keeps its place.</summary>
    public void Add(T who, RunClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (!_waiting.TryAdd(who, claim))
            return;
        var key = new LaneKey(claim.Priority, claim.Share, claim.Target, claim.ConcurrencyKey);
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes.Add(key, lane = new Lane(key));
            Ready(lane);
        }

        lane.Waiting.Enqueue(who, (claim.DueAt, _arrivals++));
        if (lane.IsReady)
            TurnsOf(lane).Sort(lane);
    }

    /// <summary>Somebody waits no more.</summary>
    /// <returns>False when it did not wait.</returns>
    public bool Remove(T who) => _waiting.Remove(who);

    /// <summary>Who is next of those whom all limits allow; it is counted in with them.</summary>
    /// <param name="claim">What it asked for.</param>
    /// <param name="isHeld">Told of each limit that has to be tried again after a time.</param>
    public T? Take(out RunClaim? claim, Action<RunRefusal> isHeld)
    {
        ArgumentNullException.ThrowIfNull(isHeld);
        while (_ready.Count > 0)
        {
            var (priority, turns) = _ready.First();
            if (turns.Next() is not { } lane)
            {
                _ready.Remove(priority);
                continue;
            }

            if (First(lane) is not { } who)
            {
                Drop(lane);
                continue;
            }

            if (lane.HasMoved)
            {
                turns.Sort(lane);
                continue;
            }

            claim = _waiting[who];
            if (_limiter.TryEnter(claim) is { } refusal)
            {
                Hold(lane, refusal, isHeld);
                continue;
            }

            lane.ReleasedBy = null;
            lane.Waiting.Dequeue();
            _waiting.Remove(who);
            turns.Pass(lane.Key.Share);
            if (First(lane) is null)
                Drop(lane);
            else
                turns.Sort(lane);
            return who;
        }

        claim = null;
        return default;
    }

    /// <summary>A limit may be tried again by all whom it holds up.</summary>
    public void ReleaseAll(string limit)
    {
        if (!_held.Remove(limit, out var held))
            return;
        foreach (var lane in held)
            Ready(lane);
    }

    /// <summary>A limit has room for one more: the lane that has waited longest for it may try.</summary>
    public void Release(string limit)
    {
        while (_held.TryGetValue(limit, out var held))
        {
            var lane = held.Dequeue();
            if (held.Count == 0)
                _held.Remove(limit);
            if (First(lane) is null)
            {
                _lanes.Remove(lane.Key);
                continue;
            }

            lane.ReleasedBy = limit;
            Ready(lane);
            return;
        }
    }

    /// <summary>Who is first in a lane, those aside who wait no more.</summary>
    private T? First(Lane lane)
    {
        while (lane.Waiting.TryPeek(out var who, out _))
        {
            // One who left and came back is in twice, or in another lane: the place that it has now is the one that counts.
            if (_waiting.TryGetValue(who, out var claim) && lane.Key == new LaneKey(claim.Priority, claim.Share, claim.Target, claim.ConcurrencyKey))
                return who;
            lane.Waiting.Dequeue();
        }

        return default;
    }

    private void Ready(Lane lane)
    {
        lane.IsReady = true;
        TurnsOf(lane).Sort(lane);
    }

    private Turns TurnsOf(Lane lane)
    {
        if (!_ready.TryGetValue(lane.Key.Priority, out var turns))
            _ready.Add(lane.Key.Priority, turns = new Turns());
        return turns;
    }

    private void Drop(Lane lane)
    {
        TurnsOf(lane).Remove(lane);
        _lanes.Remove(lane.Key);
        PassOn(lane, refusedBy: null);
    }

    /// <summary>The room that a lane was let in for, and does not use, is another one's.</summary>
    private void PassOn(Lane lane, string? refusedBy)
    {
        var limit = lane.ReleasedBy;
        lane.ReleasedBy = null;
        if (limit is not null && limit != refusedBy)
            Release(limit);
    }

    private void Hold(Lane lane, RunRefusal refusal, Action<RunRefusal> isHeld)
    {
        TurnsOf(lane).Remove(lane);
        lane.IsReady = false;
        if (!_held.TryGetValue(refusal.Limit, out var held))
            _held.Add(refusal.Limit, held = new Queue<Lane>());
        held.Enqueue(lane);
        if (refusal.After is not null)
            isHeld(refusal);
        PassOn(lane, refusal.Limit);
    }

    private sealed record LaneKey(int Priority, string Share, string Target, string? ConcurrencyKey);

    /// <summary>Those who wait with the same limits, the first due first.</summary>
    private sealed class Lane(LaneKey key)
    {
        public LaneKey Key { get; } = key;

        public PriorityQueue<T, (DateTimeOffset DueAt, long Arrival)> Waiting { get; } = new();

        public bool IsReady { get; set; }

        /// <summary>The limit whose room it was let in for.</summary>
        public string? ReleasedBy { get; set; }

        /// <summary>Whether its first is another one than the one that it is sorted by.</summary>
        public bool HasMoved => !Waiting.TryPeek(out _, out var first) || Place != first;

        /// <summary>The place that it is sorted by in its share; null when it is not.</summary>
        public (DateTimeOffset DueAt, long Arrival)? Place { get; set; }
    }

    /// <summary>The shares of one priority in the order of their turns, each with its lanes that are ready.</summary>
    private sealed class Turns
    {
        private readonly LinkedList<string> _order = [];
        private readonly Dictionary<string, SortedDictionary<(DateTimeOffset DueAt, long Arrival), Lane>> _shares = new(StringComparer.Ordinal);

        public Lane? Next()
        {
            while (_order.First is { } share)
            {
                if (_shares.TryGetValue(share.Value, out var lanes) && lanes.Count > 0)
                    return lanes.First().Value;
                _shares.Remove(share.Value);
                _order.RemoveFirst();
            }

            return null;
        }

        /// <summary>Puts a lane where the first of it belongs.</summary>
        public void Sort(Lane lane)
        {
            Remove(lane);
            if (!_shares.TryGetValue(lane.Key.Share, out var lanes))
            {
                _shares.Add(lane.Key.Share, lanes = []);
                _order.AddLast(lane.Key.Share);
            }

            if (!lane.Waiting.TryPeek(out _, out var place))
                return;
            lane.Place = place;
            lanes.Add(place, lane);
        }

        public void Remove(Lane lane)
        {
            if (lane.Place is { } place && _shares.TryGetValue(lane.Key.Share, out var lanes))
                lanes.Remove(place);
            lane.Place = null;
        }

        /// <summary>A share has had its turn.</summary>
        public void Pass(string share)
        {
            if (_order.First is { } first && first.Value == share)
            {
                _order.RemoveFirst();
                _order.AddLast(first);
            }
        }
    }
}
