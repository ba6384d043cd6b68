using Akka.Actor;
using Akka.Event;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Actors.Execution.Limits.Shared;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Execution;

/// <summary>
/// The runs of one node: its limiter, and the parent of its workers. A permit belongs to the job that was granted it, then to the worker,
/// and comes back when its holder terminates, however it does: both tell so when they stop, and all of them live on this node.
/// </summary>
public sealed class NodeRuns : UntypedActor
{
    /// <summary>The actor's name below <c>/user</c>, the same on every node: the node of an attempt is asked there.</summary>
    public const string ActorName = "runs";

    private readonly RunWorkerEnvironment _environment;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly NodePermits _permits;
    private readonly Dictionary<(RunId Run, int Number), RunClaim> _claims = [];
    private readonly Dictionary<(RunId Run, int Number), IActorRef> _workers = [];
    private readonly Dictionary<(RunId Run, int Number), HeldStart> _held = [];
    private readonly HashSet<HandlerTarget> _lacked = [];
    private readonly List<IActorRef> _drainers = [];
    private IDisposable? _watching;

    /// <summary>Starts with all permits free.</summary>
    public NodeRuns(RunWorkerEnvironment environment)
    {
        _environment = environment;
        _permits = new NodePermits(environment, Self);
    }

    /// <inheritdoc />
    protected override void PreStart()
    {
        var self = Self;
        _watching = _environment.Gate.Watch(() => self.Tell(GateChanged.Instance));
        if (_environment.Shared is not null)
            WaitForRenewal();
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        _watching?.Dispose();
        _permits.Dispose();
    }

