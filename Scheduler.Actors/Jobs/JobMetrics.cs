using System.Diagnostics.Metrics;

namespace Scheduler.Actors.Jobs;

/// <summary>What operators count of this node's jobs.</summary>
public sealed class JobMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Scheduler.Jobs";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _aheadOfClock;

    /// <summary>Starts at 0.</summary>
    public JobMetrics() => _aheadOfClock = _meter.CreateCounter<long>(
        "scheduler.jobs.ahead_of_clock", unit: "{job}", description: "Jobs that were found to wait because the clock was ahead and has been set back.");

    /// <summary>A job waits for the clock.</summary>
    public void AheadOfClock() => _aheadOfClock.Add(1);

    /// <summary>Whether an instrument is one of these, and not of another node in the same process.</summary>
    public bool Counts(Instrument instrument) => ReferenceEquals(instrument?.Meter, _meter);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
