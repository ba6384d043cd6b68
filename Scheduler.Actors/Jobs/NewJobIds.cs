using System.Collections.Concurrent;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// The ids that this node has made itself and not yet used: a job of such an id has nothing to recover, so its start reads nothing. Never
/// for ids that clients choose. Should one be used twice all the same, the journal's unique key refuses the second job's first event.
/// </summary>
public sealed class NewJobIds
{
    /// <summary>How often an id is made anew that would not be at home here: with ten nodes one of a thousand is not.</summary>
    private const int MostTries = 64;

    private readonly ConcurrentDictionary<JobId, bool> _ids = new();

    /// <summary>Whether a job of that id is at home on this node. A node that hosts no jobs takes any.</summary>
    public Func<JobId, bool> IsHere { get; set; } = static _ => true;

    /// <summary>Makes an id: a UUID of version 7 (RFC 9562), of a slice that is here, so that the job's first facts, its row and its wake cross no network.</summary>
    public JobId Make(DateTimeOffset now)
    {
        var id = JobId.Parse(Guid.CreateVersion7(now).ToString("D"));
        for (var tries = 1; tries < MostTries && !IsHere(id); tries++)
            id = JobId.Parse(Guid.CreateVersion7(now).ToString("D"));
        return id;
    }

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
