using System.Runtime.Serialization;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>The names that the views keep enum values under.</summary>
internal static class ViewNames
{
    public static string Of(JobStatus status) => status switch
    {
        JobStatus.Cancelled => "cancelled",
        JobStatus.Paused => "paused",
        JobStatus.Running => "running",
        JobStatus.Pending => "pending",
        JobStatus.Failed => "failed",
        JobStatus.Completed => "completed",
        _ => throw new SerializationException($"No name for {status}."),
    };

    public static string Of(RunStatus status) => status switch
    {
        RunStatus.Pending => "pending",
        RunStatus.Running => "running",
        RunStatus.Retrying => "retrying",
        RunStatus.Completed => "completed",
        RunStatus.Discarded => "discarded",
        RunStatus.Cancelled => "cancelled",
        RunStatus.Skipped => "skipped",
        _ => throw new SerializationException($"No name for {status}."),
    };

    public static RunStatus ToRunStatus(string name) => name switch
    {
        "pending" => RunStatus.Pending,
        "running" => RunStatus.Running,
        "retrying" => RunStatus.Retrying,
        "completed" => RunStatus.Completed,
        "discarded" => RunStatus.Discarded,
        "cancelled" => RunStatus.Cancelled,
        "skipped" => RunStatus.Skipped,
        _ => throw new SerializationException($"'{name}' is no run status that this release knows."),
    };

    public static string Of(AttemptResult result) => result switch
    {
        AttemptResult.Succeeded => "succeeded",
        AttemptResult.Failed => "failed",
        AttemptResult.TimedOut => "timed_out",
        AttemptResult.Lost => "lost",
        AttemptResult.Cancelled => "cancelled",
        _ => throw new SerializationException($"No name for {result}."),
    };

    public static AttemptResult ToAttemptResult(string name) => name switch
    {
        "succeeded" => AttemptResult.Succeeded,
        "failed" => AttemptResult.Failed,
        "timed_out" => AttemptResult.TimedOut,
        "lost" => AttemptResult.Lost,
        "cancelled" => AttemptResult.Cancelled,
        _ => throw new SerializationException($"'{name}' is no attempt outcome that this release knows."),
    };
}
