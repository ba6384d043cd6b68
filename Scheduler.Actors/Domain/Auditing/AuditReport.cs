namespace Scheduler.Actors.Domain.Auditing;

/// <summary>What a job's facts prove: how each of its occurrences ended, and what is missing or wrong.</summary>
public sealed record AuditReport
{
    /// <summary>Whether every occurrence is accounted for, and no rule was broken.</summary>
    public bool Clean => Gaps.Count == 0;

    /// <summary>How many fire times have come; requested runs are none. Null when there are too many to count.</summary>
    public long? Occurrences { get; init; }

    /// <summary>How many of them became runs that completed.</summary>
    public long Completed { get; init; }

    /// <summary>How many became runs that were discarded.</summary>
    public long Discarded { get; init; }

    /// <summary>How many became runs that were cancelled.</summary>
    public long Cancelled { get; init; }

    /// <summary>How many a skip covers; null when there are too many to count.</summary>
    public long? Skipped { get; init; }

    /// <summary>How many are active, wait, or are still to be resolved; at least that many where <see cref="Occurrences"/> is null.</summary>
    public long Open { get; init; }

    /// <summary>What is missing or wrong, each in a sentence, in the order in which it was found; only the first hundred.</summary>
    public ValueList<string> Gaps { get; init; } = [];
}