    /// <inheritdoc />
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: -1, withinTimeRange: TimeSpan.Zero, _ => Directive.Stop);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RequestPermit { Claim.Handler: { } handler } when _environment.Handlers is { } known && known.Find(handler) is null:
                Lack(handler);
                break;
            case RequestPermit m:
                _permits.Request(new PermitRequest(Sender, m.Request), m.Claim);
                break;
            case ReleasePermit m:
                _permits.Release(new PermitRequest(Sender, m.Request));
                TellDrained();
                break;
            case AskLimit m:
                Sender.Tell(new PermitWaitAnswer(m.JobId, _permits.FindLimit(m.Who) is { } limit ? new WaitingForPermit(limit.ToString(), m.Since) : null));
                break;
            case StartAttempt m:
                Start(m);
                break;
            case WorkerStopped m:
                Stopped(m);
                break;
            case AskAttempt m:
                Sender.Tell(new AttemptAnswer(m.JobId, m.RunId, m.Number, _workers.ContainsKey((m.RunId, m.Number)) || _held.ContainsKey((m.RunId, m.Number))));
                break;
            case AskProgress m:
                if (_workers.TryGetValue((m.RunId, m.Number), out var worker))
                    worker.Forward(m);
                else
                    Sender.Tell(new ProgressAnswer(m.JobId, m.RunId, Progress: null));
                break;
            case StopAttempt m:
                Stop(m);
                break;
            case GraceOver m:
                Begin(m.Run, m.Number);
                break;
            case LimitRetry m:
                _permits.TryAgain(m);
                break;
            case LimitGranted m:
                _permits.Hear(m);
                break;
            case AskLimitNeed m:
                _permits.Hear(m);
                break;
            case RenewLimits:
                _permits.Renew();
                WaitForRenewal();
                break;
            case GatheringOver m:
                _permits.EndGathering(m);
                break;
            case GateChanged:
                PassGate();
                break;
            case AbandonRuns:
                Abandon();
                break;
            case DrainRuns:
                _environment.Gate.Close(StartStop.Draining, "it is about to stop");
                _drainers.Add(Sender);
                PassGate();
                TellDrained();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>
    /// Handlers stay the same as long as the process runs, so nothing is kept of who asked: the job is on a node that has its handler after
    /// its next recovery, or asks again.
    /// </summary>
    private void Lack(HandlerTarget handler)
    {
        if (_lacked.Add(handler))
            _log.Warning("Jobs wait for {0}, which this node does not have", handler.Describe());
    }

    private void WaitForRenewal() =>
        _environment.Timers.TellAt(_environment.Clock.GetUtcNow() + SharedLimit.Renewal, Self, RenewLimits.Instance);

    private void Start(StartAttempt start)
    {
        var attempt = start.Attempt;
        _claims[(attempt.RunId, attempt.Number)] = _permits.Spend(new PermitRequest(Sender, start.Request), attempt);
        _held[(attempt.RunId, attempt.Number)] = new HeldStart(attempt, Replace(start));
        if (!_environment.Gate.IsOpen)
        {
            Begin(attempt.RunId, attempt.Number);
        }
        else if (start.Replaces.Any(r => !r.IsHere))
        {
            // Nobody tells this node when the other one's attempt has ended.
            var graceOver = _environment.Clock.GetUtcNow() + _environment.Options.CancellationGrace;
            _environment.Timers.TellAt(graceOver, Self, new GraceOver(attempt.RunId, attempt.Number));
        }
        else if (_held[(attempt.RunId, attempt.Number)].Before.Count == 0)
        {
            Begin(attempt.RunId, attempt.Number);
        }
    }

    /// <summary>Stops the attempts of this node that another one takes the place of; returns those that have not ended.</summary>
    private HashSet<(RunId Run, int Number)> Replace(StartAttempt start)
    {
        var before = new HashSet<(RunId Run, int Number)>();
        foreach (var replaced in start.Replaces)
        {
            Stop(new StopAttempt(start.Attempt.JobId, replaced.RunId, replaced.Number));
            if (_workers.ContainsKey((replaced.RunId, replaced.Number)))
                before.Add((replaced.RunId, replaced.Number));
        }

        return before;
    }

    private void Begin(RunId run, int number)
    {
        if (_held.Remove((run, number), out var held))
            _workers[(run, number)] = Context.ActorOf(Worker(held.Attempt, outcome: null));
    }

    private void Stop(StopAttempt stop)
    {
        if (_workers.TryGetValue((stop.RunId, stop.Number), out var worker))
        {
            worker.Tell(stop);
        }
        else if (_held.Remove((stop.RunId, stop.Number)))
        {
            Free(_claims, (stop.RunId, stop.Number));
            TellDrained();
        }
    }

    private void Stopped(WorkerStopped stopped)
    {
        var attempt = stopped.Attempt;
        if (stopped.IsReported)
        {
            _workers.Remove((attempt.RunId, attempt.Number));
            BeginAfter((attempt.RunId, attempt.Number));
            Free(_claims, (attempt.RunId, attempt.Number));
            TellDrained();
            return;
        }

        // Only a fault of the worker itself gets here. Its attempt may have begun, so somebody must say that it failed.
        _log.Error("The worker of attempt {0} of run {1} stopped without a report", attempt.Number, attempt.RunId);
        var outcome = new AttemptNotSucceeded(FailureKind.Failed, "The worker stopped unexpectedly.", Retryable: true, AttemptTiming.Unknown);
        _workers[(attempt.RunId, attempt.Number)] = Context.ActorOf(Worker(attempt, outcome));
    }

    private void Abandon()
    {
        _environment.Gate.Close(StartStop.Draining, "its cluster goes on without it");
        _held.Clear();
        foreach (var ((run, number), worker) in _workers)
            worker.Tell(new StopAttempt(run.JobId, run, number));
    }

    private void BeginAfter((RunId Run, int Number) ended)
    {
        // Few are held at any time: only those that replace an attempt which has not ended yet.
        foreach (var (key, held) in _held.ToList())
        {
            if (held.Before.Remove(ended) && held.Before.Count == 0)
                Begin(key.Run, key.Number);
        }
    }

    private Props Worker(Attempt attempt, AttemptOutcome? outcome) => Props.Create(typeof(RunWorker), attempt, _environment, outcome);

    private void Free(Dictionary<(RunId Run, int Number), RunClaim> claims, (RunId Run, int Number) attempt)
    {
        if (claims.Remove(attempt, out var claim))
            _permits.Free(claim);
    }

    /// <summary>
    /// Grants what waited for it to open. When it closes, what has not called its target yet is handed back: a worker does so by itself, so one
    /// that is held is given to a worker.
    /// </summary>
    private void PassGate()
    {
        if (_environment.Gate.IsOpen)
        {
            _permits.Grant();
            return;
        }

        foreach (var (run, number) in _held.Keys.ToList())
            Begin(run, number);
        foreach (var worker in _workers.Values)
            worker.Tell(GateChanged.Instance);
    }

    private void TellDrained()
    {
        if (_drainers.Count == 0 || _workers.Count > 0 || _held.Count > 0 || _permits.AnyHeld)
            return;
        foreach (var drainer in _drainers)
            drainer.Tell(Drained.Instance);
        _drainers.Clear();
    }

    /// <summary>An attempt that waits for the end of those that it takes the place of.</summary>
    private sealed record HeldStart(Attempt Attempt, HashSet<(RunId Run, int Number)> Before);

    private sealed record GraceOver(RunId Run, int Number);

    private sealed class RenewLimits
    {
        public static RenewLimits Instance { get; } = new();
    }
}
