using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Execution.Limits.Shared;

/// <summary>
/// One limit over all nodes: who holds how many of its places, and who waits for one. A node that starts a run takes a place, and gives it back when the run
/// ends; whoever has waited longest is next. Pure: told what a node says and what time it is, it answers what nodes are to be told.
/// </summary>
/// <remarks>
/// Nodes say all that they hold each time, so a message that is lost costs nothing but time. Of one that is still on its way to a node nobody knows whether
/// it has come: what it grants counts as held until the node has said that it has seen its number, and it is sent again until then.
/// A ledger that is new knows nothing of what others granted before it: it grants nothing until all nodes have spoken, or until what they hold, if they can't be
/// heard, has run out.
/// </remarks>
/// <param name="id">Which ledger of this limit: no other has it, and of two the later one is the greater, by its characters.</param>
/// <param name="places">How many runs there may be at once; null for a limit that counts no runs.</param>
/// <param name="rate">How many may start in a time; null for a limit that counts no starts.</param>
/// <param name="lease">How long a place is a node's that is not heard of.</param>
/// <param name="since">When it begins.</param>
internal sealed class LimitLedger(string id, int? places, TokenRate? rate, TimeSpan lease, DateTimeOffset since)
{
    private readonly Dictionary<WorkerNode, Holder> _holders = [];
    private readonly Dictionary<WorkerNode, DateTimeOffset> _unheard = [];
    private readonly DateTimeOffset _ownUntil = since + lease;
    private DateTimeOffset _tokensAt = since;
    private double _tokens;
    private long _turns;

    /// <summary>Whether anybody holds a place, waits for one, or is still to be heard.</summary>
    public bool IsIdle => _unheard.Count == 0 && !_holders.Values.Any(h => h.Granted > 0 || h.Waiting > 0);

    /// <summary>How many places are held, granted ones included that are on their way.</summary>
    public int Held => _holders.Values.Sum(h => h.Granted);

    /// <summary>These may hold places that were granted before this ledger began.</summary>
    public void Await(IEnumerable<WorkerNode> nodes)
    {
        foreach (var node in nodes)
            _unheard.TryAdd(node, _ownUntil);
    }

    /// <summary>A node says what it holds and wants.</summary>
    /// <returns>What is to be told to which nodes; to this one always.</returns>
    public IReadOnlyList<LimitShare> Hear(LimitNeed need, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(need);
        // Until it knows of this ledger it may still take what the one before has granted.
        if (need.Ledger == id)
            _unheard.Remove(need.Node);
        if (!_holders.TryGetValue(need.Node, out var holder))
        {
            // One that was not heard for a lease is forgotten here, and goes on with the numbers that it has seen (2026-11-29: it took no grant any more).
            _holders.Add(need.Node, holder = new Holder { Turn = _turns++, Number = need.Ledger == id ? need.Seen : 0 });
        }

        if (need.At < holder.AskedAt)
            return [];
        holder.HeardAt = now;
        holder.AskedAt = need.At;
        // A number of another ledger says nothing of this one's.
        if (need.Ledger == id && need.Seen == holder.Number)
            holder.OnItsWay = 0;

        holder.Granted = need.Held + holder.OnItsWay;
        holder.Waiting = Math.Max(0, need.Waiting - holder.OnItsWay);
        return Grant(need.Node, now);
    }

    /// <summary>Time has passed: a rate has room again, or somebody's places have run out.</summary>
    public IReadOnlyList<LimitShare> Tick(DateTimeOffset now) => Grant(speaker: null, now);

    /// <summary>When to <see cref="Tick"/> at the latest; null while nobody waits.</summary>
    public DateTimeOffset? NextTick(DateTimeOffset now)
    {
        if (!_holders.Values.Any(h => h.Waiting > 0))
            return null;
        var next = now + lease;
        if (rate is { } r && _tokens < 1)
            next = Earlier(next, _tokensAt + TimeSpan.FromSeconds((1 - _tokens) / r.PerSecond));
        foreach (var until in _unheard.Values)
            next = Earlier(next, until);
        foreach (var holder in _holders.Values)
            next = Earlier(next, holder.HeardAt + lease);
        return next > now ? next : now;
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    private List<LimitShare> Grant(WorkerNode? speaker, DateTimeOffset now)
    {
        RunOut(now);
        // A grant that is on its way has to come before there is another one: its number says that all of it has.
        var open = _holders.Where(h => h.Value is { Waiting: > 0, OnItsWay: 0 }).ToList();
        var told = new HashSet<WorkerNode>();
        while (_unheard.Count == 0 && open.Exists(h => h.Value.Waiting > 0) && HasRoom(now))
        {
            var (node, next) = open.Where(h => h.Value.Waiting > 0).MinBy(h => h.Value.Turn);
            if (told.Add(node))
                next.Number++;
            next.OnItsWay++;
            next.Granted++;
            next.Waiting--;
            next.Turn = _turns++;
            if (rate is not null)
                _tokens--;
        }

        if (speaker is not null && _holders.ContainsKey(speaker))
            told.Add(speaker);
        return [.. told.Select(to => ShareOf(to, _holders[to]))];
    }

    private void RunOut(DateTimeOffset now)
    {
        foreach (var node in _unheard.Where(u => u.Value <= now).Select(u => u.Key).ToList())
            _unheard.Remove(node);
        foreach (var node in _holders.Where(h => h.Value.HeardAt + lease <= now).Select(h => h.Key).ToList())
            _holders.Remove(node);
    }

    private bool HasRoom(DateTimeOffset now)
    {
        if (places is { } most && Held >= most)
            return false;
        if (rate is not { } r)
            return true;
        // What a ledger before this has granted is not known: a rate begins with nothing.
        _tokens = Math.Min(r.Burst, Math.Max(0, _tokens) + ((now - _tokensAt).TotalSeconds * r.PerSecond));
        _tokensAt = now;
        // Adding up parts of one can miss it by the last digit.
        return _tokens >= 1 - 1e-6;
    }

    private LimitShare ShareOf(WorkerNode node, Holder holder) => new(node, id, holder.Number, holder.OnItsWay, holder.AskedAt);

    private sealed class Holder
    {
        public DateTimeOffset HeardAt { get; set; }

        public DateTimeOffset AskedAt { get; set; }

        public int Granted { get; set; }

        public int Waiting { get; set; }

        public int OnItsWay { get; set; }

        public long Number { get; set; }

        public long Turn { get; set; }
    }
}
