using System.Threading.RateLimiting;

namespace Scheduler.Actors.Execution.Limits;

/// <summary>The limits of one node.</summary>
public sealed class NodeRunLimiter : IRunLimiter
{
    private const string TargetPrefix = "target ";
    private const string RatePrefix = "rate of ";
    private const string KeyPrefix = "concurrency key ";

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly RunLimits _limits;
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TokenBucketRateLimiter> _rates = new(StringComparer.Ordinal);

    /// <summary>Nothing runs yet.</summary>
    public NodeRunLimiter(RunLimits limits)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        foreach (var (target, limit) in limits.Targets)
        {
            if (limit.RunsPerSecond is { } rate)
                _rates.Add(target, Bucket(rate, limit.Burst));
        }
    }

    /// <inheritdoc />
    public RunRefusal? TryEnter(RunClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (claim.ConcurrencyKey is { } key && Running(KeyPrefix + key) >= _limits.MaxRunsPerConcurrencyKey)
            return new RunRefusal(KeyPrefix + key, After: null);
        if (Running(TargetPrefix + claim.Target) >= LimitOf(claim.Target))
            return new RunRefusal(TargetPrefix + claim.Target, After: null);
        // Last: what it takes is not given back.
        if (_rates.TryGetValue(claim.Target, out var rate) && Wait(rate) is { } wait)
            return new RunRefusal(RatePrefix + claim.Target, wait);
        Enter(claim);
        return null;
    }

    /// <inheritdoc />
    public void Enter(RunClaim claim)
    {
        foreach (var limit in LimitsOf(claim))
            _running[limit] = Running(limit) + 1;
    }

    /// <inheritdoc />
    public void Leave(RunClaim claim)
    {
        foreach (var limit in LimitsOf(claim))
        {
            if (Running(limit) <= 1)
                _running.Remove(limit);
            else
                _running[limit]--;
        }
    }

    /// <inheritdoc />
    public IEnumerable<string> LimitsOf(RunClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        yield return TargetPrefix + claim.Target;
        if (claim.ConcurrencyKey is { } key)
            yield return KeyPrefix + key;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var rate in _rates.Values)
            rate.Dispose();
    }

    private static TokenBucketRateLimiter Bucket(double rate, int burst) => new(new TokenBucketRateLimiterOptions
    {
        TokenLimit = burst,
        TokensPerPeriod = 1,
        ReplenishmentPeriod = TimeSpan.FromSeconds(1 / rate),
        QueueLimit = 0,
        // Whoever asks replenishes first: a timer for each target would do it whether anybody asks or not.
        AutoReplenishment = false,
    });

    private static TimeSpan? Wait(TokenBucketRateLimiter rate)
    {
        rate.TryReplenish();
        using var lease = rate.AttemptAcquire();
        if (lease.IsAcquired)
            return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var after) && after < LongestWait ? after : LongestWait;
    }

    private int? LimitOf(string target) => _limits.Targets.TryGetValue(target, out var own) && own.MaxConcurrentRuns is { } limit
        ? limit
        : target.Contains("://", StringComparison.Ordinal) ? _limits.MaxRunsPerOrigin : null;

    private int Running(string limit) => _running.GetValueOrDefault(limit);
}
