using System.Diagnostics.Metrics;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>How far one slice's projection is.</summary>
/// <param name="Slice">The slice.</param>
/// <param name="Offset">The offset that is committed; null before the first step on this node.</param>
/// <param name="Lag">The age of the oldest event that is not yet visible; when there is none, how old the last one was when it became so.</param>
/// <param name="Failure">What is wrong with its projection; null when nothing is.</param>
public sealed record SliceLag(int Slice, long? Offset, TimeSpan Lag, SliceFailure? Failure);

/// <summary>A projection that does not get on.</summary>
/// <param name="Since">Since when.</param>
/// <param name="Error">What the last attempt ended with.</param>
public sealed record SliceFailure(DateTimeOffset Since, string Error);

/// <summary>How far the projections of this node are behind the journal. Thread-safe.</summary>
public sealed class ProjectionLag : IDisposable
{
    /// <summary>The name of the meter: <c>scheduler.projection.lag</c> (ms), <c>.events</c>, <c>.set_aside</c>, <c>.failures</c>, <c>.failing</c>.</summary>
    public const string MeterName = "Scheduler.Projections";

    // An old figure says nothing of now.
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly Slice[] _slices = [.. Enumerable.Range(0, JobId.Slices).Select(_ => new Slice())];
    private readonly Meter _meter = new(MeterName);
    private readonly Histogram<double> _lag;
    private readonly Counter<long> _events;
    private readonly Counter<long> _setAside;
    private readonly Counter<long> _failures;
    private long _setAsideCount;
    private long _eventCount;

    /// <summary>One for each node.</summary>
    public ProjectionLag(TimeProvider clock)
    {
        _clock = clock;
        _lag = _meter.CreateHistogram<double>("scheduler.projection.lag", "ms", "Age of the oldest event of a step when it became visible.");
        _events = _meter.CreateCounter<long>("scheduler.projection.events", description: "Events that were projected.");
        _setAside = _meter.CreateCounter<long>("scheduler.projection.set_aside", description: "Events that could not be projected.");
        _failures = _meter.CreateCounter<long>("scheduler.projection.failures", description: "Streams that failed and were started again.");
        _meter.CreateObservableGauge("scheduler.projection.failing", () => Failing.Count, description: "Slices of this node whose projection does not get on.");
    }

    /// <summary>The lag of the slice that is furthest behind.</summary>
    public TimeSpan Current => Slices.Max(s => s.Lag);

    /// <summary>How many events could not be projected since the node started.</summary>
    public long SetAsideCount => Interlocked.Read(ref _setAsideCount);

    /// <summary>Every slice; those whose projection runs on another node have no offset.</summary>
    public IReadOnlyList<SliceLag> Slices
    {
        get
        {
            var now = _clock.GetUtcNow();
            lock (_lock)
                return [.. _slices.Select((s, n) => new SliceLag(n, s.Offset, LagOf(s, now), FailureOf(s, now)))];
        }
    }

    /// <summary>The slices whose projection does not get on.</summary>
    public IReadOnlyList<SliceLag> Failing => [.. Slices.Where(s => s.Failure is not null)];

    /// <summary>How many events were projected since the node started.</summary>
    public long EventCount => Interlocked.Read(ref _eventCount);

    /// <summary>Whether an instrument is one of these, and not of another node in the same process.</summary>
    public bool Counts(Instrument instrument) => ReferenceEquals(instrument?.Meter, _meter);

    /// <inheritdoc />
    public void Dispose() => _meter.Dispose();

    internal void Began(int slice, DateTimeOffset? oldest)
    {
        lock (_lock)
            _slices[slice].Oldest ??= oldest;
    }

    internal void Committed(int slice, long offset, int events)
    {
        var now = _clock.GetUtcNow();
        TimeSpan lag;
        lock (_lock)
        {
            var s = _slices[slice];
            lag = s.Oldest is { } oldest ? Positive(now - oldest) : TimeSpan.Zero;
            s.Last = lag;
            s.CommittedAt = now;
            s.Oldest = null;
            s.Offset = offset;
            s.Failure = null;
        }

        Interlocked.Add(ref _eventCount, events);
        _lag.Record(lag.TotalMilliseconds);
        _events.Add(events);
    }

    internal void Failed(int slice, string error)
    {
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            var s = _slices[slice];
            s.Failure = new SliceFailure(FailureOf(s, now)?.Since ?? now, error);
            s.RunningSince = null;
        }

        _failures.Add(1);
    }

    /// <summary>
    /// The slice's projection reads on: it has an event that it failed at at once. What it was at before may be in the views already, by a rebuild, and is said again if it is not
    /// (2026-11-30: a slice without new events stayed "behind" by a minute and more).
    /// </summary>
    internal void Running(int slice)
    {
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            _slices[slice].RunningSince = now;
            _slices[slice].Oldest = null;
        }
    }

    /// <summary>The slice's projection left this node.</summary>
    internal void Left(int slice)
    {
        lock (_lock)
            _slices[slice] = new Slice();
    }

    internal void SetAside()
    {
        Interlocked.Increment(ref _setAsideCount);
        _setAside.Add(1);
    }

    /// <summary>A failure is over with the next step that is committed, or when the stream has gone on for a while without one.</summary>
    private static SliceFailure? FailureOf(Slice s, DateTimeOffset now) => s.RunningSince is { } since && now - since > Memory ? null : s.Failure;

    private static TimeSpan LagOf(Slice s, DateTimeOffset now) =>
        s.Oldest is { } oldest ? Positive(now - oldest)
        : FailureOf(s, now) is { } failure ? Positive(now - failure.Since)
        : now - s.CommittedAt <= Memory ? s.Last
        : TimeSpan.Zero;

    private static TimeSpan Positive(TimeSpan time) => time > TimeSpan.Zero ? time : TimeSpan.Zero;

    private sealed class Slice
    {
        public DateTimeOffset? Oldest { get; set; }

        public DateTimeOffset CommittedAt { get; set; }

        public TimeSpan Last { get; set; }

        public long? Offset { get; set; }

        public SliceFailure? Failure { get; set; }

        public DateTimeOffset? RunningSince { get; set; }
    }
}
