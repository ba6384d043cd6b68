using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;

namespace Scheduler.Actors.Projections;

/// <summary>A job's row on its way to the store, and what is to happen when it is there.</summary>
/// <param name="state">The job.</param>
/// <param name="isNew">Whether the projection needs none of the job's events up to this version.</param>
public abstract class RowWrite(JobState state, bool isNew)
{
    private volatile bool _hasFailed;
    private volatile IReadOnlyCollection<long> _tables = [];

    /// <summary>The job.</summary>
    public JobState State { get; } = state;

    /// <summary>Whether the projection needs none of the job's events up to this version.</summary>
    public bool IsNew { get; } = isNew;

    /// <summary>The state as it is stored. Made by whoever asks for the row, not by the one thread that writes all of them.</summary>
    public byte[] Json { get; } = JobFormats.Write(state);

    /// <summary>Whether the row was not written.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>
    /// Whether the row is in a set of tables. One that was in another set only is nothing that a projection may rely on (2026-11: the view file
    /// was deleted under a running node, and jobs whose rows had just gone into it were missing from the new one for good).
    /// </summary>
    /// <param name="tables">The set's number.</param>
    public bool IsIn(long tables) => !_hasFailed && _tables.Contains(tables);

    /// <summary>The store writes the row into these sets of tables. To be said before <see cref="Succeed"/>; the last word counts.</summary>
    /// <param name="tables">The sets' numbers.</param>
    public void Into(IReadOnlyCollection<long> tables) => _tables = tables;

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
