namespace Scheduler.Actors.Execution.Limits;

/// <summary>
/// Those who wait for a permit. The highest priority comes first; within one, shares take turns; within a share, its targets do; within a target, what
/// is due first. What a limit holds up is set aside until that limit has room again, and holds nobody else up. Each step takes logarithmic time,
/// however many wait: a host that hangs may have thousands in here.
/// </summary>
/// <typeparam name="T">Who waits.</typeparam>
public sealed class RunQueue<T>
    where T : notnull
{
    private readonly IRunLimiter _limiter;
    private readonly Dictionary<T, RunClaim> _waiting = [];
    private readonly Dictionary<LaneKey, Lane> _lanes = [];
    private readonly SortedDictionary<int, Turns> _ready = new(Comparer<int>.Create(static (a, b) => b.CompareTo(a)));
    private readonly Dictionary<RunLimit, Queue<Lane>> _held = [];
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
        var key = LaneKey.Of(claim);
        if (!_lanes.TryGetValue(key, out var lane))
        {
            _lanes.Add(key, lane = new Lane(key));
            Ready(lane);
        }

        lane.Waiting.Enqueue(who, (claim.DueAt, _arrivals++));
    }

    /// <summary>Somebody waits no more.</summary>
    /// <returns>False when it did not wait.</returns>
    public bool Remove(T who) => _waiting.Remove(who);

    /// <summary>The limit that holds somebody up; <see cref="RunLimit.Node"/> when none but the number of permits does. Null when it does not wait.</summary>
    public RunLimit? FindLimit(T who)
    {
        if (!_waiting.TryGetValue(who, out var claim))
            return null;
        return _lanes.GetValueOrDefault(LaneKey.Of(claim))?.HeldBy ?? RunLimit.Node;
    }

    /// <summary>How many a limit holds up, at most: some may not wait any more.</summary>
    public int CountHeld(RunLimit limit) => _held.TryGetValue(limit, out var held) ? held.Sum(static lane => lane.Waiting.Count) : 0;

    /// <summary>Who is next of those whom all limits allow; it is counted in with them.</summary>
    /// <param name="claim">What it asked for.</param>
    /// <param name="isHeld">Told of each limit that has to be tried again after a time.</param>
    public T? Take(out RunClaim? claim, Action<RunRefusal> isHeld)
    {
        ArgumentNullException.ThrowIfNull(isHeld);
        ReleaseShare();
        while (_ready.Count > 0 || ReleaseShare())
        {
            var (priority, turns) = _ready.First();
            if (turns.Next is not { } lane)
            {
                _ready.Remove(priority);
                continue;
            }

            if (First(lane) is not { } who)
            {
                Drop(lane);
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
            turns.Pass(lane);
            if (First(lane) is null)
                Drop(lane);
            return who;
        }

        claim = null;
        return default;
    }

    /// <summary>A limit may be tried again by all whom it holds up.</summary>
    public void ReleaseAll(RunLimit limit)
    {
        if (!_held.Remove(limit, out var held))
            return;
        foreach (var lane in held)
            Ready(lane);
    }

    /// <summary>A limit has room for one more: the lane that has waited longest for it may try.</summary>
    public void Release(RunLimit limit)
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

    /// <summary>Lets a lane try for which a share has room by now.</summary>
    /// <returns>False when there is none.</returns>
    private bool ReleaseShare()
    {
        while (_limiter.FindShareWithRoom() is { } share)
        {
            Release(share);
            if (!_held.ContainsKey(share))
                _limiter.Forget(share);
            if (_ready.Count > 0)
                return true;
        }

        return false;
    }

    /// <summary>Who is first in a lane, those aside who wait no more.</summary>
    private T? First(Lane lane)
    {
        while (lane.Waiting.TryPeek(out var who, out _))
        {
            // One who left and came back is in twice, or in another lane: the place that it has now is the one that counts.
            if (_waiting.TryGetValue(who, out var claim) && lane.Key == LaneKey.Of(claim))
                return who;
            lane.Waiting.Dequeue();
        }

        return default;
    }

    private void Ready(Lane lane)
    {
        lane.HeldBy = null;
        TurnsOf(lane).Add(lane);
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
    private void PassOn(Lane lane, RunLimit? refusedBy)
    {
        var limit = lane.ReleasedBy;
        lane.ReleasedBy = null;
        if (limit is { } unused && limit != refusedBy)
            Release(unused);
    }

    private void Hold(Lane lane, RunRefusal refusal, Action<RunRefusal> isHeld)
    {
        TurnsOf(lane).Remove(lane);
        lane.HeldBy = refusal.Limit;
        if (!_held.TryGetValue(refusal.Limit, out var held))
            _held.Add(refusal.Limit, held = new Queue<Lane>());
        held.Enqueue(lane);
        if (refusal.After is not null)
            isHeld(refusal);
        PassOn(lane, refusal.Limit);
    }

    private readonly record struct LaneKey(int Priority, string Share, string Target, string? ConcurrencyKey)
    {
        public static LaneKey Of(RunClaim claim) => new(claim.Priority, claim.Share, claim.Target, claim.ConcurrencyKey);
    }

    /// <summary>Those who wait with the same limits, the first due first.</summary>
    private sealed class Lane
    {
        public Lane(LaneKey key)
        {
            Key = key;
            Turn = new LinkedListNode<Lane>(this);
        }

        public LaneKey Key { get; }

        public PriorityQueue<T, (DateTimeOffset DueAt, long Arrival)> Waiting { get; } = new();

        /// <summary>Its place among the turns of its share; in no list while it is held up.</summary>
        public LinkedListNode<Lane> Turn { get; }

        /// <summary>The limit that it waits for; null while it is ready.</summary>
        public RunLimit? HeldBy { get; set; }

        /// <summary>The limit whose room it was let in for.</summary>
        public RunLimit? ReleasedBy { get; set; }
    }

    /// <summary>The shares of one priority in the order of their turns, each with its lanes that are ready, one for each target, in the order of theirs.</summary>
    private sealed class Turns
    {
        private readonly LinkedList<LinkedList<Lane>> _order = [];
        private readonly Dictionary<string, LinkedListNode<LinkedList<Lane>>> _shares = new(StringComparer.Ordinal);

        /// <summary>Whose turn it is; null when nobody is ready.</summary>
        public Lane? Next => _order.First?.Value.First?.Value;

        public void Add(Lane lane)
        {
            if (lane.Turn.List is not null)
                return;
            if (!_shares.TryGetValue(lane.Key.Share, out var share))
                _shares.Add(lane.Key.Share, share = _order.AddLast([]));
            share.Value.AddLast(lane.Turn);
        }

        public void Remove(Lane lane)
        {
            if (lane.Turn.List is not { } lanes)
                return;
            lanes.Remove(lane.Turn);
            if (lanes.Count == 0 && _shares.Remove(lane.Key.Share, out var share))
                _order.Remove(share);
        }

        /// <summary>A lane has had its turn, and its share with it.</summary>
        public void Pass(Lane lane)
        {
            var share = _shares[lane.Key.Share];
            share.Value.Remove(lane.Turn);
            share.Value.AddLast(lane.Turn);
            _order.Remove(share);
            _order.AddLast(share);
        }
    }
}
