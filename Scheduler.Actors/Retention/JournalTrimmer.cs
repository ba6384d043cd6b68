using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Retention;

/// <summary>
/// Trims the journals of the jobs that grow on this node, one after the other, and rests after each as long as it took: what fires goes first. A
/// job that is not looked at says again that it has grown; so nothing is kept, and what is too much is forgotten.
/// </summary>
public sealed class JournalTrimmer : UntypedActor, IWithTimers
{
    /// <summary>How many jobs wait at most.</summary>
    internal const int MostWaiting = 100_000;

    private static readonly TimeSpan LeastRest = TimeSpan.FromMilliseconds(1);

    private readonly JournalTrim _trim;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Queue<JobId> _order = [];
    private readonly HashSet<JobId> _waiting = [];
    private readonly CancellationTokenSource _stop = new();
    private long _began;
    private bool _isBusy;

    /// <summary>One for each node.</summary>
    public JournalTrimmer(JournalTrimEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        _trim = new JournalTrim(environment, Context.Materializer());
        _clock = environment.Clock;
        _log = environment.Log;
    }

    /// <inheritdoc />
    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>How it is made.</summary>
    public static Props Props(JournalTrimEnvironment environment) => Akka.Actor.Props.Create(typeof(JournalTrimmer), environment);

    /// <inheritdoc />
    protected override void PostStop() => _stop.Cancel();

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case JournalGrew grew:
                if (_waiting.Count < MostWaiting && _waiting.Add(grew.JobId))
                    _order.Enqueue(grew.JobId);
                Next();
                break;
            case Ended ended:
                if (ended.Cause is not null)
                    _log.LogWarning(ended.Cause, "The journal of job {JobId} could not be trimmed, and is tried again when it has grown", ended.JobId.Value);
                var took = _clock.GetElapsedTime(_began);
                Timers.StartSingleTimer(Rested.Instance, Rested.Instance, took < LeastRest ? LeastRest : took);
                break;
            case Rested:
                _isBusy = false;
                Next();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Next()
    {
        if (_isBusy || !_order.TryDequeue(out var job))
            return;
        _isBusy = true;
        _waiting.Remove(job);
        _began = _clock.GetTimestamp();
        _ = _trim.LookAfterAsync(job, _stop.Token).PipeTo(Self, success: () => new Ended(job, Cause: null), failure: cause => new Ended(job, cause));
    }

    private sealed record Ended(JobId JobId, Exception? Cause) : INoSerializationVerificationNeeded;

    private sealed class Rested : INoSerializationVerificationNeeded
    {
        public static Rested Instance { get; } = new();
    }
}
