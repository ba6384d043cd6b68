using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;

namespace Scheduler.Actors.Projections;

/// <summary>A job's row on its way to the store, and what is to happen when it is there.</summary>
/// <param name="state">The job.</param>
/// <param name="isNew">Whether the projection needs none of the job's events up to this version.</param>
public abstract class RowWrite(JobState state, bool isNew)
{
    private volatile bool _hasFailed;

    /// <summary>The job.</summary>
    public JobState State { get; } = state;

    /// <summary>Whether the projection needs none of the job's events up to this version.</summary>
    public bool IsNew { get; } = isNew;

    /// <summary>The state as it is stored. Made by whoever asks for the row, not by the one thread that writes all of them.</summary>
    public byte[] Json { get; } = JobFormats.Write(state);

    /// <summary>Whether the row was not written.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>The row, or a newer one, is there for every query that comes after this.</summary>
    public void Succeed() => OnWritten();

    /// <summary>The row could not be written.</summary>
    public void Fail(Exception cause)
    {
        _hasFailed = true;
        OnFailed(cause);
    }

    /// <summary>Called once by the store's thread: must not block, nor throw.</summary>
    protected abstract void OnWritten();

    /// <summary>Called once by the store's thread: must not block, nor throw.</summary>
    protected abstract void OnFailed(Exception cause);
}
