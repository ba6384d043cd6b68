using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Host.Api.Reading;

/// <summary>The words that the API has for the domain's states: its own, so that renaming a type changes no contract.</summary>
internal static class Words
{
    /// <summary>Job statuses by their words.</summary>
    public static readonly IReadOnlyDictionary<string, JobStatus> JobStatuses = Enum.GetValues<JobStatus>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>Run statuses by their words.</summary>
    public static readonly IReadOnlyDictionary<string, RunStatus> RunStatuses = Enum.GetValues<RunStatus>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>Sort orders by their words.</summary>
    public static readonly IReadOnlyDictionary<string, JobSort> JobSorts = Enum.GetValues<JobSort>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>The word for a job's status.</summary>
    public static string Of(JobStatus status) => status switch
    {
        JobStatus.Cancelled => "cancelled",
        JobStatus.Paused => "paused",
        JobStatus.Running => "running",
        JobStatus.Pending => "pending",
        JobStatus.Failed => "failed",
        JobStatus.Completed => "completed",
        _ => throw new InvalidOperationException($"No word for {status}."),
    };

    /// <summary>The word for a run's status.</summary>
    public static string Of(RunStatus status) => status switch
    {
        RunStatus.Pending => "pending",
        RunStatus.Running => "running",
        RunStatus.Retrying => "retrying",
        RunStatus.Completed => "completed",
        RunStatus.Discarded => "discarded",
        RunStatus.Cancelled => "cancelled",
        RunStatus.Skipped => "skipped",
        _ => throw new InvalidOperationException($"No word for {status}."),
    };

    /// <summary>The word for how an attempt ended.</summary>
    public static string Of(AttemptResult result) => result switch
    {
        AttemptResult.Succeeded => "succeeded",
        AttemptResult.Failed => "failed",
        AttemptResult.TimedOut => "timed_out",
        AttemptResult.Lost => "lost",
        AttemptResult.Cancelled => "cancelled",
        _ => throw new InvalidOperationException($"No word for {result}."),
    };

    /// <summary>The word for an order of jobs.</summary>
    public static string Of(JobSort sort) => sort switch
    {
        JobSort.CreatedAt => "created_at",
        JobSort.CreatedAtDescending => "-created_at",
        _ => throw new InvalidOperationException($"No word for {sort}."),
    };
}
