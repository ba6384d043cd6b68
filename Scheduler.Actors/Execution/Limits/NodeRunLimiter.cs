using System.Threading.RateLimiting;
using Scheduler.Actors.Execution.Limits.Shared;

namespace Scheduler.Actors.Execution.Limits;

/// <summary>
/// The limits of one node: those that are configured, and the shares of its permits.
/// </summary>
/// <remarks>
/// A kind of target leaves an eighth of the permits to the other kinds, however many targets it has. A target may hold up to
/// <see cref="ShareOfFree"/> times as many permits as are free to its kind, and a concurrency key as many times as are free at all. So one alone holds
/// three quarters, four that hang hold 3/13 each and leave 1/13, and the more there are the less each of them gets: whoever comes next finds a free
/// one, which a fixed limit for each cannot promise (2026-11: four origins with 64 each held all 256, and nothing else started for 20 s). One that holds
/// none may always take a free one. A node with few permits (<see cref="LeastToShare"/>) has no shares: there each permit counts.
/// </remarks>
public sealed class NodeRunLimiter : IRunLimiter
{
    /// <summary>How many permits one target or key may hold for each one that is free.</summary>
    public const int ShareOfFree = 3;

    /// <summary>A kind of target leaves one permit in so many to the others.</summary>
    public const int ReserveOf = 8;

    /// <summary>With fewer permits than that there are no shares.</summary>
    public const int LeastToShare = 16;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly RunLimits _limits;
    private readonly int _permits;
    private readonly Dictionary<RunLimit, int> _running = [];
    private readonly Dictionary<string, TokenBucketRateLimiter> _rates = new(StringComparer.Ordinal);

    /// <summary>Those that were refused, by what their share is a share of: a kind's permits, or (empty) all of them.</summary>
    private readonly Dictionary<string, CrowdedShares> _crowded = new(StringComparer.Ordinal);

    private readonly LimitPlaces? _shared;

    private int _inUse;

    /// <summary>Nothing runs yet.</summary>
    /// <param name="limits">The configured limits.</param>
    /// <param name="permits">How many runs the node may have at once.</param>
    public NodeRunLimiter(RunLimits limits, int permits)
        : this(limits, permits, shared: null)
    {
    }

    /// <summary>Nothing runs yet.</summary>
    /// <param name="limits">The configured limits.</param>
    /// <param name="permits">How many runs the node may have at once.</param>
    /// <param name="shared">What the node holds of limits that are counted over all nodes; null where each node counts for itself.</param>
    internal NodeRunLimiter(RunLimits limits, int permits, LimitPlaces? shared)
    {
        ArgumentNullException.ThrowIfNull(limits);
        _limits = limits;
        _permits = permits;
        _shared = shared;
        if (shared is not null)
            return;
        foreach (var (target, limit) in limits.Targets)
        {
            if (limit.RunsPerSecond is { } rate)
                _rates.Add(target, Bucket(rate, limit.Burst));
        }
    }

    private bool HasShares => _permits >= LeastToShare;

    /// <inheritdoc />
    public RunRefusal? TryEnter(RunClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        if (_shared is null && claim.ConcurrencyKey is { } key && Running(new RunLimit(LimitOn.Key, key)) >= _limits.MaxRunsPerConcurrencyKey)
            return new RunRefusal(new RunLimit(LimitOn.Key, key), After: null);
        var target = new RunLimit(LimitOn.Target, claim.Target);
        if (Running(target) >= LimitOf(claim.Target))
            return new RunRefusal(target, After: null);
        if (HasShares && Crowds(claim) is { } limit)
            return new RunRefusal(limit, After: null);
        // Last: what it takes is not given back.
        if (_rates.TryGetValue(claim.Target, out var rate) && Wait(rate) is { } wait)
            return new RunRefusal(new RunLimit(LimitOn.Rate, claim.Target), wait);
        if (_shared is not null && FindRefusing(_shared, claim) is { } refusing)
            return new RunRefusal(refusing, After: null);
        _inUse++;
        Count(claim, 1);
        return null;
    }

    /// <inheritdoc />
    public void Enter(RunClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        _inUse++;
        Count(claim, 1);
        foreach (var limit in Shared(claim))
            _shared!.Take(limit);
    }

    /// <inheritdoc />
    public void Leave(RunClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        _inUse--;
        Count(claim, -1);
        foreach (var limit in Shared(claim))
            _shared!.Leave(limit);
    }

