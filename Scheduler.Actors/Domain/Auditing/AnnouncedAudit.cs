using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>What a fact in the middle of a write announces, and the rest of that write must bring.</summary>
internal sealed class AnnouncedAudit(AuditGaps gaps)
{
    private SkipReason? _why;
    private bool _mustPause;
    private bool _mustOverlap;

    /// <summary>As many runs were discarded in a row as the job stands.</summary>
    public void Pause() => _mustPause = true;

    /// <summary>A fire time overlaps: a run is active, or starts in the same write.</summary>
    public void Overlap() => _mustOverlap = true;

    /// <summary>Occurrences are skipped because of what happens to the job.</summary>
    public void Skip(SkipReason why)
    {
        if (why is SkipReason.Paused or SkipReason.Updated or SkipReason.Cancelled or SkipReason.Deleted)
            _why = why;
    }

    public void Read(string name, JobEvent fact, bool isFull)
    {
        if (fact is JobScheduled)
        {
            gaps.Check(!_mustOverlap || isFull, $"{name} comes after a skip as overlap, and no run is active that it overlaps");
            _mustOverlap = false;
        }
        else if (fact is not (RunCancelled or OccurrencesSkipped))
        {
            gaps.Check(_why is not { } why || Brings(fact, why), $"{name} comes after a skip as {_why}, and is not the reason for it");
            gaps.Check(!_mustPause || fact is JobPaused or JobCompleted, $"{name} comes though so many runs were discarded that the job must pause");
            _why = null;
            _mustPause = false;
        }
    }

    public void Conclude()
    {
        gaps.Check(_why is null, $"The facts end after a skip as {_why}, and without the reason for it");
        gaps.Check(!_mustPause, $"The facts end though so many runs were discarded that the job must pause");
    }

    private static bool Brings(JobEvent fact, SkipReason why) => why switch
    {
        SkipReason.Paused => fact is JobPaused or JobResumed,
        SkipReason.Updated => fact is JobUpdated,
        SkipReason.Cancelled => fact is JobCancelled,
        _ => fact is JobDeleted,
    };
}
