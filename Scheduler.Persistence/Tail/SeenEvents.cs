using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Scheduler.Persistence.Events;

namespace Scheduler.Persistence.Tail;

/// <summary>
/// Which events have been seen, within an overlap: they are kept in stretches of the store's order, and forgotten by the stretch, so that
/// memory is bounded by what is written in the time of an overlap.
/// </summary>
/// <remarks>
/// An event is kept as a hash of 128 bits, in about forty bytes: on a busy journal ids would be most of it. Two events of one stretch that
/// share one are less likely than a broken disk, and as the seed is random, nobody can make them by choosing ids.
/// </remarks>
/// <param name="overlap">How far back events are asked for; above 0.</param>
/// <param name="stretches">How many stretches an overlap has; above 0.</param>
internal sealed class SeenEvents(long overlap, int stretches = 8)
{
    private readonly long _length = Math.Max(1, overlap / stretches);
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));
    private readonly SortedList<long, HashSet<UInt128>> _stretches = [];

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
        return seen.Add(HashOf(key));
    }

    /// <summary>True when the event has been seen and isn't forgotten.</summary>
    public bool Contains(EventKey key, long ordering) =>
        _stretches.TryGetValue(ordering / _length, out var seen) && seen.Contains(HashOf(key));

    /// <summary>True when the event has been seen, at whatever ordering, and isn't forgotten.</summary>
    public bool Contains(EventKey key)
    {
        var hash = HashOf(key);
        // Mostly it was a moment ago.
        for (var i = _stretches.Count - 1; i >= 0; i--)
        {
            if (_stretches.Values[i].Contains(hash))
                return true;
        }

        return false;
    }

    /// <summary>The highest ordering at or below this one that ends a stretch; -1 below the first.</summary>
    public long EndOfStretch(long ordering) => ((ordering + 1) / _length * _length) - 1;

    /// <summary>How many that aren't forgotten lie above the end of a stretch.</summary>
    /// <param name="endOfStretch">As <see cref="EndOfStretch"/> gives it.</param>
    public long CountAbove(long endOfStretch)
    {
        var count = 0L;
        for (var i = _stretches.Count - 1; i >= 0 && _stretches.Keys[i] * _length > endOfStretch; i--)
            count += _stretches.Values[i].Count;
        return count;
    }

    /// <summary>Lets go what lies at or below an ordering, as far as whole stretches do.</summary>
    public void Forget(long ordering)
    {
        while (_stretches.Count > 0 && (_stretches.Keys[0] + 1) * _length <= ordering)
            _stretches.RemoveAt(0);
    }

    private UInt128 HashOf(EventKey key) =>
        XxHash128.HashToUInt128(MemoryMarshal.AsBytes(key.PersistenceId.AsSpan()), unchecked(_seed + key.SequenceNr));
}
