using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Serialization;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain;

/// <summary>
/// The one table of what enum values are called wherever they are text: in requests and answers, in events, in views. The words are data,
/// so renaming a value in the code changes none of them, and a word that is there is never changed.
/// </summary>
public static class Words
{
    /// <summary>What a job is doing.</summary>
    public static readonly Words<JobStatus> JobStatuses = new(
        "job status",
        (JobStatus.Cancelled, "cancelled"),
        (JobStatus.Paused, "paused"),
        (JobStatus.Running, "running"),
        (JobStatus.Pending, "pending"),
        (JobStatus.Failed, "failed"),
        (JobStatus.Completed, "completed"));

    /// <summary>How a run stands.</summary>
    public static readonly Words<RunStatus> RunStatuses = new(
        "run status",
        (RunStatus.Pending, "pending"),
        (RunStatus.Running, "running"),
        (RunStatus.Retrying, "retrying"),
        (RunStatus.Completed, "completed"),
        (RunStatus.Discarded, "discarded"),
        (RunStatus.Cancelled, "cancelled"),
        (RunStatus.Skipped, "skipped"));

    /// <summary>How an attempt ended.</summary>
    public static readonly Words<AttemptResult> AttemptResults = new(
        "attempt outcome",
        (AttemptResult.Succeeded, "succeeded"),
        (AttemptResult.Failed, "failed"),
        (AttemptResult.TimedOut, "timed_out"),
        (AttemptResult.Lost, "lost"),
        (AttemptResult.Cancelled, "cancelled"));

    /// <summary>How a run ended.</summary>
    public static readonly Words<RunOutcome> RunOutcomes = new(
        "run outcome",
        (RunOutcome.Completed, "completed"),
        (RunOutcome.Discarded, "discarded"),
        (RunOutcome.Cancelled, "cancelled"));

    /// <summary>The kinds of targets.</summary>
    public static readonly Words<TargetKind> TargetKinds = new(
        "kind of target",
        (TargetKind.Handler, "handler"),
        (TargetKind.Http, "http"),
        (TargetKind.Amqp, "amqp"));

    /// <summary>Why an attempt was started.</summary>
    public static readonly Words<AttemptKind> AttemptKinds = new(
        "attempt kind",
        (AttemptKind.Scheduled, "scheduled"),
        (AttemptKind.Buffered, "buffered"),
        (AttemptKind.CatchUp, "catch_up"),
        (AttemptKind.Requested, "requested"),
        (AttemptKind.Retry, "retry"));

    /// <summary>How an attempt failed.</summary>
    public static readonly Words<FailureKind> FailureKinds = new(
        "failure kind",
        (FailureKind.Failed, "failed"),
        (FailureKind.TimedOut, "timed_out"));

    /// <summary>What is known of an attempt that was lost.</summary>
    public static readonly Words<AttemptLoss> AttemptLosses = new(
        "attempt loss",
        (AttemptLoss.NotBegun, "not_begun"),
        (AttemptLoss.Unknown, "unknown"));

    /// <summary>Why occurrences became no runs.</summary>
    public static readonly Words<SkipReason> SkipReasons = new(
        "skip reason",
        (SkipReason.Misfire, "misfire"),
        (SkipReason.Overlap, "overlap"),
        (SkipReason.Paused, "paused"),
        (SkipReason.Window, "window"),
        (SkipReason.Limit, "limit"),
        (SkipReason.Updated, "updated"),
        (SkipReason.Cancelled, "cancelled"),
        (SkipReason.Deleted, "deleted"));

    /// <summary>What an idempotency key was used for.</summary>
    public static readonly Words<KeyUse> KeyUses = new(
        "use of an idempotency key",
        (KeyUse.Create, "create"),
        (KeyUse.Update, "update"),
        (KeyUse.Trigger, "trigger"),
        (KeyUse.Pause, "pause"),
        (KeyUse.Resume, "resume"),
        (KeyUse.Cancel, "cancel"),
        (KeyUse.CancelRun, "cancel_run"),
        (KeyUse.Delete, "delete"));

