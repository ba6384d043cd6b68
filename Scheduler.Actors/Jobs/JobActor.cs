using Akka.Actor;
using Akka.Cluster.Sharding;
using Akka.Event;
using Akka.Pattern;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// One job: the shell around <see cref="JobDecider"/> and <see cref="Settling"/>. Stores what they decide as one atomic write, and only
/// then acts on it: answers, starts an attempt, stops one.
/// </summary>
/// <remarks>
/// A persist failure means that the outcome is unknown, unless the journal says that it is not. The actor stops, its timer with it; the sweep wakes the job again, and its
/// recovery tells the truth.
/// </remarks>
public sealed class JobActor : UntypedPersistentActor
{
    /// <summary>After how many events the state is stored, so that a recovery reads no more than that.</summary>
    internal const int SnapshotInterval = 100;

    /// <summary>What is recovered is in memory as a whole, and an event may have a megabyte: behind so many bytes a snapshot comes earlier.</summary>
    internal const long SnapshotBytes = 8 << 20;

    /// <summary>A hand-over that takes a moment, and one that takes a while; whatever takes longer the sweep makes good.</summary>
    private static readonly TimeSpan[] s_wakeAgain = [TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5)];

    private readonly JobEnvironment _environment;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly string[] _tags;
    private readonly Tolerance _tolerance;
    private readonly bool _isNew;
    private readonly AttemptFates _fates;
    private readonly RunningAttempts _attempts;
    private readonly JobPermit _permit;
    private readonly PlaceAwake _place;
    private readonly StartTimer _timer;
    private readonly RecoveryQueue _recovering = new();
    private readonly JournalDeletion _deletion;
    private readonly HashSet<TimeSpan> _overdue = [];
    private readonly List<(JobCommand Command, IActorRef Asker)> _deferred = [];
    private bool _hasBegun;
    private long _bytesSinceSnapshot;
    private JobState _state;
    private bool _isPassivating;
    private long? _undecided;
    private long _leftOver;
    private (IActorRef Asker, JobId Job)? _unanswered;

    /// <summary>Made by sharding, with the id as its entity id.</summary>
    public JobActor(JobId id, JobEnvironment environment)
    {
        _environment = environment;
        _tolerance = new Tolerance(environment.Timing.Lead, environment.Timing.MisfireThreshold);
        _state = JobState.Empty(id);
        _fates = new AttemptFates(environment);
        _attempts = new RunningAttempts(environment, Self);
        _permit = new JobPermit(environment, id, Self);
        _place = new PlaceAwake(environment, id);
        _timer = new StartTimer(environment, Self);
        _deletion = new JournalDeletion(id, Self, DeleteMessages);
        _tags = [JobId.SliceTag(id.Slice)];
        PersistenceId = id.PersistenceId;
        _isNew = environment.NewIds.Take(id);
    }

    /// <inheritdoc />
    public override string PersistenceId { get; }

    /// <summary>Nothing, for an id that was just made: no snapshot is looked for, and no event.</summary>
    public override Recovery Recovery => _isNew ? new Recovery(SnapshotSelectionCriteria.None, toSequenceNr: 0, replayMax: 0) : base.Recovery;

    /// <summary>How a job is made. Not by an expression: that is compiled at each call, and costs more than all else here.</summary>
    public static Props Props(JobId id, JobEnvironment environment) => Akka.Actor.Props.Create(typeof(JobActor), id, environment);

    /// <inheritdoc />
    protected override void PostStop()
    {
        _timer.Cancel();
        _place.Leave();
        _permit.GiveBack();
        _deletion.End(before: 0);
        foreach (var (command, asker) in _deferred)
            _environment.Jobs.Tell(command, asker);
        base.PostStop();
    }

    /// <inheritdoc />
    protected override void OnRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: JobState state }:
                _state = state;
                break;
            case JobEvent fact when !Checkpoints.CanFollow(_state.Version, LastSequenceNr, fact):
                _leftOver = LastSequenceNr;
                break;
            case JobEvent fact:
                _state = _state.Apply(fact);
                _bytesSinceSnapshot += Weight.Of(fact);
                break;
            case RecoveryCompleted when _leftOver > _state.Version:
                // Not thrown: a recovery that is over fails no more, and the job would be restarted, to find the same, for ever.
                TellOfFailedRecovery(new InvalidOperationException($"There are no events in front of {_leftOver}, and no checkpoint that stands for them."), isDamaged: true);
                Context.Stop(Self);
                break;
            case RecoveryCompleted:
                // The message that the job was started for comes next, and goes on from here: to ask for passivation before it would stop
                // the job right after it, with whatever that message set going. It must not meet an attempt that died with its node: until
                // 2026-11 the first wake after a crash skipped a fire time because of the run that the crash had ended.
                _recovering.Close();
                SettleLosses(then: null);
                _fates.Ask(_state, Self);
                break;
            default:
                throw new InvalidOperationException($"{PersistenceId} has a {message.GetType().Name} in its journal, which no job can have.");
        }
    }

    /// <inheritdoc />
    protected override void OnCommand(object message)
    {
        if (_isNew && !_hasBegun && message is not (CreateJob or StopJob))
        {
            // The id was used before, on another node: what this job is must be recovered, by its next incarnation. Passivating first
            // makes sharding keep the message for that one.
            Passivate();
            _environment.Jobs.Forward(message);
            return;
        }

        _hasBegun = true;
        switch (message)
        {
            case JobCommand command:
                Settled(command);
                break;
            case Wake:
                _fates.Ask(_state, Self);
                Proceed();
                break;
            case FateOverdue overdue:
                _overdue.Remove(overdue.Limit);
                Proceed();
                break;
            case StartTimer.WentOff timer:
                _timer.Took(timer);
                Proceed();
                break;
            case PermitGranted granted:
                if (_permit.Take(granted))
                    Proceed();
                break;
            case AttemptAnswer { IsHere: false } answer:
                Execute(new GiveUpAttempt(answer.JobId, answer.RunId, answer.Number, AttemptLoss.NotBegun));
                break;
            case AttemptAnswer answer:
                _fates.Runs(answer.RunId, answer.Number);
                Proceed();
                break;
            case AskProgress ask:
                _attempts.AskForProgress(_state, ask, Sender);
                Proceed();
                break;
            case AskPermitWait:
                _permit.TellWait(Sender);
                Proceed();
                break;
            case TrimJob trim:
                _deletion.Begin(_state, trim, Sender);
                Proceed();
                break;
            case DeleteMessagesSuccess deleted:
                _deletion.End(deleted.ToSequenceNr + 1);
                Proceed();
                break;
            case DeleteMessagesFailure failed:
                _log.Warning(failed.Cause, "The events of job {0} up to {1} could not be deleted, and stay", _state.Id, failed.ToSequenceNr);
                _deletion.End(before: 0);
                Proceed();
                break;
            case StopJob:
                Stop();
                break;
            case SaveSnapshotSuccess saved:
                DeleteSnapshots(new SnapshotSelectionCriteria(saved.Metadata.SequenceNr - 1));
                break;
            case SaveSnapshotFailure failed:
                _log.Warning(failed.Cause, "The state of job {0} could not be stored at {1}: its next recovery reads more events", _state.Id, failed.Metadata.SequenceNr);
                break;
            case DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <inheritdoc />
    protected override bool AroundReceive(Receive receive, object message)
    {
        _recovering.Note(message, Sender);
        return base.AroundReceive(receive, message);
    }

    /// <inheritdoc />
    protected override void OnRecoveryFailure(Exception reason, object? message = null) =>
        // What could be read and not be applied is what the journal holds, and will fail again.
        TellOfFailedRecovery(reason, isDamaged: message is not null || _environment.IsUnreadable(reason));

    private void TellOfFailedRecovery(Exception reason, bool isDamaged)
    {
        if (isDamaged)
            _log.Error(reason, "Job {0} cannot be recovered: its journal cannot be read after version {1}. Its commands are answered so, and it starts nothing", _state.Id, _state.Version);
        else if (_environment.Outages.Says(nameof(TellOfFailedRecovery), out var leftOut))
            _log.Error("Job {0} cannot be recovered now, and its commands are answered so: the store could not be read: {1}{2}", _state.Id, reason.Message, leftOut);
        _recovering.AnswerAll(command => isDamaged ? new JobUnreadable(command.JobId) : new StoreRefused(command.JobId, reason.Message), Self);
    }

    /// <inheritdoc />
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        // A breaker that is open has not even asked the journal.
        var isNothingStored = cause is OpenCircuitException || _environment.IsNothingStored(cause);
        if (!isNothingStored)
            _log.Error(cause, "Whether event {0} of job {1} is stored is unknown", sequenceNr, _state.Id);
        else if (_environment.Outages.Says(nameof(OnPersistFailure), out var leftOut))
            _log.Error("Event {0} of job {1} is not stored: {2}{3}", sequenceNr, _state.Id, cause.Message, leftOut);
        if (_unanswered is { } unanswered)
            unanswered.Asker.Tell(isNothingStored ? new StoreRefused(unanswered.Job, cause.Message) : new OutcomeUnknown(unanswered.Job));
        _unanswered = null;
    }

    /// <inheritdoc />
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _log.Error(cause, "Event {0} of job {1} was refused by the journal", sequenceNr, _state.Id);
        if (_unanswered is { } unanswered)
            unanswered.Asker.Tell(new StoreRefused(unanswered.Job, cause.Message));
        _unanswered = null;

        // Going on would leave a hole in the sequence numbers, and the state would hold what the journal does not.
        Context.Stop(Self);
    }

    /// <summary>
    /// Executes a command when it is known what it meets. A trigger is judged by the overlap policy: it waits for the answer of the nodes that
    /// run its job's attempts, but not for long.
    /// </summary>
    private void Settled(JobCommand command)
    {
        var asker = Sender;
        if (Losses().Count > 0)
        {
            _unanswered = (asker, command.JobId);
            SettleLosses(() =>
            {
                _unanswered = null;
                Settled(command);
            });
        }
        else if (command is TriggerJob && _fates.AreInDoubt(_state, AttemptFates.LimitForCommands))
        {
            _deferred.Add((command, asker));
            AskForFates(AttemptFates.LimitForCommands);
        }
        else
        {
            Execute(command);
        }
    }

    /// <summary>Records the attempts that ended with their nodes.</summary>
    /// <returns>Whether there are any; what is to be done <paramref name="then"/> is done when they are stored.</returns>
    private bool SettleLosses(Action? then)
    {
        var losses = Losses();
        if (losses.Count > 0)
            Store(losses, then ?? (() => { }));
        return losses.Count > 0;
    }

    private Domain.ValueList<JobEvent> Losses() => Decided(() => _fates.Losses(_state, _environment.Clock.GetUtcNow())) ?? [];

    private void AskForFates(TimeSpan limit)
    {
        _fates.Ask(_state, Self);
        if (_overdue.Add(limit))
            _environment.Timers.TellAt(_environment.Clock.GetUtcNow() + limit, Self, new FateOverdue(limit));
    }

    private void ExecuteDeferred()
    {
        if (_deferred.Count == 0 || _fates.AreInDoubt(_state, AttemptFates.LimitForCommands))
            return;
        foreach (var (command, asker) in _deferred)
            Self.Tell(command, asker);
        _deferred.Clear();
    }

    private void Execute(JobCommand command)
    {
        var before = _state;
        var asker = Sender;
        if (Decided(command) is not { } decision)
            return;
        if (decision.Events.Count == 0)
        {
            Answer(decision.Reply, asker, isNew: false);
            Proceed();
            return;
        }

        _unanswered = (asker, command.JobId);
        Store(decision.Events, () =>
        {
            _unanswered = null;
            // An attempt that has reported itself has nothing left to stop.
            if (command is not ReportAttempt)
                _attempts.StopEnded(before, _state);
            Answer(decision.Reply, asker, isNew: _state.Version == decision.Events.Count);
            Proceed();
        });
    }

    /// <summary>
    /// What a command leads to; null when that could not be decided, which is answered and logged then. Nothing is stored, and the job goes on as it
    /// was: a restart of the actor would lose what it waits for, and the client would wait for nothing (until 2026-11: 10 s, then outcome unknown).
    /// </summary>
    private Decision? Decided(JobCommand command)
    {
        var now = _environment.Clock.GetUtcNow();
        try
        {
            return JobDecider.Decide(_state, command, now);
        }
        catch (Exception e)
        {
            var refused = DefinitionTrial.WhyRefused(_state, command, now);
            if (refused is not null)
                _log.Warning(e, "Job {0} was given a schedule whose fire times cannot be computed, and refuses it: {1}", _state.Id, CommandText.Of(command));
            else
                _log.Error(e, "Job {0} could not decide what follows from a command at version {1}, and stays as it is: {2}", _state.Id, _state.Version, CommandText.Of(command));
            if (!Sender.IsNobody())
                Sender.Tell((JobReply?)refused ?? new DecisionFailed(_state.Id));
            return null;
        }
    }

    /// <summary>
    /// What time or the end of a node leads to; null when that could not be decided. It is logged once, and not tried again before the job has changed:
    /// the same state would only fail again, at each wake.
    /// </summary>
    private T? Decided<T>(Func<T> decide)
        where T : class
    {
        if (_undecided == _state.Version)
            return null;
        try
        {
            return decide();
        }
        catch (Exception e)
        {
            _undecided = _state.Version;
            _log.Error(e, "Job {0} could not decide what is due at version {1}, and starts nothing until it is changed: {2}", _state.Id, _state.Version, _state.Definition?.Schedule);
            return null;
        }
    }

    /// <summary>Answers at once, or, with the job's state, when the job's row is written: then any node's next query finds it.</summary>
    private void Answer(JobReply reply, IActorRef asker, bool isNew)
    {
        if (reply is JobAccepted or RunAccepted)
            _environment.Views.Write(_state, isNew, asker, reply, Self);
        else if (!asker.IsNobody())
            asker.Tell(reply);
    }

    /// <summary>Does what is due, and sees to it that the job is awake when the next thing is.</summary>
    private void Proceed()
    {
        if (SettleLosses(Proceed))
            return;
        ExecuteDeferred();
        if (_environment.IsClockWrong())
        {
            SleepUntilSwept();
            return;
        }

        var now = _environment.Clock.GetUtcNow();
        var before = _state;
        var areInDoubt = _fates.AreInDoubt(before, AttemptFates.LimitForFireTimes);
        var settlement = Decided(() => Settling.Settle(before, now, _tolerance, _environment.Nodes.Self, _permit.IsHeld, areInDoubt)) ?? Settlement.Nothing;
        if (settlement.Events.Count > 0)
        {
            Store(settlement.Events, () =>
            {
                _attempts.StopEnded(before, _state);
                StartAttempts(settlement.Events, before);
                Proceed();
            });
            return;
        }

        if (settlement.Wanted is { } dueAt)
        {
            if (StayAwake(now))
                _permit.RequestFor(_state.Definition!, dueAt, settlement.Replaces);
            return;
        }

        if (areInDoubt && before.NextStart <= now)
            AskForFates(AttemptFates.LimitForFireTimes);
        _environment.ClockNotice.Look(_state, now, _environment, _log);
        _permit.GiveBack();
        Rest(now);
    }

    /// <summary>
    /// What is due, and what was missed, nobody can tell by a clock that is wrong: a skip that is stored by it would stay. The sweeps come back when it
    /// is right.
    /// </summary>
    private void SleepUntilSwept()
    {
        _permit.GiveBack();
        _place.Leave();
        if (!_state.Active.Any(r => r.Node is not null))
            Passivate();
    }

    private void Store(Domain.ValueList<JobEvent> facts, Action stored)
    {
        var versionBefore = _state.Version;
        PersistAll(
            facts.Select(fact => new Tagged(fact, _tags)),
            tagged =>
            {
                var fact = (JobEvent)tagged.Payload;
                _state = _state.Apply(fact);
                _bytesSinceSnapshot += Weight.Of(fact);
            },
            () =>
            {
                var isFull = _state.Version / SnapshotInterval != versionBefore / SnapshotInterval;
                if (isFull || _bytesSinceSnapshot > SnapshotBytes || facts.Any(fact => fact is JobCheckpointed))
                {
                    _bytesSinceSnapshot = 0;
                    SaveSnapshot(_state);
                }

                if (isFull)
                    _environment.Trimmer.Tell(new JournalGrew(_state.Id));
                stored();
            });
    }

    private void StartAttempts(Domain.ValueList<JobEvent> facts, JobState before)
    {
        foreach (var started in facts.OfType<AttemptStarted>())
        {
            _attempts.Start(started, _permit.Request, before, _state);
            _fates.Started(started.RunId, started.Number);
            _permit.HandOver();
            _place.Leave();
        }
    }

    private void Rest(DateTimeOffset now)
    {
        var next = _state.NextStart;
        if (next is { } at && at - now <= _environment.Timing.LookAhead && StayAwake(now))
        {
            _timer.Set(at, now);
            return;
        }

        if (next is null || next - now > _environment.Timing.LookAhead)
            _place.Leave();
        if (!_state.Active.Any(r => r.Node is not null))
            Passivate();
    }

    /// <summary>Takes a place among the jobs that are awake ahead of their start; without one the job sleeps, and the sweep wakes it later.</summary>
    private bool StayAwake(DateTimeOffset now)
    {
        var mayStay = _place.TryTake(isNear: _state.NextStart - now <= _environment.Timing.Near);
        if (!mayStay && !_state.Active.Any(r => r.Node is not null))
            Passivate();
        return mayStay;
    }

    /// <summary>
    /// Stops at once. A job that was to stay awake (its shard moves, or a command came between its wish to sleep and this) is woken where
    /// it is next: the region keeps the message until it can be, or drops it to keep the order of others that it has buffered (akkadotnet/akka.net#8501), so it
    /// is sent again. One that had no place among those awake is left to the sweep.
    /// </summary>
    /// <remarks>
    /// Of the last node nobody can be woken, and its region would wait for a home of the message until its own shutdown timed out
    /// (2026-11-24: a host with one ticking job took ten seconds to stop).
    /// </remarks>
    private void Stop()
    {
        if (_place.IsTaken && _environment.Nodes.HasSuccessor)
        {
            var wake = new Wake(_state.Id);
            _environment.Jobs.Tell(wake);
            foreach (var later in s_wakeAgain)
                _environment.Timers.TellAt(_environment.Clock.GetUtcNow() + later, _environment.Jobs, wake);
        }

        Context.Stop(Self);
    }

    /// <summary>Asks to stop. Until that comes the job works as ever; sharding keeps messages that come meanwhile for the next incarnation.</summary>
    private void Passivate()
    {
        if (_isPassivating || _deletion.IsRunning)
            return;
        _isPassivating = true;
        Context.Parent.Tell(new Passivate(StopJob.Instance));
    }

    /// <summary>Whoever has not answered by now is not waited for any longer.</summary>
    private sealed record FateOverdue(TimeSpan Limit);
}
