namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// A fact about a job, as its journal keeps it. A closed hierarchy; shapes are extend-only, because data outlives code: members may be
/// added with a default that means what their absence meant before, never renamed, retyped or removed.
/// </summary>
public abstract record JobEvent
{
    private protected JobEvent()
    {
    }

    /// <summary>When it happened, a whole millisecond, never before the event in front of it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// What the node's clock showed when it was decided, where that is before <see cref="At"/>: the clock had been ahead, and was set back. Null
    /// otherwise.
    /// </summary>
    public DateTimeOffset? Clock { get; init; }

    /// <summary>When it was decided, by the clock of then: what durations are counted from. May lie before that of the event in front of it.</summary>
    public DateTimeOffset DecidedAt => Clock ?? At;

    /// <summary>Who asked for it; null where nobody did, or nobody is known.</summary>
    public string? By { get; init; }

    /// <summary>The idempotency key of the command that led to it.</summary>
    public string? Key { get; init; }

    /// <summary>
    /// SHA-256 of the body that the command came with, in hex, where it has a <see cref="Key"/>: another body under the same key is refused. Null in
    /// facts of before it was kept (but of a creation, which always did), and then any body is taken for the same.
    /// </summary>
    public string? BodyHash { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the command that led to it.</summary>
    public string? Trace { get; init; }

    /// <summary>Why, in the words of whoever asked for it.</summary>
    public string? Reason { get; init; }
}

/// <summary>The job exists from here on. Comes again when a deleted or cancelled id is put anew.</summary>
public sealed record JobCreated : JobEvent
{
    /// <summary>The definition, resolved.</summary>
    public required JobDefinition Definition { get; init; }

    /// <summary>How many creations and schedule changes this id has seen, this one included: part of every run id.</summary>
    public required int Generation { get; init; }
}

/// <summary>What is still to come, after the events in front of it: the whole plan each time, so that a reader computes no fire times.</summary>
public sealed record JobScheduled : JobEvent
{
    /// <summary>The last fire time that is resolved; null when none is.</summary>
    public DateTimeOffset? Cursor { get; init; }

    /// <summary>The next nominal instant; null when the schedule yields no more.</summary>
    public DateTimeOffset? NextFireTime { get; init; }

    /// <summary>When the next run is due: the nominal instant, or a little later by jitter.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The one fire time that waits for the run before it.</summary>
    public DateTimeOffset? Buffered { get; init; }

    /// <summary>Missed fire times that will be run, oldest first.</summary>
    public ValueList<DateTimeOffset> CatchUp { get; init; } = [];

    /// <summary>What the plan was made with, where fire times depend on a time zone; null where they do not, and in plans from before it was said.</summary>
    public ZonePlan? Zone { get; init; }
}

/// <summary>The definition is another one from here on.</summary>
public sealed record JobUpdated : JobEvent
{
    /// <summary>The whole new definition, resolved.</summary>
    public required JobDefinition Definition { get; init; }

    /// <summary>The job's <c>g</c> after it: one more when the schedule changed.</summary>
    public required int Generation { get; init; }
}

/// <summary>No fire time becomes a run until the job is resumed.</summary>
public sealed record JobPaused : JobEvent;

/// <summary>The pause is over.</summary>
public sealed record JobResumed : JobEvent;

/// <summary>The job will never run again, unless it is put anew.</summary>
public sealed record JobCancelled : JobEvent;

/// <summary>Nothing is left to do, whatever became of the last run.</summary>
public sealed record JobCompleted : JobEvent;

/// <summary>The job is gone for its clients; its history stays.</summary>
public sealed record JobDeleted : JobEvent;

/// <summary>A run was asked for by a trigger. Its id holds this event's version. Stored before the request is answered.</summary>
public sealed record RunRequested : JobEvent
{
    /// <summary>The run that was promised.</summary>
    public required RunId RunId { get; init; }
}

/// <summary>How an attempt came about, and so what it consumes.</summary>
public enum AttemptKind
{
    /// <summary>The next fire time has come.</summary>
    Scheduled,

    /// <summary>A buffered fire time's turn has come.</summary>
    Buffered,

    /// <summary>A missed fire time's turn has come.</summary>
    CatchUp,

    /// <summary>A requested run's turn has come.</summary>
    Requested,

    /// <summary>An earlier attempt of the same run failed, or was lost.</summary>
    Retry,
}

/// <summary>
/// An attempt may call its target from here on, and not before <see cref="DueAt"/>. Stored before the call: what starts is in the
/// journal first.
/// </summary>
public sealed record AttemptStarted : JobEvent
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }

    /// <summary>1-based; rises by one with each attempt of the run, also after one that never began.</summary>
    public required int Number { get; init; }

    /// <summary>How it came about.</summary>
    public required AttemptKind Kind { get; init; }

    /// <summary>The nominal instant; for a requested run, when it was requested.</summary>
    public required DateTimeOffset FireTime { get; init; }

    /// <summary>When this attempt is due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>The node that runs it.</summary>
    public required WorkerNode Node { get; init; }
}

