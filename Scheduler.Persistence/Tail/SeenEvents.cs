using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Tail;

/// <summary>
/// Which events have been seen, within an overlap: they are kept in a few stretches of the store's order, and forgotten by the stretch, so
/// that memory is bounded by what is written in the time of an overlap.
/// </summary>
/// <param name="overlap">How far back events are asked for; above 0.</param>
internal sealed class SeenEvents(long overlap)
{
    private const int Stretches = 8;

    private readonly long _length = Math.Max(1, overlap / Stretches);
    private readonly SortedList<long, HashSet<EventKey>> _stretches = [];

    /// <summary>How many events are kept.</summary>
    public int Count => _stretches.Values.Sum(static stretch => stretch.Count);

    /// <summary>False when the event has been seen.</summary>
    public bool Add(EventRecord record) => Add(EventKey.Of(record), record.Ordering);

    /// <summary>False when the event has been seen.</summary>
    public bool Add(EventKey key, long ordering)
    {
        var stretch = ordering / _length;
        if (!_stretches.TryGetValue(stretch, out var seen))
            _stretches.Add(stretch, seen = []);
        return seen.Add(key);
    }

    /// <summary>True when the event has been seen and isn't forgotten.</summary>
    public bool Contains(EventKey key, long ordering) =>
        _stretches.TryGetValue(ordering / _length, out var seen) && seen.Contains(key);

    /// <summary>Lets go what lies at or below an ordering, as far as whole stretches do.</summary>
    public void Forget(long ordering)
    {
        while (_stretches.Count > 0 && (_stretches.Keys[0] + 1) * _length <= ordering)
            _stretches.RemoveAt(0);
    }
}
