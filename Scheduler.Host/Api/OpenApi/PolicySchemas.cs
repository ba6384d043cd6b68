using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What becomes of missed and failed runs.</summary>
internal static class PolicySchemas
{
    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        yield return new(Components.Misfire, Shape.Closed(
            "What becomes of occurrences that could not start in time.",
            required: [],
            PolicyReader.MisfireFields.Select(f => KeyValuePair.Create(f, Shape.OrNull(OfMisfire(f))))));
        yield return new(Components.Retry, Shape.Closed(
            "How often a run is tried.",
            required: [],
            PolicyReader.RetryFields.Select(f => KeyValuePair.Create(f, Shape.OrNull(OfRetry(f))))));
    }

    private static OpenApiSchema OfMisfire(string name) => name switch
    {
        "policy" => Shape.Word(
            "`fire_once`: the latest is run. `fire_all`: all are. `skip`: none is.",
            Words.MisfireKinds.All,
            Words.MisfireKinds.Of(MisfirePolicy.Default.Kind)),
        "window" => Shape.Duration("With `fire_all`: what is older is skipped. Left out, nothing is too old.", PolicyReader.Least, PolicyReader.MaxWindow),
        "limit" => Shape.Whole("With `fire_all`: how many are run at most, the latest.", 1, MisfirePolicy.MaxLimit, MisfirePolicy.DefaultLimit),
        _ => throw new InvalidOperationException($"No shape for a misfire policy's '{name}'."),
    };

    private static OpenApiSchema OfRetry(string name) => name switch
    {
        "max_attempts" => Shape.Whole("The first one counts.", 1, RetryPolicy.MaxAttemptsLimit, RetryPolicy.Default.MaxAttempts),
        "backoff" => Shape.Word("How the delays grow. Exponential ones are up to a fifth shorter, by the run's id.", Words.Backoffs.All, Words.Backoffs.Of(Backoff.Fixed)),
        "initial" => Shape.Duration("The delay before the first retry.", TimeSpan.Zero, PolicyReader.MaxRetryDelay, RetryPolicy.Default.Initial),
        "factor" => Shape.Fraction("With `exponential`: how many times the delay before each delay is.", 1, PolicyReader.MaxFactor, RetryPolicy.DefaultFactor),
        "max" => Shape.Duration(
            "With `exponential`: the longest delay, not below `initial`.", TimeSpan.Zero, PolicyReader.MaxRetryDelay, RetryPolicy.DefaultMax),
        _ => throw new InvalidOperationException($"No shape for a retry policy's '{name}'."),
    };
}
