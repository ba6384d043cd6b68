using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Logging;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Timing;

/// <summary>
/// Wakes the sleeping jobs of one slice shortly before they have something to start. Level-triggered: at start, after every change of the
/// cluster's members, and at a fixed interval, it sweeps all rows that should be awake, oldest first. So whatever lost its timer, by a
/// stopped actor, a rebalance or a dead database, is found again; jobs take a superfluous wake for what it is.
/// </summary>
public sealed class DueJobDispatcher : UntypedActor, IWithTimers
{
    /// <summary>How many rows are read at once.</summary>
    internal const int PageSize = 500;

    /// <summary>How long to wait for room when as many jobs are awake as may be.</summary>
    private static readonly TimeSpan RoomPoll = TimeSpan.FromMilliseconds(50);

    /// <summary>A read that takes longer is given up, and the next sweep tries again.</summary>
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(30);

    private readonly int _slice;
    private readonly DueJobEnvironment _environment;
    private readonly TimeSpan _interval;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _isReading;
    private bool _isSweepWanted;
    private DateTimeOffset _horizon;
    private DueJob? _last;

    /// <summary>Made where the slice is placed, one for each.</summary>
    public DueJobDispatcher(int slice, DueJobEnvironment environment)
    {
        _slice = slice;
        _environment = environment;
        var half = environment.Timing.LookAhead / 2;
        _interval = half < environment.Timing.SweepInterval ? half : environment.Timing.SweepInterval;
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc />
    protected override void PreStart()
    {
        _environment.Membership?.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        // The slices' sweeps are spread over the interval.
        Timers.StartPeriodicTimer("sweep", Sweep.Instance, _interval * (_slice + 1) / JobId.Slices, _interval);
        Begin();
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        _environment.Membership?.Unsubscribe(Self);
        _stop.Cancel();
        _stop.Dispose();
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Sweep or ClusterEvent.IMemberEvent:
                if (_isReading)
                    _isSweepWanted = true;
                else
                    Begin();
                break;
            case Continue:
                if (!_isReading)
                    ReadPage();
                break;
            case Page page:
                Wake(page.Rows);
                break;
            case Status.Failure failure:
                if (_environment.Outages.Says(nameof(DueJobDispatcher), out var leftOut))
                    _log.Warning("Slice {0} could not be searched for due jobs, the next sweep tries again: {1}{2}", _slice, failure.Cause.Message, leftOut);
                _isReading = false;
                break;
            case StopDispatcher:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Begin()
    {
        _isSweepWanted = false;
        if (_environment.IsClockWrong())
            return;
        _horizon = _environment.Clock.GetUtcNow() + _environment.Timing.LookAhead;
        _last = null;
        ReadPage();
    }

    private void ReadPage()
    {
        var near = _environment.Clock.GetUtcNow() + _environment.Timing.Near;
        if (!_environment.Gauge.HasRoom(isNear: _last is null || _last.WakeAt <= near))
        {
            // The next tick begins anew, so that what is due by then is not kept waiting behind what lies further ahead.
            Timers.StartSingleTimer("room", Continue.Instance, RoomPoll);
            return;
        }

        _isReading = true;
        _ = Read().PipeTo(Self, failure: e => new Status.Failure(e));

        async Task<object> Read() =>
            new Page(await _environment.Views.DueJobsAsync(_slice, _horizon, _last, PageSize, _stop.Token)
                .AsTask().WaitAsync(ReadLimit, _environment.Clock, _stop.Token));
    }

    private void Wake(IReadOnlyList<DueJob> rows)
    {
        _isReading = false;
        var now = _environment.Clock.GetUtcNow();
        foreach (var row in rows)
        {
            // One that is awake here has its timer; what is overdue is woken all the same, should the timer be wrong or the clock have jumped.
            if (row.WakeAt <= now || !_environment.Gauge.Holds(row.JobId))
                _environment.Jobs.Tell(new Wake(row.JobId));
        }

        if (rows.Count == PageSize)
        {
            // To its end, also when the next one is due: beginning anew would never get past the oldest rows when there are many.
            _last = rows[^1];
            ReadPage();
        }
        else if (_isSweepWanted)
        {
            Begin();
        }
    }

    private sealed record Page(IReadOnlyList<DueJob> Rows);

    private sealed class Sweep
    {
        public static Sweep Instance { get; } = new();
    }

    private sealed class Continue
    {
        public static Continue Instance { get; } = new();
    }
}

/// <summary>What the dispatchers of a node share.</summary>
/// <param name="Clock">The clock.</param>
/// <param name="Timing">How far they look ahead, and how often.</param>
/// <param name="Gauge">How many jobs may be awake.</param>
/// <param name="Views">Where due jobs are found.</param>
/// <param name="Jobs">The shard region.</param>
/// <param name="Membership">Whose changes start a sweep; null where there is no cluster.</param>
public sealed record DueJobEnvironment(TimeProvider Clock, TimingOptions Timing, AwakeGauge Gauge, IJobViews Views, IActorRef Jobs, Cluster? Membership)
{
    /// <summary>Whether this node's clock is known to be wrong: nobody is woken by it then.</summary>
    public Func<bool> IsClockWrong { get; init; } = static () => false;

    /// <summary>Thins out what all slices say when the views are away.</summary>
    public OutageLog Outages { get; init; } = new(Clock);
}

/// <summary>The dispatchers' own stop message.</summary>
public sealed class StopDispatcher
{
    private StopDispatcher()
    {
    }

    /// <summary>The only one.</summary>
    public static StopDispatcher Instance { get; } = new();
}
