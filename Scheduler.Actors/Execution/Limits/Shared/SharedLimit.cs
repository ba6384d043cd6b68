namespace Scheduler.Actors.Execution.Limits.Shared;

/// <summary>What is counted over all nodes, and how it is named between them.</summary>
internal static class SharedLimit
{
    private const string Key = "key:";
    private const string Target = "target:";
    private const string Rate = "rate:";

    /// <summary>How long what a node holds is its own when nobody hears it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);

    /// <summary>How often a node that holds something says so.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(2);

    /// <summary>The name of a limit; part of the protocol between nodes.</summary>
    public static string NameOf(RunLimit limit) => limit.On switch
    {
        LimitOn.Key => Key + limit.Name,
        LimitOn.Target => Target + limit.Name,
        LimitOn.Rate => Rate + limit.Name,
        _ => throw new InvalidOperationException($"{limit.On} is a node's own."),
    };

    /// <summary>The limit of that name; null for a name that a later version may know.</summary>
    public static RunLimit? Find(string name) =>
        name.StartsWith(Key, StringComparison.Ordinal) ? new RunLimit(LimitOn.Key, name[Key.Length..])
        : name.StartsWith(Target, StringComparison.Ordinal) ? new RunLimit(LimitOn.Target, name[Target.Length..])
        : name.StartsWith(Rate, StringComparison.Ordinal) ? new RunLimit(LimitOn.Rate, name[Rate.Length..])
        : null;

    /// <summary>The limits over all nodes that a run counts against: its key's, its target's where it has one of its own, its target's rate.</summary>
    public static IEnumerable<RunLimit> Of(RunClaim claim, RunLimits limits)
    {
        if (claim.ConcurrencyKey is { } key && limits.MaxRunsPerConcurrencyKey is not null)
            yield return new RunLimit(LimitOn.Key, key);
        if (!limits.Targets.TryGetValue(claim.Target, out var own))
            yield break;
        if (own.MaxConcurrentRuns is not null)
            yield return new RunLimit(LimitOn.Target, claim.Target);
        if (own.RunsPerSecond is not null)
            yield return new RunLimit(LimitOn.Rate, claim.Target);
    }

    /// <summary>The ledger of a limit, as this node is configured.</summary>
    public static LimitLedger Ledger(string id, RunLimit limit, RunLimits limits, DateTimeOffset now)
    {
        var own = limits.Targets.GetValueOrDefault(limit.Name);
        return limit.On switch
        {
            LimitOn.Key => new LimitLedger(id, limits.MaxRunsPerConcurrencyKey, rate: null, Lease, now),
            LimitOn.Target => new LimitLedger(id, own?.MaxConcurrentRuns, rate: null, Lease, now),
            LimitOn.Rate => new LimitLedger(id, places: null, own?.RunsPerSecond is { } perSecond ? new TokenRate(perSecond, own.Burst) : null, Lease, now),
            _ => throw new InvalidOperationException($"{limit.On} is a node's own."),
        };
    }
}
