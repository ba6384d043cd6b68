using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Definition;

/// <summary>What becomes of missed and failed runs.</summary>
internal static class PolicyMembers
{
    private const double MaxFactor = 100;

    private static readonly TimeSpan MaxWindow = TimeSpan.FromDays(3650);

    private static readonly TimeSpan MaxRetryDelay = TimeSpan.FromDays(30);

    private static readonly Condition<MisfirePolicy> FireAll = new(
        "policy", Words.MisfireKinds.Of(MisfireKind.FireAll), p => Words.MisfireKinds.Of(p.Kind));

    private static readonly Condition<RetryPolicy> Exponential = new(
        "backoff", Words.Backoffs.Of(Backoff.Exponential), p => Words.Backoffs.Of(p.Backoff));

    /// <summary>What becomes of occurrences that could not start in time.</summary>
    public static readonly Declaration<MisfirePolicy> Misfire = new Declaration<MisfirePolicy>(
        Components.Misfire, "What becomes of occurrences that could not start in time.", MisfirePolicy.Default)
        .Defaulted(
            "policy",
            Kinds.Word(Words.MisfireKinds),
            "`fire_once`: the latest is run. `fire_all`: all are. `skip`: none is.",
            p => p.Kind,
            (p, kind) => p with { Kind = kind })
        .Optional(
            "window",
            Kinds.Duration(TimeSpan.FromMilliseconds(1), MaxWindow),
            "With `fire_all`: what is older is skipped. Left out, nothing is too old.",
            p => p.Window,
            (p, window) => p with { Window = window },
            onlyWith: FireAll)
        .Defaulted(
            "limit",
            Kinds.Whole(1, MisfirePolicy.MaxLimit),
            $"With `fire_all`: how many are run at most, the latest. Left out, {MisfirePolicy.DefaultLimit}.",
            p => p.Limit,
            (p, limit) => p with { Limit = limit },
            onlyWith: FireAll);

    /// <summary>How often a run is tried.</summary>
    public static readonly Declaration<RetryPolicy> Retry = new Declaration<RetryPolicy>(
        Components.Retry, "How often a run is tried.", RetryPolicy.Default)
        .Defaulted(
            "max_attempts",
            Kinds.Whole(1, RetryPolicy.MaxAttemptsLimit),
            "The first one counts.",
            p => p.MaxAttempts,
            (p, attempts) => p with { MaxAttempts = attempts })
        .Defaulted(
            "backoff",
            Kinds.Word(Words.Backoffs),
            "How the delays grow. Exponential ones are up to a fifth shorter, by the run's id.",
            p => p.Backoff,
            (p, backoff) => p with { Backoff = backoff })
        .Defaulted(
            "initial",
            Kinds.Duration(TimeSpan.Zero, MaxRetryDelay),
            "The delay before the first retry.",
            p => p.Initial,
            (p, initial) => p with { Initial = initial })
        .Defaulted(
            "factor",
            Kinds.Fraction(1, MaxFactor),
            $"With `exponential`: how many times the delay before each delay is. Left out, {RetryPolicy.DefaultFactor}.",
            p => p.Factor,
            (p, factor) => p with { Factor = factor },
            onlyWith: Exponential)
        .Defaulted(
            "max",
            Kinds.Duration(TimeSpan.Zero, MaxRetryDelay),
            $"With `exponential`: the longest delay, not below `initial`. Left out, {DurationText.Format(RetryPolicy.DefaultMax)}, or `initial` where that is longer.",
            p => p.Max,
            (p, max) => p with { Max = max },
            onlyWith: Exponential)
        .Completed((reader, policy) =>
        {
            if (policy.Backoff is Backoff.Fixed || policy.Max >= policy.Initial)
                return policy;
            if (!reader.TryGet("max", out _))
                return policy with { Max = policy.Initial };
            reader.Error("max", "must not be below initial");
            return policy;
        });
}
