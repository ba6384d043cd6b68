using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>One attempt of a run.</summary>
public sealed record AttemptView
{
    /// <summary>1-based.</summary>
    public required int Number { get; init; }

    /// <summary>When the target was called; while it runs, when the attempt was stored.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When its end was stored; null while it runs.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How it ended; null while it runs.</summary>
    public AttemptResult? Outcome { get; init; }

    /// <summary>What went wrong.</summary>
    public string? Error { get; init; }
}

/// <summary>A row of the runs view: one run, or one skip of any number of occurrences.</summary>
public sealed record RunView
{
    /// <summary>The run; for a skip, the id that the first skipped occurrence's run would have had.</summary>
    public required RunId RunId { get; init; }

    /// <summary>The job.</summary>
    public required JobId JobId { get; init; }

    /// <summary>What became of it.</summary>
    public required RunStatus Status { get; init; }

    /// <summary>Why, for what was skipped, discarded or cancelled.</summary>
    public string? Reason { get; init; }

    /// <summary>The nominal instant; for a requested run, when it was requested.</summary>
    public required DateTimeOffset FireTime { get; init; }

    /// <summary>When the first attempt was due.</summary>
    public DateTimeOffset? DueAt { get; init; }

    /// <summary>When a target was first called.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the run ended.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How long after its due time the target was first called.</summary>
    public TimeSpan? Lateness { get; init; }

    /// <summary>How long the last attempt took.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>What the target answered.</summary>
    public JsonText? Output { get; init; }

    /// <summary>What went wrong last.</summary>
    public string? Error { get; init; }

    /// <summary>How many occurrences a skip covers; null when nobody counted, and for runs.</summary>
    public long? Count { get; init; }

    /// <summary>Its attempts, oldest first.</summary>
    public ValueList<AttemptView> Attempts { get; init; } = [];

    /// <summary>The version of the job's event that it was last changed by: an older change is a no-op.</summary>
    public required long Version { get; init; }

    /// <summary>Whether nothing more will become of it.</summary>
    public bool HasEnded => Status is not (RunStatus.Pending or RunStatus.Running or RunStatus.Retrying);
}
