using System.Runtime.Serialization;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Serialization;

/// <summary>
/// The names that enum values are stored under. Explicit both ways: renaming a value in the domain must not change data, and a value that
/// a newer release wrote must not be taken for another.
/// </summary>
internal static class EnumNames
{
    public static string Of(AttemptKind value) => value switch
    {
        AttemptKind.Scheduled => "scheduled",
        AttemptKind.Buffered => "buffered",
        AttemptKind.CatchUp => "catch_up",
        AttemptKind.Requested => "requested",
        AttemptKind.Retry => "retry",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static AttemptKind ToAttemptKind(string? name) => name switch
    {
        "scheduled" => AttemptKind.Scheduled,
        "buffered" => AttemptKind.Buffered,
        "catch_up" => AttemptKind.CatchUp,
        "requested" => AttemptKind.Requested,
        "retry" => AttemptKind.Retry,
        _ => throw Unknown("attempt kind", name),
    };

    public static string Of(FailureKind value) => value switch
    {
        FailureKind.Failed => "failed",
        FailureKind.TimedOut => "timed_out",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static FailureKind ToFailureKind(string? name) => name switch
    {
        "failed" => FailureKind.Failed,
        "timed_out" => FailureKind.TimedOut,
        _ => throw Unknown("failure kind", name),
    };

    public static string Of(AttemptLoss value) => value switch
    {
        AttemptLoss.NotBegun => "not_begun",
        AttemptLoss.Unknown => "unknown",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static AttemptLoss ToAttemptLoss(string? name) => name switch
    {
        "not_begun" => AttemptLoss.NotBegun,
        "unknown" => AttemptLoss.Unknown,
        _ => throw Unknown("attempt loss", name),
    };

    public static string Of(SkipReason value) => value switch
    {
        SkipReason.Misfire => "misfire",
        SkipReason.Overlap => "overlap",
        SkipReason.Paused => "paused",
        SkipReason.Window => "window",
        SkipReason.Limit => "limit",
        SkipReason.Updated => "updated",
        SkipReason.Cancelled => "cancelled",
        SkipReason.Deleted => "deleted",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static SkipReason ToSkipReason(string? name) => name switch
    {
        "misfire" => SkipReason.Misfire,
        "overlap" => SkipReason.Overlap,
        "paused" => SkipReason.Paused,
        "window" => SkipReason.Window,
        "limit" => SkipReason.Limit,
        "updated" => SkipReason.Updated,
        "cancelled" => SkipReason.Cancelled,
        "deleted" => SkipReason.Deleted,
        _ => throw Unknown("skip reason", name),
    };

    public static string Of(RunOutcome value) => value switch
    {
        RunOutcome.Completed => "completed",
        RunOutcome.Discarded => "discarded",
        RunOutcome.Cancelled => "cancelled",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static RunOutcome ToRunOutcome(string? name) => name switch
    {
        "completed" => RunOutcome.Completed,
        "discarded" => RunOutcome.Discarded,
        "cancelled" => RunOutcome.Cancelled,
        _ => throw Unknown("run outcome", name),
    };

    public static string Of(KeyUse value) => value switch
    {
        KeyUse.Create => "create",
        KeyUse.Update => "update",
        KeyUse.Trigger => "trigger",
        KeyUse.Pause => "pause",
        KeyUse.Resume => "resume",
        KeyUse.Cancel => "cancel",
        KeyUse.CancelRun => "cancel_run",
        KeyUse.Delete => "delete",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static KeyUse ToKeyUse(string? name) => name switch
    {
        "create" => KeyUse.Create,
        "update" => KeyUse.Update,
        "trigger" => KeyUse.Trigger,
        "pause" => KeyUse.Pause,
        "resume" => KeyUse.Resume,
        "cancel" => KeyUse.Cancel,
        "cancel_run" => KeyUse.CancelRun,
        "delete" => KeyUse.Delete,
        _ => throw Unknown("use of an idempotency key", name),
    };

    public static string Of(DstGap value) => value switch
    {
        DstGap.Shift => "shift",
        DstGap.Skip => "skip",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static DstGap ToDstGap(string? name) => name switch
    {
        "shift" => DstGap.Shift,
        "skip" => DstGap.Skip,
        _ => throw Unknown("DST gap policy", name),
    };

    public static string Of(DstOverlap value) => value switch
    {
        DstOverlap.First => "first",
        DstOverlap.Last => "last",
        DstOverlap.Both => "both",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static DstOverlap ToDstOverlap(string? name) => name switch
    {
        "first" => DstOverlap.First,
        "last" => DstOverlap.Last,
        "both" => DstOverlap.Both,
        _ => throw Unknown("DST overlap policy", name),
    };

    public static string Of(DayMatch? value) => value switch
    {
        null => "unsaid",
        DayMatch.Both => "both",
        DayMatch.Either => "either",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static DayMatch? ToDayMatch(string? name) => name switch
    {
        "unsaid" => null,
        "both" => DayMatch.Both,
        "either" => DayMatch.Either,
        _ => throw Unknown("match of days", name),
    };

    public static string Of(OverlapPolicy value) => value switch
    {
        OverlapPolicy.Skip => "skip",
        OverlapPolicy.BufferOne => "buffer_one",
        OverlapPolicy.Allow => "allow",
        OverlapPolicy.CancelRunning => "cancel_running",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static OverlapPolicy ToOverlapPolicy(string? name) => name switch
    {
        "skip" => OverlapPolicy.Skip,
        "buffer_one" => OverlapPolicy.BufferOne,
        "allow" => OverlapPolicy.Allow,
        "cancel_running" => OverlapPolicy.CancelRunning,
        _ => throw Unknown("overlap policy", name),
    };

    public static string Of(MisfireKind value) => value switch
    {
        MisfireKind.FireOnce => "fire_once",
        MisfireKind.FireAll => "fire_all",
        MisfireKind.Skip => "skip",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static MisfireKind ToMisfireKind(string? name) => name switch
    {
        "fire_once" => MisfireKind.FireOnce,
        "fire_all" => MisfireKind.FireAll,
        "skip" => MisfireKind.Skip,
        _ => throw Unknown("misfire policy", name),
    };

    public static string Of(Backoff value) => value switch
    {
        Backoff.Fixed => "fixed",
        Backoff.Exponential => "exponential",
        _ => throw new SerializationException($"No name for {value}."),
    };

    public static Backoff ToBackoff(string? name) => name switch
    {
        "fixed" => Backoff.Fixed,
        "exponential" => Backoff.Exponential,
        _ => throw Unknown("backoff", name),
    };

    private static SerializationException Unknown(string what, string? name) => new($"'{name}' is no {what} that this release knows.");
}
