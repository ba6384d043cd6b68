using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
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

    /// <summary>Misfire policies by their words.</summary>
    public static readonly IReadOnlyDictionary<string, MisfireKind> MisfireKinds = Enum.GetValues<MisfireKind>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>Overlap policies by their words.</summary>
    public static readonly IReadOnlyDictionary<string, OverlapPolicy> OverlapPolicies = Enum.GetValues<OverlapPolicy>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>Kinds of backoff by their words.</summary>
    public static readonly IReadOnlyDictionary<string, Backoff> Backoffs = Enum.GetValues<Backoff>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>What becomes of fire times that a clock change leaves out, by their words.</summary>
    public static readonly IReadOnlyDictionary<string, DstGap> DstGaps = Enum.GetValues<DstGap>().ToDictionary(Of, StringComparer.Ordinal);

    /// <summary>What becomes of fire times that a clock change repeats, by their words.</summary>
    public static readonly IReadOnlyDictionary<string, DstOverlap> DstOverlaps = Enum.GetValues<DstOverlap>().ToDictionary(Of, StringComparer.Ordinal);

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

    /// <summary>The word for a misfire policy.</summary>
    public static string Of(MisfireKind kind) => kind switch
    {
        MisfireKind.FireOnce => "fire_once",
        MisfireKind.FireAll => "fire_all",
        MisfireKind.Skip => "skip",
        _ => throw new InvalidOperationException($"No word for {kind}."),
    };

    /// <summary>The word for an overlap policy.</summary>
    public static string Of(OverlapPolicy policy) => policy switch
    {
        OverlapPolicy.Skip => "skip",
        OverlapPolicy.BufferOne => "buffer_one",
        OverlapPolicy.Allow => "allow",
        OverlapPolicy.CancelRunning => "cancel_running",
        _ => throw new InvalidOperationException($"No word for {policy}."),
    };

    /// <summary>The word for a kind of backoff.</summary>
    public static string Of(Backoff backoff) => backoff switch
    {
        Backoff.Fixed => "fixed",
        Backoff.Exponential => "exponential",
        _ => throw new InvalidOperationException($"No word for {backoff}."),
    };

    /// <summary>The word for what becomes of fire times that a clock change leaves out.</summary>
    public static string Of(DstGap gap) => gap switch
    {
        DstGap.Shift => "shift",
        DstGap.Skip => "skip",
        _ => throw new InvalidOperationException($"No word for {gap}."),
    };

    /// <summary>The word for what becomes of fire times that a clock change repeats.</summary>
    public static string Of(DstOverlap overlap) => overlap switch
    {
        DstOverlap.First => "first",
        DstOverlap.Last => "last",
        DstOverlap.Both => "both",
        _ => throw new InvalidOperationException($"No word for {overlap}."),
    };
}
