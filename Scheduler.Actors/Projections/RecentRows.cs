using System.Collections.Concurrent;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// Rows of new jobs that this node has just handed to the store. A new job's row needs no projection, but its events come to the projection
/// all the same, mostly before the row is committed: what is here saves it from asking the store about each of them. Bounded, by bytes too: what is not
/// here is asked for.
/// </summary>
public sealed class RecentRows
{
    // Two halves, the older of which is let go when the newer is full: no bookkeeping for each use.
    private const int HalfCapacity = 4096;

    /// <summary>Of rows as they are stored; beside each is the job that it is made of.</summary>
    internal const long HalfBytes = 8 << 20;

    private readonly Lock _turning = new();
    private volatile ConcurrentDictionary<JobId, RowWrite> _newer = new();
    private volatile ConcurrentDictionary<JobId, RowWrite> _older = new();
    private int _count;
    private long _bytes;

    /// <summary>Remembers a row. To be called after the store has it, so that whatever a reader of this hands to the store comes behind.</summary>
    public void Add(RowWrite write)
    {
        _newer[write.State.Id] = write;
        var count = Interlocked.Increment(ref _count);
        if (Interlocked.Add(ref _bytes, write.Json.Length) < HalfBytes && count < HalfCapacity)
            return;
        lock (_turning)
        {
            if (_count < HalfCapacity && _bytes < HalfBytes)
                return;
            _older = _newer;
            _newer = new ConcurrentDictionary<JobId, RowWrite>();
            _count = 0;
            _bytes = 0;
        }
    }

    /// <summary>Takes a new job's row out; null when none is here, or it was not written.</summary>
    public RowWrite? Take(JobId id) =>
        (_newer.TryRemove(id, out var write) || _older.TryRemove(id, out write)) && !write.HasFailed ? write : null;
}
