using System.Collections.Concurrent;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// The ids that this node has made itself and not yet used: a job of such an id has nothing to recover, so its start reads nothing. Never
/// for ids that clients choose. Should one be used twice all the same, the journal's unique key refuses the second job's first event.
/// </summary>
public sealed class NewJobIds
{
    private readonly ConcurrentDictionary<JobId, bool> _ids = new();

    /// <summary>Notes an id that was just made.</summary>
    /// <returns>To be disposed when the job has answered, or will not: from then on the id is like any other.</returns>
    public IDisposable Add(JobId id)
    {
        _ids[id] = true;
        return new Removal(_ids, id);
    }

    /// <summary>Whether the id was just made; true once.</summary>
    internal bool Take(JobId id) => _ids.TryRemove(id, out _);

    private sealed class Removal(ConcurrentDictionary<JobId, bool> ids, JobId id) : IDisposable
    {
        public void Dispose() => ids.TryRemove(id, out _);
    }
}
