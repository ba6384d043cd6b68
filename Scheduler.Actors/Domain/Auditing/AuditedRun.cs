using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>A run that has started and not ended, as far as an audit has read.</summary>
internal sealed class AuditedRun(bool isOccurrence)
{
    /// <summary>Whether it is the run of a fire time, not of a request.</summary>
    public bool IsOccurrence { get; } = isOccurrence;

    /// <summary>How many attempts have started.</summary>
    public int Attempts { get; set; }

    /// <summary>How many of them count against the retry policy.</summary>
    public int Counted { get; set; }

    /// <summary>Whether an attempt runs.</summary>
    public bool IsRunning { get; set; }

    /// <summary>When the latest attempt was due.</summary>
    public DateTimeOffset DueAt { get; set; }

    /// <summary>When the next attempt is due; null when none was promised.</summary>
    public DateTimeOffset? RetryAt { get; set; }

    /// <summary>When the latest attempt was found lost; null while it runs, and when it was not.</summary>
    public DateTimeOffset? LostAt { get; set; }

    /// <summary>When the latest attempt ended without success, by the clock of then; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Whether it can do nothing but end: no attempt runs, and none will.</summary>
    public bool MustEnd => !IsRunning && RetryAt is null;
}

/// <summary>How many occurrences became runs that ended so.</summary>
internal sealed class RunTotals
{
    public long Completed { get; private set; }

    public long Discarded { get; private set; }

    public long Cancelled { get; private set; }

    /// <summary>Goes on from a checkpoint.</summary>
    public void Resume(AuditedPast past) => (Completed, Discarded, Cancelled) = (past.Completed, past.Discarded, past.Cancelled);

    public void Count(RunOutcome outcome) => _ = outcome switch
    {
        RunOutcome.Completed => Completed++,
        RunOutcome.Discarded => Discarded++,
        _ => Cancelled++,
    };
}