    /// <summary>Which of the occurrences that could not start in time are run.</summary>
    public static readonly Words<MisfireKind> MisfireKinds = new(
        "misfire policy",
        (MisfireKind.FireOnce, "fire_once"),
        (MisfireKind.FireAll, "fire_all"),
        (MisfireKind.Skip, "skip"));

    /// <summary>What becomes of a fire time that comes while a run is active.</summary>
    public static readonly Words<OverlapPolicy> OverlapPolicies = new(
        "overlap policy",
        (OverlapPolicy.Skip, "skip"),
        (OverlapPolicy.BufferOne, "buffer_one"),
        (OverlapPolicy.Allow, "allow"),
        (OverlapPolicy.CancelRunning, "cancel_running"));

    /// <summary>How the delay before a retry grows.</summary>
    public static readonly Words<Backoff> Backoffs = new(
        "backoff",
        (Backoff.Fixed, "fixed"),
        (Backoff.Exponential, "exponential"));

    /// <summary>What becomes of fire times that a clock change leaves out.</summary>
    public static readonly Words<DstGap> DstGaps = new(
        "DST gap policy",
        (DstGap.Shift, "shift"),
        (DstGap.Skip, "skip"));

    /// <summary>What becomes of fire times that a clock change repeats.</summary>
    public static readonly Words<DstOverlap> DstOverlaps = new(
        "DST overlap policy",
        (DstOverlap.First, "first"),
        (DstOverlap.Last, "last"),
        (DstOverlap.Both, "both"));

    /// <summary>Which of its two day fields a cron rule must match.</summary>
    public static readonly Words<DayMatch> DayMatches = new(
        "match of days",
        (DayMatch.Both, "both"),
        (DayMatch.Either, "either"));
}

/// <summary>The words of one enum, both ways.</summary>
/// <typeparam name="T">The enum.</typeparam>
public sealed class Words<T>
    where T : struct, Enum
{
    private readonly string _what;
    private readonly FrozenDictionary<T, string> _words;
    private readonly FrozenDictionary<string, T> _values;

    /// <summary>Takes a word for each value.</summary>
    /// <param name="what">What the enum is, for error messages.</param>
    /// <param name="table">The values in the order in which people are told of them.</param>
    /// <exception cref="ArgumentException">A value has no word, or two, or a word stands for two values.</exception>
    public Words(string what, params (T Value, string Word)[] table)
    {
        _what = what;
        All = [.. table.Select(t => t.Word)];
        _words = table.ToFrozenDictionary(t => t.Value, t => t.Word);
        _values = table.ToFrozenDictionary(t => t.Word, t => t.Value, StringComparer.Ordinal);
        if (_words.Count != table.Length || _values.Count != table.Length || Enum.GetValues<T>().Any(v => !_words.ContainsKey(v)))
            throw new ArgumentException($"Not each {what} has one word of its own.", nameof(table));
    }

    /// <summary>All words, in the table's order.</summary>
    public IReadOnlyList<string> All { get; }

    /// <summary>The word for a value.</summary>
    public string Of(T value) => _words.TryGetValue(value, out var word) ? word : throw new SerializationException($"No word for {_what} {value}.");

    /// <summary>The value that a word stands for; false when it stands for none.</summary>
    public bool TryParse([NotNullWhen(true)] string? word, out T value)
    {
        value = default;
        return word is not null && _values.TryGetValue(word, out value);
    }

    /// <summary>The value that a stored word stands for.</summary>
    /// <exception cref="SerializationException">It stands for none: a newer release may have written it, and it must not be taken for another.</exception>
    public T Parse(string? word) => TryParse(word, out var value) ? value : throw new SerializationException($"'{word}' is no {_what} that this release knows.");
}
