using Akka.Actor;
using Akka.Event;
using Scheduler.Actors.Domain.Jobs;

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
    private readonly Queue<(IActorRef Job, long Request)> _queue = new();
    private readonly HashSet<(IActorRef Job, long Request)> _waiting = [];
    private readonly HashSet<(IActorRef Job, long Request)> _holders = [];
    private readonly Dictionary<(RunId Run, int Number), IActorRef> _workers = [];
    private readonly List<IActorRef> _drainers = [];
    private int _free;
    private bool _isDraining;

    /// <summary>Starts with all permits free.</summary>
    public NodeRuns(RunWorkerEnvironment environment)
    {
        _environment = environment;
        _free = environment.Options.MaxConcurrentRuns;
    }

    /// <inheritdoc />
    protected override SupervisorStrategy SupervisorStrategy() =>
        new OneForOneStrategy(maxNrOfRetries: -1, withinTimeRange: TimeSpan.Zero, _ => Directive.Stop);

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RequestPermit m:
                if (_waiting.Add((Sender, m.Request)))
                    _queue.Enqueue((Sender, m.Request));
                Grant();
                break;
            case ReleasePermit m:
                // A job that waits stays in the queue until its turn, where it is passed over.
                if (!_waiting.Remove((Sender, m.Request)) && _holders.Remove((Sender, m.Request)))
                    Free();
                TellDrained();
                break;
            case StartAttempt m:
                Start(m);
                break;
            case WorkerStopped m:
                Stopped(m);
                break;
            case AskAttempt m:
                Sender.Tell(new AttemptAnswer(m.JobId, m.RunId, m.Number, _workers.ContainsKey((m.RunId, m.Number))));
                break;
            case StopAttempt m:
                if (_workers.TryGetValue((m.RunId, m.Number), out var worker))
                    worker.Tell(m);
                break;
            case DrainRuns:
                _isDraining = true;
                _drainers.Add(Sender);
                TellDrained();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Start(StartAttempt start)
    {
        // Without a permit it runs all the same: it is in the journal. The count is made good when it ends.
        if (!_holders.Remove((Sender, start.Request)))
            _free--;
        _workers[(start.Attempt.RunId, start.Attempt.Number)] = Context.ActorOf(Worker(start.Attempt, outcome: null));
    }

    private void Stopped(WorkerStopped stopped)
    {
        var attempt = stopped.Attempt;
        if (stopped.IsReported)
        {
            _workers.Remove((attempt.RunId, attempt.Number));
            Free();
            TellDrained();
            return;
        }

        // Only a fault of the worker itself gets here. Its attempt may have begun, so somebody must say that it failed.
        _log.Error("The worker of attempt {0} of run {1} stopped without a report", attempt.Number, attempt.RunId);
        var outcome = new AttemptNotSucceeded(FailureKind.Failed, "The worker stopped unexpectedly.", Retryable: true, AttemptTiming.Unknown);
        _workers[(attempt.RunId, attempt.Number)] = Context.ActorOf(Worker(attempt, outcome));
    }

    private Props Worker(Attempt attempt, AttemptOutcome? outcome) => Props.Create(typeof(RunWorker), attempt, _environment, outcome);

    private void Free()
    {
        _free++;
        Grant();
    }

    private void Grant()
    {
        while (_free > 0 && !_isDraining && _queue.TryDequeue(out var next))
        {
            if (!_waiting.Remove(next))
                continue;
            _free--;
            _holders.Add(next);
            next.Job.Tell(new PermitGranted(next.Request));
        }
    }

    private void TellDrained()
    {
        if (!_isDraining || _workers.Count > 0 || _holders.Count > 0)
            return;
        foreach (var drainer in _drainers)
            drainer.Tell(Drained.Instance);
        _drainers.Clear();
    }
}
