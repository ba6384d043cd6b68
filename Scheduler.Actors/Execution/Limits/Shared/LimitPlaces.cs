using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Execution.Limits.Shared;

/// <summary>
/// What one node holds of the limits that are counted over all nodes. A run takes a place that was granted, or waits for a grant; its place goes back to the
/// ledger when it ends, never to the next run of this node: whose turn it is, the ledger knows. Not safe for several threads.
/// </summary>
/// <param name="self">This node.</param>
/// <param name="clock">This node's clock, by which what it holds runs out.</param>
internal sealed class LimitPlaces(WorkerNode self, TimeProvider clock)
{
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);

    private readonly Dictionary<RunLimit, Part> _parts = [];
    private readonly HashSet<RunLimit> _changed = [];

    /// <summary>Those of which places may be free. Looked at after each step of the node's runs, so it must not be all.</summary>
    private readonly HashSet<RunLimit> _unused = [];

    /// <summary>How many runs have a place of it here.</summary>
    public int InUse(RunLimit limit) => _parts.TryGetValue(limit, out var part) ? part.InUse : 0;

    /// <summary>Takes a place.</summary>
    /// <returns>False when there is none: one is asked for.</returns>
    public bool TryTake(RunLimit limit)
    {
        var part = PartOf(limit);
        if (part.Free > 0 && clock.GetUtcNow() < part.Until)
        {
            part.Free--;
            Use(limit, part);
            return true;
        }

        part.IsWanted = true;
        _changed.Add(limit);
        return false;
    }

    /// <summary>Counts a run whether there is a place or not: it is in the journal already.</summary>
    public void Take(RunLimit limit)
    {
        Use(limit, PartOf(limit));
        _changed.Add(limit);
    }

    /// <summary>What was taken for a run that does not start after all.</summary>
    public void Return(RunLimit limit)
    {
        var part = PartOf(limit);
        if (limit.On is not LimitOn.Rate)
            part.InUse--;
        part.Free++;
        _unused.Add(limit);
    }

    /// <summary>A run has ended.</summary>
    public void Leave(RunLimit limit)
    {
        if (limit.On is LimitOn.Rate)
            return;
        PartOf(limit).InUse--;
        _changed.Add(limit);
    }

    /// <summary>What a ledger says.</summary>
    /// <returns>How many more there are to take.</returns>
    public int Hear(RunLimit limit, LimitGranted granted)
    {
        ArgumentNullException.ThrowIfNull(granted);
        var part = PartOf(limit);
        var order = string.CompareOrdinal(granted.Ledger, part.Ledger);
        if (order != 0)
        {
            // One that has begun after this one is to know first what is held here; one before it may have granted what this one knows nothing of.
            if (order > 0)
                Adopt(part, granted.Ledger);
            _changed.Add(limit);
            return 0;
        }

        part.Until = granted.At + SharedLimit.Lease;
        if (granted.Places == 0 || granted.Number <= part.Seen)
            return 0;
        part.Seen = granted.Number;
        part.Free += granted.Places;
        part.WasFree = false;
        _unused.Add(limit);
        // That it was seen is said at once: there is no other grant before.
        _changed.Add(limit);
        return granted.Places;
    }

    /// <summary>A ledger that is new asks.</summary>
    public void Hear(RunLimit limit, AskLimitNeed asked)
    {
        ArgumentNullException.ThrowIfNull(asked);
        if (PartOf(limit) is var part && string.CompareOrdinal(asked.Ledger, part.Ledger) > 0)
            Adopt(part, asked.Ledger);
        _changed.Add(limit);
    }

    /// <summary>What nobody has taken up goes back.</summary>
    /// <param name="waiting">How many wait for a limit on this node.</param>
    /// <param name="isLate">Whether that is all the same when somebody waits, who could not use it so far.</param>
    public void GiveBackUnused(Func<RunLimit, int> waiting, bool isLate)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        if (_unused.Count == 0)
            return;
        foreach (var limit in _unused.ToList())
        {
            var part = PartOf(limit);
            if (part.Free > 0 && (isLate ? part.WasFree : waiting(limit) == 0))
            {
                part.Free = 0;
                _changed.Add(limit);
            }

            if (isLate)
                part.WasFree = part.Free > 0;
            if (part.Free == 0)
                _unused.Remove(limit);
        }
    }

    /// <summary>What there is to say: of what has changed, or of all that is held or wanted.</summary>
    public IReadOnlyList<LimitNeed> Needs(Func<RunLimit, int> waiting, bool all)
    {
        ArgumentNullException.ThrowIfNull(waiting);
        if (all)
        {
            Forget();
            _changed.UnionWith(_parts.Where(p => p.Value.InUse > 0 || p.Value.Free > 0 || p.Value.IsWanted).Select(p => p.Key));
        }

        if (_changed.Count == 0)
            return [];
        var needs = new List<LimitNeed>(_changed.Count);
        foreach (var limit in _changed)
        {
            var part = PartOf(limit);
            var wanted = waiting(limit);
            part.IsWanted = wanted > 0;
            needs.Add(new LimitNeed(SharedLimit.NameOf(limit), self)
            {
                Held = part.InUse + part.Free,
                Waiting = Math.Max(0, wanted - part.Free),
                Ledger = part.Ledger,
                Seen = part.Seen,
                At = clock.GetUtcNow(),
            });
            part.UsedAt = clock.GetUtcNow();
        }

        _changed.Clear();
        return needs;
    }

    /// <summary>Which ledger a limit had is known for longer than anything can be on its way from one before it.</summary>
    private void Forget()
    {
        var now = clock.GetUtcNow();
        foreach (var (limit, part) in _parts.Where(p => p.Value is { InUse: 0, Free: 0, IsWanted: false } && now - p.Value.UsedAt > s_memory).ToList())
            _parts.Remove(limit);
    }

    private static void Use(RunLimit limit, Part part)
    {
        // A start is over as soon as it is counted.
        if (limit.On is not LimitOn.Rate)
            part.InUse++;
    }

    private static void Adopt(Part part, string ledger)
    {
        part.Ledger = ledger;
        part.Seen = 0;
    }

    private Part PartOf(RunLimit limit)
    {
        if (!_parts.TryGetValue(limit, out var part))
            _parts.Add(limit, part = new Part());
        return part;
    }

    private sealed class Part
    {
        public string Ledger { get; set; } = "";

        public long Seen { get; set; }

        /// <summary>Places that runs have.</summary>
        public int InUse { get; set; }

        /// <summary>Places that were granted and that nobody has taken yet.</summary>
        public int Free { get; set; }

        /// <summary>Whether they were there when somebody looked last.</summary>
        public bool WasFree { get; set; }

        public bool IsWanted { get; set; }

        public DateTimeOffset UsedAt { get; set; }

        /// <summary>What is not used by then is not the node's any more.</summary>
        public DateTimeOffset Until { get; set; }
    }
}
