using System.Collections.Concurrent;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// Rows that clients of this node were told of and that could not be written: until the projection has written them, what is in the views is
/// older than what was said. Bounded: of what is let go, the views' own row is shown. Thread-safe.
/// </summary>
public sealed class UnwrittenRows
{
    // Two halves, the older of which is let go when the newer is full: no bookkeeping for each use.
    private const int HalfCapacity = 50_000;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<JobId, long> _newer = new();
    private volatile ConcurrentDictionary<JobId, long> _older = new();

    /// <summary>A row could not be written.</summary>
    /// <param name="id">The job.</param>
    /// <param name="version">Its version.</param>
    public void Add(JobId id, long version)
    {
        if (_newer.Count >= HalfCapacity)
        {
            lock (_turning)
            {
                if (_newer.Count >= HalfCapacity)
                    (_older, _newer) = (_newer, new ConcurrentDictionary<JobId, long>());
            }
        }

        _newer.AddOrUpdate(id, version, (_, known) => Math.Max(known, version));
    }

    /// <summary>Whether a job's clients were told of a later version than that of its row.</summary>
    /// <param name="id">The job.</param>
    /// <param name="version">The row's version; 0 when there is none.</param>
    public bool IsBehind(JobId id, long version)
    {
        // Mostly there is nothing in either.
        if (_newer.IsEmpty && _older.IsEmpty)
            return false;
        var isBehind = false;
        foreach (var half in (ConcurrentDictionary<JobId, long>[])[_newer, _older])
        {
            if (!half.TryGetValue(id, out var told))
                continue;
            if (told > version)
                isBehind = true;
            else
                half.TryRemove(KeyValuePair.Create(id, told));
        }

        return isBehind;
    }
}
