using System.Diagnostics.Metrics;

namespace Scheduler.Actors.Execution.Clock;

/// <summary>What operators see of this node's clock.</summary>
public sealed class ClockMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Scheduler.Clock";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _jumps;
    private long _skew;

    /// <summary>No skew and no jumps.</summary>
    public ClockMetrics()
    {
        _jumps = _meter.CreateCounter<long>("scheduler.clock.jumps", description: "Jumps of the wall clock against the monotonic one, of a second or more.");
        _meter.CreateObservableGauge(
            "scheduler.clock.skew",
            () => TimeSpan.FromTicks(Volatile.Read(ref _skew)).TotalSeconds,
            unit: "s",
            description: "How far this node's clock is ahead of the database server's (negative: behind), as last measured; 0 where there is no server.");
    }

    /// <summary>It was measured.</summary>
    /// <param name="skew">Positive where this node's clock is ahead.</param>
    public void Measured(TimeSpan skew) => Volatile.Write(ref _skew, skew.Ticks);

    /// <summary>It jumped.</summary>
    public void Jumped() => _jumps.Add(1);

    /// <summary>Whether an instrument is one of these, and not of another node in the same process.</summary>
    public bool Owns(Instrument instrument) => ReferenceEquals(instrument?.Meter, _meter);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
