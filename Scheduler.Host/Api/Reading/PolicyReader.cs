using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads how a job is run: what becomes of missed and failed runs.</summary>
internal static class PolicyReader
{
    private const string Window = "window";
    private const string Limit = "limit";
    private const string Factor = "factor";
    private const string Max = "max";

    internal const double MaxFactor = 100;

    internal static readonly string[] MisfireFields = ["policy", Window, Limit];

    internal static readonly string[] RetryFields = ["max_attempts", "backoff", "initial", Factor, Max];

    internal static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);

    internal static readonly TimeSpan MaxWindow = TimeSpan.FromDays(3650);

    internal static readonly TimeSpan MaxRetryDelay = TimeSpan.FromDays(30);

    /// <summary>What becomes of occurrences that could not start in time; null when it is left out.</summary>
    public static MisfireContract? Misfire(ObjectReader reader)
    {
        if (!reader.TryObject("misfire", MisfireFields, out var misfire))
            return null;
        var policy = misfire.Word("policy", Words.MisfireKinds) ?? Words.MisfireKinds.Of(MisfirePolicy.Default.Kind);
        var contract = new MisfireContract
        {
            Policy = policy,
            Window = misfire.Duration(Window, Least, MaxWindow),
            Limit = misfire.Number(Limit, 1, MisfirePolicy.MaxLimit),
        };
        if (Words.MisfireKinds.Parse(policy) is not MisfireKind.FireAll)
            Refuse(misfire, [Window, Limit], $"goes only with the policy '{Words.MisfireKinds.Of(MisfireKind.FireAll)}', not with '{policy}'");
        return contract;
    }

    /// <summary>How often a run is tried; null when it is left out.</summary>
    public static RetryContract? Retry(ObjectReader reader)
    {
        if (!reader.TryObject("retry", RetryFields, out var retry))
            return null;
        var contract = new RetryContract
        {
            Backoff = retry.Word("backoff", Words.Backoffs) ?? Words.Backoffs.Of(Backoff.Fixed),
            MaxAttempts = retry.Number("max_attempts", 1, RetryPolicy.MaxAttemptsLimit) ?? RetryPolicy.Default.MaxAttempts,
            Initial = retry.Duration("initial", TimeSpan.Zero, MaxRetryDelay) ?? RetryPolicy.Default.Initial,
            Factor = retry.Fraction(Factor, 1, MaxFactor),
            Max = retry.Duration(Max, TimeSpan.Zero, MaxRetryDelay),
        };
        if (Words.Backoffs.Parse(contract.Backoff) is not Backoff.Exponential)
            Refuse(retry, [Factor, Max], $"goes only with the backoff '{Words.Backoffs.Of(Backoff.Exponential)}', not with '{contract.Backoff}'");
        else if (contract.Max < contract.Initial)
            retry.Error(Max, "must not be below initial");
        return contract;
    }

    private static void Refuse(ObjectReader reader, string[] names, string why)
    {
        foreach (var name in names)
        {
            if (reader.TryGet(name, out _))
                reader.Error(name, why);
        }
    }
}
