using System.Diagnostics.Metrics;

namespace Scheduler.Actors.Retention;

/// <summary>What operators count of the trimming of this node's jobs' journals.</summary>
public sealed class JournalTrimMetrics : IDisposable
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Scheduler.Retention";

    private readonly Meter _meter = new(MeterName);
    private readonly Counter<long> _checkpoints;
    private readonly Counter<long> _deletions;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _archived;

    /// <summary>Starts at 0.</summary>
    public JournalTrimMetrics()
    {
        _checkpoints = _meter.CreateCounter<long>(
            "scheduler.journal.checkpoints", unit: "{checkpoint}", description: "Checkpoints stored, each after a clean audit of all that it stands for.");
        _deletions = _meter.CreateCounter<long>(
            "scheduler.journal.deletions", unit: "{deletion}", description: "Deletions of a job's events in front of one of its checkpoints.");
        _refused = _meter.CreateCounter<long>(
            "scheduler.journal.untrimmed", unit: "{job}", description: "Jobs whose journal is not trimmed, because its audit is not clean.");
        _archived = _meter.CreateCounter<long>(
            "scheduler.journal.archived", unit: "{event}", description: "Events written to the archive before they were deleted.");
    }

    /// <summary>A checkpoint is stored.</summary>
    public void Checkpointed() => _checkpoints.Add(1);

    /// <summary>Events were deleted.</summary>
    public void Deleted() => _deletions.Add(1);

    /// <summary>A job's events are kept, whatever their number.</summary>
    public void LeftAlone() => _refused.Add(1);

    /// <summary>Events are in the archive.</summary>
    public void Archived(long events) => _archived.Add(events);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();
}
