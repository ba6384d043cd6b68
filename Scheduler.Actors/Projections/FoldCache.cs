using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// The folds of a slice that were used last. Bounded; one that was let go is read from its row again, so nothing is let go before its row
/// is written: <see cref="Turn"/> comes between steps.
/// </summary>
internal sealed class FoldCache(int capacity)
{
    // Two halves, the older of which is let go when the newer is full: no bookkeeping for each use.
    private Dictionary<JobId, JobFold> _newer = [];
    private Dictionary<JobId, JobFold> _older = [];

    public JobFold? Find(JobId id)
    {
        if (_newer.TryGetValue(id, out var fold))
            return fold;
        if (!_older.Remove(id, out fold))
            return null;
        _newer.Add(id, fold);
        return fold;
    }

    public void Add(JobId id, JobFold fold) => _newer[id] = fold;

    public void Turn()
    {
        if (_newer.Count < capacity / 2)
            return;
        _older = _newer;
        _newer = [];
    }
}
