using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// A job's status, without the one difference that every run makes twice: whether it runs just now. So lists by status are read along the index
/// by creation, which recurring jobs are not written to again and one-off jobs once. The numbers are stored.
/// </summary>
internal enum Lane
{
    /// <summary>Pending or running.</summary>
    Open = 0,

    /// <summary>Paused.</summary>
    Paused = 1,

    /// <summary>Completed.</summary>
    Completed = 2,

    /// <summary>Failed.</summary>
    Failed = 3,

    /// <summary>Cancelled.</summary>
    Cancelled = 4,
}

/// <summary>Which lane a job is in.</summary>
internal static class Lanes
{
    public static Lane Of(JobStatus status) => status switch
    {
        JobStatus.Pending or JobStatus.Running => Lane.Open,
        JobStatus.Paused => Lane.Paused,
        JobStatus.Completed => Lane.Completed,
        JobStatus.Failed => Lane.Failed,
        JobStatus.Cancelled => Lane.Cancelled,
        _ => throw new InvalidOperationException($"No lane for {status}."),
    };
}
