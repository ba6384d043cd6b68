using Akka.Actor;
using Akka.Event;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Execution;

/// <summary>
/// Runs one attempt, then reports its outcome through the shard region until that is acknowledged: the job may be on another node by
/// then, or may be waking up.
/// </summary>
public sealed class RunWorker : UntypedActor
{
    private readonly Attempt _attempt;
    private readonly RunWorkerEnvironment _environment;
    private readonly CancellationTokenSource _stop = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private AttemptOutcome? _outcome;
    private ICancelable? _resend;
    private bool _isCalled;
    private bool _isReported;
    private bool _isHandedBack;

    /// <summary>Made by <see cref="NodeRuns"/>.</summary>
    /// <param name="attempt">What to run.</param>
    /// <param name="environment">What workers share.</param>
    /// <param name="outcome">The outcome of a worker that failed itself: only report it. Null to run the attempt.</param>
    public RunWorker(Attempt attempt, RunWorkerEnvironment environment, AttemptOutcome? outcome)
    {
        _attempt = attempt with { Progress = new AttemptProgress(environment.Clock) };
        _environment = environment;
        _outcome = outcome;
    }

    /// <inheritdoc />
    protected override void PreStart()
    {
        if (_outcome is null)
            BeginWhenDue();
        else
            Report();
    }

    /// <inheritdoc />
    protected override void PostStop()
    {
        _resend?.Cancel();
        // A worker that fails takes its call with it: the next attempt must not run beside it.
        if (!_isReported)
            _stop.Cancel();
        _stop.Dispose();
        Context.Parent.Tell(new WorkerStopped(_attempt, _isReported));
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Begin or GateChanged:
                BeginWhenDue();
                break;
            case AttemptOutcome outcome:
                _outcome = outcome;
                if (_stop.IsCancellationRequested)
                    Done();
                else
                    Report();
                break;
            case Resend:
                Report();
                break;
            case ReportAcknowledged:
                Done();
                break;
            case AskProgress:
                Sender.Tell(new ProgressAnswer(_attempt.JobId, _attempt.RunId, _attempt.Progress!.Latest));
                break;
            case StopAttempt:
                Stop();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void BeginWhenDue()
    {
        if (_isCalled || _isHandedBack || _outcome is not null || _stop.IsCancellationRequested)
            return;
        if (!_environment.Gate.IsOpen)
        {
            _isHandedBack = true;
            Report();
            return;
        }

        if (_environment.Clock.GetUtcNow() < _attempt.DueAt)
        {
            // Never early, whatever the timer says.
            _environment.Timers.TellPrecisely(_attempt.DueAt, Self, Begin.Instance);
            return;
        }

        _isCalled = true;
        _ = AttemptExecution.RunAsync(_attempt, _environment, Abandoned, _stop.Token).PipeTo(Self, failure: NotBegun);
    }

    /// <summary>On the target's own thread, or a pool's.</summary>
    private void Abandoned()
    {
        _environment.Metrics?.Abandoned();
        _log.Warning(
            "Attempt {0} of run {1} was cancelled, did not end within {2} and is abandoned: what it still does on this node goes on unseen",
            _attempt.Number, _attempt.RunId, _environment.Options.CancellationGrace);
    }

    private static AttemptNotSucceeded NotBegun(Exception e) => new(FailureKind.Failed, e.Message, Retryable: true, AttemptTiming.Unknown);

    /// <summary>The run is over for its job, so nobody waits for an outcome; the permit comes back when the target has ended.</summary>
    private void Stop()
    {
        _stop.Cancel();
        if (!_isCalled || _outcome is not null)
            Done();
    }

    private void Report()
    {
        // Whoever finds out that an attempt never began tells its job so; the job then does as if it had asked.
        if (_isHandedBack)
            _environment.Jobs.Tell(new AttemptAnswer(_attempt.JobId, _attempt.RunId, _attempt.Number, IsHere: false));
        else
            _environment.Jobs.Tell(new ReportAttempt(_attempt.JobId, _attempt.RunId, _attempt.Number, _outcome!));
        _resend?.Cancel();
        _resend = _environment.Timers.TellAt(_environment.Clock.GetUtcNow() + _environment.Options.ReportInterval, Self, Resend.Instance);
    }

    private void Done()
    {
        _isReported = true;
        Context.Stop(Self);
    }

    private sealed class Begin
    {
        public static Begin Instance { get; } = new();
    }

    private sealed class Resend
    {
        public static Resend Instance { get; } = new();
    }
}