    /// <inheritdoc />
    public IEnumerable<RunLimit> LimitsOf(RunClaim claim)
    {
        ArgumentNullException.ThrowIfNull(claim);
        yield return new RunLimit(LimitOn.Kind, claim.Kind);
        yield return new RunLimit(LimitOn.Target, claim.Target);
        if (claim.ConcurrencyKey is { } key)
            yield return new RunLimit(LimitOn.Key, key);
    }

    /// <inheritdoc />
    public RunLimit? FindShareWithRoom()
    {
        foreach (var (pool, shares) in _crowded)
        {
            if (shares.Least is { } least && IsWithinShare(least.Running, Free(pool)))
                return least.Share;
        }

        return null;
    }

    /// <inheritdoc />
    public void Forget(RunLimit share)
    {
        if (_crowded.TryGetValue(PoolOf(share), out var shares))
            shares.Remove(share);
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

    /// <summary>Takes a place of each limit that is counted over all nodes, or none of any.</summary>
    /// <returns>The limit that has none; null when all are taken.</returns>
    private RunLimit? FindRefusing(LimitPlaces shared, RunClaim claim)
    {
        var taken = new List<RunLimit>();
        foreach (var limit in Shared(claim))
        {
            if (shared.TryTake(limit))
            {
                taken.Add(limit);
                continue;
            }

            foreach (var other in taken)
                shared.Return(other);
            return limit;
        }

        return null;
    }

    private IEnumerable<RunLimit> Shared(RunClaim claim) => _shared is null ? [] : SharedLimit.Of(claim, _limits);

    /// <summary>The share that a run would exceed; null for none.</summary>
    private RunLimit? Crowds(RunClaim claim)
    {
        if (FreeToKind(claim.Kind) <= 0)
            return new RunLimit(LimitOn.Kind, claim.Kind);
        if (Crowds(LimitOn.Target, LimitOn.TargetShare, claim.Target) is { } target)
            return target;
        return claim.ConcurrencyKey is { } key ? Crowds(LimitOn.Key, LimitOn.KeyShare, key) : null;
    }

    private RunLimit? Crowds(LimitOn counted, LimitOn share, string name)
    {
        var running = Running(new RunLimit(counted, name));
        var limit = new RunLimit(share, name);
        var pool = PoolOf(limit);
        if (IsWithinShare(running, Free(pool)))
            return null;
        if (!_crowded.TryGetValue(pool, out var shares))
            _crowded.Add(pool, shares = new CrowdedShares());
        shares.Set(limit, running);
        return limit;
    }

    private static bool IsWithinShare(int running, int free) => running == 0 ? free > 0 : running < ShareOfFree * free;

    private static string PoolOf(RunLimit share) => share.On is LimitOn.TargetShare ? RunClaim.KindOf(share.Name) : "";

    private int Free(string pool) => pool.Length == 0 ? _permits - _inUse : FreeToKind(pool);

    private int FreeToKind(string kind) =>
        Math.Min(_permits - _inUse, _permits - (_permits / ReserveOf) - Running(new RunLimit(LimitOn.Kind, kind)));

    private void Count(RunClaim claim, int more)
    {
        Count(new RunLimit(LimitOn.Kind, claim.Kind), more);
        Recount(LimitOn.TargetShare, claim.Target, Count(new RunLimit(LimitOn.Target, claim.Target), more));
        if (claim.ConcurrencyKey is { } key)
            Recount(LimitOn.KeyShare, key, Count(new RunLimit(LimitOn.Key, key), more));
    }

    private int Count(RunLimit limit, int more)
    {
        var running = Running(limit) + more;
        if (running <= 0)
            _running.Remove(limit);
        else
            _running[limit] = running;
        return running;
    }

    private void Recount(LimitOn share, string name, int running)
    {
        var limit = new RunLimit(share, name);
        if (_crowded.TryGetValue(PoolOf(limit), out var shares) && shares.Has(limit))
            shares.Set(limit, running);
    }

    private int? LimitOf(string target) => _limits.Targets.TryGetValue(target, out var own) && own.MaxConcurrentRuns is { } limit
        ? _shared is null ? limit : null
        : target.Contains("://", StringComparison.Ordinal) ? _limits.MaxRunsPerOrigin : null;

    private int Running(RunLimit limit) => _running.GetValueOrDefault(limit);
}
