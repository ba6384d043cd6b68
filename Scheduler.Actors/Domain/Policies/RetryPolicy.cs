namespace Scheduler.Actors.Domain.Policies;

/// <summary>How often a run is tried, and how long it waits between attempts: a fixed delay.</summary>
/// <param name="MaxAttempts">At least 1: the first attempt counts.</param>
/// <param name="Initial">The delay before a retry; zero or more.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan Initial)
{
    /// <summary>The most attempts that a job may ask for.</summary>
    public const int MaxAttemptsLimit = 100;

    /// <summary>The replaced service's: three retries, ten seconds apart.</summary>
    public static RetryPolicy Default { get; } = new(4, TimeSpan.FromSeconds(10));

    /// <summary>Whether another attempt may follow after <paramref name="counted"/> of them.</summary>
    public bool Allows(int counted) => counted < MaxAttempts;

    /// <summary>How long to wait after the attempt that was the <paramref name="counted"/>th.</summary>
    /// <param name="counted">1-based; attempts that never began are not counted.</param>
    public TimeSpan DelayAfter(int counted)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counted, 1);
        return Initial;
    }
}