/// <summary>What ended an attempt, and how long it took.</summary>
/// <param name="StartedAt">When the target was called, a whole millisecond; null when it was not, or nobody knows.</param>
/// <param name="Lateness">How long after its due time the target was called.</param>
/// <param name="Duration">How long the call took.</param>
public sealed record AttemptTiming(DateTimeOffset? StartedAt, TimeSpan? Lateness, TimeSpan? Duration)
{
    /// <summary>Nothing is known.</summary>
    public static AttemptTiming Unknown { get; } = new(null, null, null);
}

/// <summary>In what way an attempt failed.</summary>
public enum FailureKind
{
    /// <summary>The target said so, or could not be reached.</summary>
    Failed,

    /// <summary>It took longer than the job's time-out.</summary>
    TimedOut,
}

/// <summary>The attempt ended without success.</summary>
public sealed record AttemptFailed : JobEvent
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Number { get; init; }

    /// <summary>In what way.</summary>
    public required FailureKind Kind { get; init; }

    /// <summary>What went wrong, bounded in length.</summary>
    public required string Error { get; init; }

    /// <summary>Whether the target allows another attempt.</summary>
    public required bool Retryable { get; init; }

    /// <summary>When the next attempt is due; null when there is none.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>How it went in time.</summary>
    public AttemptTiming Timing { get; init; } = AttemptTiming.Unknown;
}

/// <summary>What is known of an attempt whose node has no outcome for it.</summary>
public enum AttemptLoss
{
    /// <summary>The target was not called: the attempt does not count against the retry policy.</summary>
    NotBegun,

    /// <summary>The target may have been called.</summary>
    Unknown,
}

/// <summary>The attempt's outcome will never be known.</summary>
public sealed record AttemptLost : JobEvent
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }

    /// <summary>The attempt.</summary>
    public required int Number { get; init; }

    /// <summary>What is known.</summary>
    public required AttemptLoss Loss { get; init; }

    /// <summary>When the next attempt is due; null when there is none.</summary>
    public DateTimeOffset? RetryAt { get; init; }
}

/// <summary>The run reached its target's success.</summary>
public sealed record RunCompleted : JobEvent
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }

    /// <summary>The attempt that succeeded.</summary>
    public required int Number { get; init; }

    /// <summary>What the target answered, bounded in size; null for nothing.</summary>
    public JsonText? Output { get; init; }

    /// <summary>How it went in time.</summary>
    public AttemptTiming Timing { get; init; } = AttemptTiming.Unknown;
}

/// <summary>The run is given up: its attempts are exhausted, or it must not be retried.</summary>
public sealed record RunDiscarded : JobEvent
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }
}

/// <summary>The run was stopped, or will not start, because somebody asked for that.</summary>
public sealed record RunCancelled : JobEvent
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }
}

/// <summary>Why an occurrence became no run.</summary>
public enum SkipReason
{
    /// <summary>It could not start in time, and the misfire policy does not keep it.</summary>
    Misfire,

    /// <summary>The run before it was still going.</summary>
    Overlap,

    /// <summary>The job was paused.</summary>
    Paused,

    /// <summary>It is older than the misfire policy's window.</summary>
    Window,

    /// <summary>More were missed than the misfire policy keeps.</summary>
    Limit,

    /// <summary>The schedule was changed.</summary>
    Updated,

    /// <summary>The job was cancelled.</summary>
    Cancelled,

    /// <summary>The job was deleted.</summary>
    Deleted,
}

/// <summary>Occurrences that became no runs: silence would be a bug.</summary>
public sealed record OccurrencesSkipped : JobEvent
{
    /// <summary>The first one's nominal instant.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>The last one's nominal instant.</summary>
    public required DateTimeOffset To { get; init; }

    /// <summary>How many; null when counting them would mean walking through them.</summary>
    public long? Count { get; init; }

    /// <summary>Why.</summary>
    public required SkipReason Why { get; init; }
}

/// <summary>
/// The whole state at this point, and what an audit proved of everything in front of it: whoever reads from here on needs nothing before it, which
/// may so be deleted. Changes nothing about the job.
/// </summary>
/// <remarks>Of a deleted job that nobody can ask for any more it is a tombstone: the id's counters, without its definition.</remarks>
public sealed record JobCheckpointed : JobEvent
{
    /// <summary>The state up to the event in front of this one.</summary>
    public required JobState State { get; init; }

    /// <summary>What became of the fire times up to here.</summary>
    public required AuditedPast Past { get; init; }
}

/// <summary>What an audit proved of a job's events since its creation, none of which broke a rule.</summary>
/// <param name="Completed">How many fire times became runs that completed.</param>
/// <param name="Discarded">How many became runs that were discarded.</param>
/// <param name="Cancelled">How many became runs that were cancelled.</param>
/// <param name="Skipped">How many were skipped, by reason, in the order of the reasons; none of those that never were.</param>
/// <param name="GenerationBegan">When the schedule in use began to be followed; null where the job has ended, and follows none.</param>
public sealed record AuditedPast(long Completed, long Discarded, long Cancelled, ValueList<SkippedPast> Skipped, DateTimeOffset? GenerationBegan);

/// <summary>How many fire times were skipped for one reason.</summary>
/// <param name="Why">The reason.</param>
/// <param name="Count">How many; null when they are too many to count.</param>
public sealed record SkippedPast(SkipReason Why, long? Count);
