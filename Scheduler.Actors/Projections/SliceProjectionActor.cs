using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>Tells a projection to finish the step that it is at, and to stop.</summary>
public sealed class StopProjection : INoSerializationVerificationNeeded
{
    private StopProjection()
    {
    }

    /// <summary>The only one.</summary>
    public static StopProjection Instance { get; } = new();
}

/// <summary>
/// Keeps one slice's rows up to date: one stream of the slice's events, from the offset that is stored with the rows. A stream that fails
/// is started again from there after a delay; one whose tables were replaced by a rebuild, at once, with the new ones.
/// </summary>
public sealed class SliceProjectionActor : UntypedActor, IWithTimers
{
    private readonly int _slice;
    private readonly ProjectionEnvironment _environment;
    private readonly ActorMaterializer _materializer = Context.Materializer();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _stop = new();
    private TimeSpan _delay;
    private bool _isRunning;
    private volatile bool _hasCommitted;

    /// <summary>Made where the slice is placed, one for each.</summary>
    public SliceProjectionActor(int slice, ProjectionEnvironment environment)
    {
        _slice = slice;
        _environment = environment;
        _delay = environment.MinRestartDelay;
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How a slice's projection is made.</summary>
    public static Props Props(int slice, ProjectionEnvironment environment) =>
        Akka.Actor.Props.Create(typeof(SliceProjectionActor), slice, environment);

    /// <inheritdoc />
    protected override void PreStart() => Begin();

    /// <inheritdoc />
    protected override void PostStop()
    {
        _stop.Cancel();
        _environment.Lag.Left(_slice);
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StopProjection when _isRunning:
                _stop.Cancel();
                break;
            case StopProjection:
                Context.Stop(Self);
                break;
            case Ended when _stop.IsCancellationRequested:
                Context.Stop(Self);
                break;
            case Ended ended:
                Again(ended.Cause);
                break;
            case Start:
                Begin();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Begin()
    {
        _isRunning = true;
        _hasCommitted = false;
        _ = RunAsync().PipeTo(Self, success: () => new Ended(null), failure: cause => new Ended(cause));
    }

    private void Again(Exception? cause)
    {
        _isRunning = false;
        if (cause is null or ViewTablesReplacedException)
        {
            Begin();
            return;
        }

        _environment.Lag.Failed(_slice, cause.GetBaseException().Message);
        _delay = _hasCommitted ? _environment.MinRestartDelay : _delay;
        Tell(cause);
        Timers.StartSingleTimer(Start.Instance, Start.Instance, _delay);
        _delay = _delay * 2 < _environment.MaxRestartDelay ? _delay * 2 : _environment.MaxRestartDelay;
    }

    /// <summary>A store that is away needs no stack; what nobody expects does.</summary>
    private void Tell(Exception cause)
    {
        var isExpected = cause is ViewsUnavailableException or RowAssumptionException;
        if (!_environment.Outages.Says(isExpected ? nameof(SliceProjectionActor) : cause.GetType().FullName!, out var leftOut))
            return;
        _log.Warning(
            isExpected ? null : cause, "The projection of slice {0} failed and goes on from its offset in {1}: {2}{3}", _slice, _delay, cause.GetBaseException().Message, leftOut);
    }

    /// <summary>Runs until it is stopped, or its tables are replaced; runs to its end the step that it is at then.</summary>
    private async Task RunAsync()
    {
        // A failure is carried around the stream: Akka's stage would log it with its stack, for each slice and each try (2026-11: 229 KB in a minute of a
        // deleted folder).
        Exception? failure = null;
        using var failed = new CancellationTokenSource();
        var stopped = _stop.Token;
        var tables = await _environment.Store.LiveTablesAsync(stopped);
        var offset = await _environment.Store.FindOffsetAsync(tables.Id, _slice, stopped);
        _environment.Lag.Running(_slice);
        var projection = new SliceProjection(_slice, tables.Id, _environment, _environment.Recent, _materializer);
        var (ending, ended) = JournalQueries.Gathered(
                JournalQueries.Readable(_environment.Journal.EventsAfter(_slice, offset), _environment.SetAsideUnreadable)
                    .ViaMaterialized(KillSwitches.Single<EventEnvelope>(), Keep.Right),
                SliceProjection.MostEvents,
                SliceProjection.EnoughBytes)
            .SelectAsync(1, async events =>
            {
                if (failure is not null)
                    return 0;
                try
                {
                    await StepAsync(projection, events);
                    await _environment.Rhythm.AfterAsync(events.Count);
                }
                catch (Exception e)
                {
                    failure = e;
                    await failed.CancelAsync();
                }

                return events.Count;
            })
            .ToMaterialized(Sink.Ignore<int>(), Keep.Both)
            .Run(_materializer);
        await using var onStop = stopped.Register(ending.Shutdown);
        await using var onReplaced = tables.Replaced.Register(ending.Shutdown);
        await using var onFailed = failed.Token.Register(ending.Shutdown);
        await ended;
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        if (!stopped.IsCancellationRequested && !tables.Replaced.IsCancellationRequested)
            throw new InvalidOperationException("The journal's stream of events has ended.");
    }

    private async Task StepAsync(SliceProjection projection, IReadOnlyList<EventEnvelope> events)
    {
        _environment.Lag.Began(_slice, (events[0].Event as JobEvent)?.At);
        var reached = 0L;
        await foreach (var step in projection.ProjectAsync(events, CancellationToken.None))
        {
            await _environment.Store.CommitAsync(step, CancellationToken.None);
            reached = step.Offset;
            _hasCommitted = true;
        }

        _environment.Lag.Committed(_slice, reached, events.Count);
    }

    private sealed record Ended(Exception? Cause) : INoSerializationVerificationNeeded;

    private sealed class Start : INoSerializationVerificationNeeded
    {
        public static Start Instance { get; } = new();
    }
}
