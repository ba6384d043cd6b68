namespace Scheduler.Actors.Execution.Limits;

/// <summary>Limits beside <see cref="ExecutionOptions.MaxConcurrentRuns"/>, for each node.</summary>
public sealed record RunLimits
{
    /// <summary>
    /// Runs at once of one webhook's origin: a host that hangs holds no more permits than that, and the others have the rest. At least 1.
    /// </summary>
    public int MaxRunsPerOrigin { get; init; } = 64;

    /// <summary>Runs at once of the jobs with one concurrency key; null for no limit. At least 1.</summary>
    public int? MaxRunsPerConcurrencyKey { get; init; }

    /// <summary>Limits of single targets, by <see cref="RunClaim.Target"/>.</summary>
    public IReadOnlyDictionary<string, TargetLimit> Targets { get; init; } = new Dictionary<string, TargetLimit>(StringComparer.Ordinal);
}

/// <summary>Limits of one target.</summary>
public sealed record TargetLimit
{
    /// <summary>Runs at once; null for what holds for all. At least 1.</summary>
    public int? MaxConcurrentRuns { get; init; }

    /// <summary>Starts a second, above 0; null for no limit.</summary>
    public double? RunsPerSecond { get; init; }

    /// <summary>Starts at once after a pause, at least 1.</summary>
    public int Burst { get; init; } = 1;
}
