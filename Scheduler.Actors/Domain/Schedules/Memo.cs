using System.Collections.Concurrent;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// Remembers what a pure function gave. Jobs share few rules and there may be a million of them, so what a rule parses to is kept
/// here, once and bounded, rather than in each job's state.
/// </summary>
internal sealed class Memo<TKey, TValue>(Func<TKey, TValue> compute, int capacity = 4_096)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, TValue> _known = new();

    public TValue this[TKey key]
    {
        get
        {
            if (_known.TryGetValue(key, out var known))
                return known;
            // Starting anew is cheaper than keeping track of what was used last, and costs a parse for each rule.
            if (_known.Count >= capacity)
                _known.Clear();
            return _known.GetOrAdd(key, compute);
        }
    }
}
