using Scheduler.Actors.Execution.Limits;

namespace Scheduler.Actors.Execution;

/// <summary>How runs are executed on a node: <c>Scheduler:Execution</c>.</summary>
public sealed record ExecutionOptions
{
    /// <summary>
    /// How many attempts run at once. At least 1. Below 100 the disk's fsync limits how many jobs fire each second, because an attempt
    /// holds its permit while its outcome is stored.
    /// </summary>
    public int MaxConcurrentRuns { get; init; } = 256;

    /// <summary>Limits of single targets and concurrency keys.</summary>
    public RunLimits Limits { get; init; } = new();

    /// <summary>How long a stopping node waits for running attempts.</summary>
    public TimeSpan DrainLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an attempt whose token was cancelled may take to notice, before it is abandoned.</summary>
    public TimeSpan CancellationGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a worker waits for its report's acknowledgement before it sends it again.</summary>
    public TimeSpan ReportInterval { get; init; } = TimeSpan.FromSeconds(5);
}
