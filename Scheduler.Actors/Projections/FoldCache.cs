using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// The folds of a slice that were used last. Bounded, by bytes too; one that was let go is read from its row again, so nothing is let go before its
/// row is written: <see cref="Turn"/> comes between steps.
/// </summary>
/// <param name="capacity">How many folds it has about.</param>
/// <param name="enough">How many bytes of jobs it has about, where they are large.</param>
internal sealed class FoldCache(int capacity, long enough)
{
    // Two halves, the older of which is let go when the newer is full: no bookkeeping for each use.
    private Dictionary<JobId, JobFold> _newer = [];
    private Dictionary<JobId, JobFold> _older = [];
    private long _newerBytes;

    /// <summary>How many folds are kept.</summary>
    public int Count => _newer.Count + _older.Count;

    public JobFold? Find(JobId id)
    {
        if (_newer.TryGetValue(id, out var fold))
            return fold;
        if (!_older.Remove(id, out fold))
            return null;
        Add(id, fold);
        return fold;
    }

    public void Add(JobId id, JobFold fold)
    {
        _newer[id] = fold;
        _newerBytes += Weight.Of(fold.State);
    }

    /// <summary>A fold that is kept has become so much larger.</summary>
    public void Grew(long bytes) => _newerBytes += bytes;

    public void Turn()
    {
        if (_newer.Count < capacity / 2 && _newerBytes < enough / 2)
            return;
        _older = _newer;
        _newer = [];
        _newerBytes = 0;
    }
}
