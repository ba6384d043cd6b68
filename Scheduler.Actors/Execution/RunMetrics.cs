using System.Diagnostics.Metrics;

namespace Scheduler.Actors.Execution;

/// <summary>What operators count of this node's runs.</summary>
public sealed class RunMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Scheduler.Runs";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _abandoned;
    private int _used;
    private int _waiting;

    /// <summary>Starts at 0.</summary>
    public RunMetrics()
    {
        _abandoned = _meter.CreateCounter<long>(
            "scheduler.attempts.abandoned", description: "Attempts whose target did not end within the grace time after its cancellation.");
        _meter.CreateObservableGauge("scheduler.permits.used", () => Volatile.Read(ref _used), description: "Permits of this node that jobs or attempts hold.");
        _meter.CreateObservableGauge("scheduler.permits.waiting", () => Volatile.Read(ref _waiting), description: "Jobs of this node that wait for a permit.");
    }

    /// <summary>How the node's permits stand.</summary>
    /// <param name="used">How many are held.</param>
    /// <param name="waiting">How many are waited for.</param>
    public void Permits(int used, int waiting)
    {
        Volatile.Write(ref _used, used);
        Volatile.Write(ref _waiting, waiting);
    }

    /// <summary>A target was left to itself.</summary>
    public void Abandoned() => _abandoned.Add(1);

    /// <summary>Whether an instrument is one of these, and not of another node in the same process.</summary>
    public bool Counts(Instrument instrument) => ReferenceEquals(instrument?.Meter, _meter);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
