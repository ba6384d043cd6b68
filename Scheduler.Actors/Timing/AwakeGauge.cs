using System.Collections.Concurrent;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Timing;

/// <summary>
/// Counts the jobs that a node has awake ahead of their start, and bounds them: a million jobs due in the same second are woken as the
/// ones before them start. A job without a place passivates; the sweep wakes it again. Half of the places are kept for jobs whose start
/// is near, so that those which lie far ahead delay nobody.
/// </summary>
/// <param name="limit">The most that may be awake; at least 1.</param>
public sealed class AwakeGauge(int limit)
{
    private readonly ConcurrentDictionary<JobId, bool> _jobs = new();
    private int _awake;

    /// <summary>How many are awake now.</summary>
    public int Awake => Volatile.Read(ref _awake);

    /// <summary>Whether another one would find a place.</summary>
    public bool HasRoom(bool isNear) => Awake < Limit(isNear);

    /// <summary>Whether the job has a place: it is awake on this node, and its timer is set.</summary>
    public bool Holds(JobId job) => _jobs.ContainsKey(job);

    /// <summary>Takes a place for a job that has none; false when there is none left.</summary>
    public bool TryEnter(JobId job, bool isNear)
    {
        if (!TryEnter(isNear))
            return false;
        _jobs[job] = true;
        return true;
    }

    /// <summary>Gives a job's place back.</summary>
    public void Leave(JobId job)
    {
        _jobs.TryRemove(job, out _);
        Leave();
    }

    internal bool TryEnter(bool isNear)
    {
        if (Interlocked.Increment(ref _awake) <= Limit(isNear))
            return true;
        Interlocked.Decrement(ref _awake);
        return false;
    }

    internal void Leave() => Interlocked.Decrement(ref _awake);

    private int Limit(bool isNear) => isNear ? limit : limit / 2;
}
