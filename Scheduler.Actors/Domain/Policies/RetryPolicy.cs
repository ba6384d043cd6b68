namespace Scheduler.Actors.Domain.Policies;

/// <summary>How the delay before a retry grows.</summary>
public enum Backoff
{
    /// <summary>It does not.</summary>
    Fixed,

    /// <summary>By a factor each time, up to a cap.</summary>
    Exponential,
}

/// <summary>How often a run is tried, and how long it waits between attempts.</summary>
/// <param name="MaxAttempts">From 1 to <see cref="MaxAttemptsLimit"/>: the first attempt counts.</param>
/// <param name="Initial">The delay before the first retry; zero or more.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan Initial)
{
    /// <summary>The most attempts that a job may ask for.</summary>
    public const int MaxAttemptsLimit = 100;

    /// <summary>The factor of an exponential backoff that names none.</summary>
    public const double DefaultFactor = 2;

    /// <summary>The cap of an exponential backoff that names none.</summary>
    public static readonly TimeSpan DefaultMax = TimeSpan.FromHours(1);

    /// <summary>By how much of itself an exponential delay is shortened at most, so that runs which failed together do not return together.</summary>
    private const double Spread = 0.2;

    /// <summary>The replaced service's: three retries, ten seconds apart.</summary>
    public static RetryPolicy Default { get; } = new(4, TimeSpan.FromSeconds(10));

    /// <summary>How the delay grows.</summary>
    public Backoff Backoff { get; init; } = Backoff.Fixed;

    /// <summary>For <see cref="Backoff.Exponential"/>: by what each delay is multiplied; from 1 to 100.</summary>
    public double Factor { get; init; } = DefaultFactor;

    /// <summary>For <see cref="Backoff.Exponential"/>: the longest delay; not below <see cref="Initial"/>.</summary>
    public TimeSpan Max { get; init; } = DefaultMax;

    /// <summary>Whether another attempt may follow after <paramref name="counted"/> of them.</summary>
    public bool Allows(int counted) => counted < MaxAttempts;

    /// <summary>How long to wait after the attempt that was the <paramref name="counted"/>th. Pure: the same after a crash.</summary>
    /// <param name="counted">1-based; attempts that never began are not counted.</param>
    /// <param name="run">The run's id: exponential delays of different runs are spread by it.</param>
    public TimeSpan DelayAfter(int counted, string run)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(counted, 1);
        if (Backoff is Backoff.Fixed)
            return Initial;
        var grown = Initial.TotalMilliseconds * Math.Pow(Factor, counted - 1);
        var capped = Math.Min(grown, Max.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Floor(capped * (1 - (Spread * Fraction.Of($"{run}#{counted}")))));
    }
}
