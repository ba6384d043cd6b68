using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Domain.Auditing;
using Xunit;
using Xunit.Sdk;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>
/// A job's life, decoded from bytes: commands, time that passes, clocks that jump both ways, permits that come and go, outcomes, losses
/// and crashes. What must always hold is checked after each step. Two bytes are a step, so that a history that fails shrinks to the few
/// steps that matter.
/// </summary>
internal sealed class JobHistory
{
    private static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromTicks(1),
        TimeSpan.FromTicks(9_999),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMilliseconds(20),
        Story.Lead,
        TimeSpan.FromSeconds(1),
        TimeSpan.FromSeconds(7),
        TimeSpan.FromSeconds(10),
        TimeSpan.FromSeconds(60),
        TimeSpan.FromHours(1),
        TimeSpan.FromDays(3),
        TimeSpan.FromDays(400),
    ];

    private static readonly string?[] Keys = [null, null, null, "k1", "k2", "k3"];

    private readonly byte[] _script;
    private readonly Story _story = new();
    private readonly JobAudit _audit = new(Story.Id, mostCounted: 2_000);
    private readonly List<object> _told = [];
    private readonly List<(RunId Run, int Number)> _attempts = [];
    private int _audited;
    private JobAudit? _resumed;
    private int _checkpoint;
    private WorkerNode? _permit;

    private JobHistory(byte[] script) => _script = script;

    /// <summary>Plays a history to its end: a job with what the first bytes say, and what the others make of it.</summary>
    /// <param name="script">Any bytes.</param>
    /// <param name="checkEvery">After how many steps that is checked which takes time in proportion to the history's length.</param>
    /// <returns>The findings at the end, for what must also be seen.</returns>
    public static (IReadOnlyList<JobEvent> Facts, AuditReport Report) Play(byte[] script, int checkEvery = 1)
    {
        var history = new JobHistory(script);
        try
        {
            return history.Play(checkEvery);
        }
        catch (Exception e)
        {
            var told = history._told.TakeLast(200);
            var facts = history._story.Facts.TakeLast(300);
            throw new XunitException($"{e.Message}\nThe history:\n{string.Join('\n', told)}\nThe facts:\n{string.Join('\n', facts)}", e);
        }
    }

    private (IReadOnlyList<JobEvent> Facts, AuditReport Report) Play(int checkEvery)
    {
        var definition = RandomDefinitions.Of(_script, At());
        if (_script.ElementAtOrDefault(0) < 250)
            Command(new CreateJob(Story.Id, definition.Resolve(Story.Id, before: null, At()), "hash"));
        for (var (i, n) = (RandomDefinitions.Length, 1); i + 1 < _script.Length; (i, n) = (i + 2, n + 1))
        {
            Step(_script[i], _script[i + 1]);
            Check();
            if (n % checkEvery == 0)
                CheckFold();
        }

        Rest();
        return ([.. _story.Facts], _audit.Conclude(_story.Now));
    }

    private void Step(byte what, byte how)
    {
        var state = _story.State;
        switch (what % 32)
        {
            case 0 or 1:
                MoveTo(_story.Now + Waits[how % Waits.Length]);
                break;
            case 2 when _story.Now - Waits[how % (Waits.Length - 1)] is var earlier && earlier > Story.Start.AddDays(-30):
                MoveTo(earlier);
                break;
            case 3 or 4 when state.NextStart is { } start:
                MoveTo(start + ((how % 4) switch
                {
                    0 => -Story.Lead,
                    1 => TimeSpan.FromTicks(-1),
                    2 => TimeSpan.Zero,
                    _ => TimeSpan.FromTicks(1),
                }));
                break;
            case 5 or 6 or 7 when state.NextStart is { } next:
                StartAt(how % 2 == 0 ? next : next - Story.Lead);
                break;
            case 8 or 9:
                Settle();
                break;
            case 10:
                _permit = how % 3 == 0 ? null : Story.Node;
                Tell($"permit: {_permit}");
                break;
            case 11 or 12 when Running(how) is { } run:
                Command(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Success()));
                break;
            case 13 or 14 when Running(how) is { } run:
                Command(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Failure(how)));
                break;
            case 15 when Running(how) is { } run:
                Command(new GiveUpAttempt(Story.Id, run.RunId, run.Attempt, how % 2 == 0 ? AttemptLoss.NotBegun : AttemptLoss.Unknown));
                break;
            case 16 when _attempts.Count > 0:
                StaleReport(_attempts[how % _attempts.Count], how);
                break;
            case 17:
                Crash(how);
                break;
            case 18 or 19:
                Command(new TriggerJob(Story.Id, Reason: null) { Origin = Origin(how) });
                break;
            case 20:
                Command(new PauseJob(Story.Id, Reason: null) { Origin = Origin(how) });
                break;
            case 21 or 22:
                Command(new ResumeJob(Story.Id, Reason: null) { Origin = Origin(how) });
                break;
            case 23 or 24 or 25 when state.Definition is { } definition:
                Command(new UpdateJob(Story.Id, RandomDefinitions.Changed(definition, how, At()), how % 7 == 0 ? Stale : Precondition.None) { Origin = Origin(how) });
                break;
            case 26 when how < 64 || !state.HasWorkLeft:
                Command(new PutJob(Story.Id, RandomDefinitions.Of(how, At()), how % 9 == 8 ? Stale : Precondition.None) { Origin = Origin(how) });
                break;
            case 27 when how % 8 == 0:
                Command(new CancelJob(Story.Id, Reason: null) { Origin = Origin(how) });
                break;
            case 28 when how % 8 == 0:
                Command(new DeleteJob(Story.Id, Reason: null) { Version = how % 16 == 0 ? null : state.Version - (how / 16 % 2) });
                break;
            case 29:
                Command(new CancelRun(Story.Id, SomeRun(how), Reason: null) { Origin = Origin(how) });
                break;
            case 30:
                Command(new CreateJob(Story.Id, RandomDefinitions.Of(how, At()).Resolve(Story.Id, before: null, At()), how % 3 == 0 ? "other" : "hash"));
                break;
            case 31 when how % 8 == 0:
                Command(new GetJob(Story.Id));
                break;
            case 31 when how % 8 < 4 && state.Version > 0:
                Checkpoint(how);
                break;
            default:
                GoOn(how);
                break;
        }
    }

    /// <summary>What a step does that has nothing to do: the job's ordinary life, so that most of a history is one.</summary>
    private void GoOn(byte how)
    {
        var state = _story.State;
        if (!state.HasWorkLeft && how % 4 == 0)
            Command(new PutJob(Story.Id, RandomDefinitions.Of(how, At()), Precondition.None));
        else if (state is { Exists: true, IsPaused: true } && how % 4 == 1)
            Command(new ResumeJob(Story.Id, Reason: null));
        else if (how % 4 == 2 && Running(how) is { } run)
            Command(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Success()));
        else if (state.NextStart is { } next)
            StartAt(next);
    }

    private void StartAt(DateTimeOffset next)
    {
        if (next > _story.Now)
            MoveTo(next);
        _permit = Story.Node;
        Settle();
    }

    private static Precondition Stale { get; } = new([10_000], MustExist: true, MustNotExist: false);

    private static CommandOrigin Origin(byte how) => new(Key: Keys[how / 8 % Keys.Length]);

    private static AttemptNotSucceeded Failure(byte how) => Story.Failure(how % 6 != 0, how % 2 == 0 ? FailureKind.Failed : FailureKind.TimedOut) with
    {
        RetryAfter = how % 5 == 0 ? Waits[how / 5 % 10] : null,
    };

    private RunId SomeRun(byte how)
    {
        var state = _story.State;
        List<RunId> all =
        [
            .. state.Active.Select(r => r.RunId),
            .. state.Requested.Select(r => r.RunId),
            .. ExpectedReply.WaitingRuns(state),
            RunId.Scheduled(Story.Id, 1, Story.Start),
        ];
        return all[how % all.Count];
    }

    private void MoveTo(DateTimeOffset now)
    {
        // A history that reaches the end of the calendar says nothing about jobs.
        if (now.Year > 5000)
            return;
        _story.Now = now;
        Tell($"the clock shows {now:O}");
    }

    private void Command(JobCommand command)
    {
        Tell(command);
        var before = _story.State;
        var at = At();
        var again = JobDecider.Decide(before, command, _story.Now);
        var decision = _story.Do(command);

        Assert.Equal(again, decision);
        Assert.Equal(Story.Id, decision.Reply.JobId);
        Assert.Equal(before.Version + decision.Events.Count, _story.State.Version);
        if (command.Origin.Key is null && ExpectedReply.To(command, before, at) is { } expected)
            Assert.Equal(expected, decision.Reply.GetType());
        switch (decision.Reply)
        {
            case JobAccepted reply:
                Assert.Equal(_story.State, reply.State);
                Assert.Equal(decision.Events.Count == 0, reply.Replayed);
                if (!reply.Replayed)
                    CheckEffect(command, before);
                break;
            case RunAccepted reply:
                Assert.Equal(_story.State, reply.State);
                Assert.Equal(decision.Events.Count == 0, reply.Replayed);
                Assert.True(reply.RunId.IsRequested);
                break;
            case ReportAcknowledged:
                break;
            default:
                Assert.Empty(decision.Events);
                break;
        }
    }

    private void CheckEffect(JobCommand command, JobState before)
    {
        var state = _story.State;
        switch (command)
        {
            case PauseJob:
                Assert.True(state.IsPaused);
                break;
            case ResumeJob:
                Assert.False(state.IsPaused);
                break;
            case CancelJob:
                Assert.Equal(JobStatus.Cancelled, state.Status);
                break;
            case DeleteJob:
                Assert.False(state.Exists);
                break;
            case CancelRun c:
                Assert.Null(state.FindActive(c.RunId));
                Assert.DoesNotContain(c.RunId, ExpectedReply.WaitingRuns(state));
                Assert.DoesNotContain(state.Requested, r => r.RunId == c.RunId);
                break;
            case PutJob or UpdateJob or CreateJob:
                Assert.True(state.Exists);
                Assert.Equal(before.Revision + 1, state.Revision);
                break;
        }
    }

    private void Settle()
    {
        Tell($"settle with permit {_permit}");
        var before = _story.State;
        var again = _story.WouldSettle(_permit);
        var settlement = _story.Settle(_permit);
        var starts = settlement.Events.OfType<AttemptStarted>().ToList();

        Assert.Equal(again, settlement);
        CheckAgainstModel(before, settlement);
        Assert.InRange(starts.Count, 0, 1);
        Assert.False(settlement.NeedsPermit && (_permit is not null || settlement.Events.Count > 0));
        foreach (var started in starts)
        {
            Assert.True(_permit is not null, "An attempt started without a permit.");
            Assert.Equal(_permit, started.Node);
            Assert.True(Earliest(started) <= _story.Now + Story.Lead, "An attempt was stored longer before its due time than the lead allows.");
            _attempts.Add((started.RunId, started.Number));
            _permit = null;
        }
    }

    /// <summary>
    /// What time brings about is what the rules say of each fire time. Where one of them is to start, nothing of it is told without a permit,
    /// nor while something else starts that was due before.
    /// </summary>
    private void CheckAgainstModel(JobState before, Settlement settlement)
    {
        if (SettlingModel.Expected(before, Instant.Floor(_story.Now), Story.Tolerance.MisfireThreshold) is not { Count: > 0 } expected)
            return;
        var told = SettlingModel.Told(expected.Keys, settlement.Events);
        var isHeld = expected.Values.Contains(Fate.Starts) && (settlement.NeedsPermit || settlement.Events.Any(e => e is AttemptStarted { Kind: not AttemptKind.Scheduled }));
        foreach (var (fireTime, fate) in expected)
            Assert.True(told[fireTime] == (isHeld ? Fate.Unresolved : fate), $"{fireTime:O} should be {fate}, and is {told[fireTime]}");
    }

    /// <summary>What waits was due when it was put there; should the clock have jumped back since, its worker waits for the due time once more.</summary>
    private static DateTimeOffset Earliest(AttemptStarted started) =>
        started.Kind is AttemptKind.Buffered or AttemptKind.CatchUp ? started.FireTime : started.DueAt;

    private void StaleReport((RunId Run, int Number) attempt, byte how)
    {
        var number = attempt.Number + ((how % 3) - 1);
        if (_story.State.FindActive(attempt.Run) is { Node: not null } active && active.Attempt == number)
            return;
        var facts = _story.Facts.Count;
        AttemptOutcome outcome = how % 2 == 0 ? Story.Success() : Story.Failure();
        Command(new ReportAttempt(Story.Id, attempt.Run, number, outcome));
        Command(new GiveUpAttempt(Story.Id, attempt.Run, number, AttemptLoss.Unknown));
        Assert.Equal(facts, _story.Facts.Count);
    }

    /// <summary>The state is lost, and found again from the facts, or from an older state and the facts after it.</summary>
    private void Crash(byte how)
    {
        var from = how % 2 == 0 ? 0 : how % (_story.Facts.Count + 1);
        Tell($"crash, recovery from {from}");
        var snapshot = JobState.Empty(Story.Id).Apply(_story.Facts.Take(from));
        Assert.Equal(_story.State, (snapshot with { }).Apply(_story.Facts.Skip(from)));
        _permit = null;
    }

    /// <summary>Everything so far becomes one fact; from here on there is a second audit, that has read nothing before it.</summary>
    private void Checkpoint(byte how)
    {
        AssertClean(Audit());
        var before = _story.State;
        var command = new CheckpointJob(Story.Id, before.Version - (how % 8 == 3 ? 1 : 0), _audit.Past) { Earliest = how / 8 % 2 == 0 ? 1 : _checkpoint + 1 };
        Command(command);
        if (command.Version != before.Version)
            Assert.Equal(before, _story.State);
        if (_story.State.Version == before.Version)
            return;
        _checkpoint = _story.Facts.Count - 1;
        _resumed = new JobAudit(Story.Id, mostCounted: 2_000);
        Assert.Equal(before.IsDeleted, Checkpoints.IsTombstone(_story.State));
        Assert.Equal(before.Exists, _story.State.Exists);
        if (before.Exists)
            Assert.Equal(before with { Version = _story.State.Version, LastEventAt = _story.State.LastEventAt, Checkpoints = _story.State.Checkpoints }, _story.State);
    }

    private void Check()
    {
        var state = _story.State;
        Assert.Equal(_story.Facts.Count, state.Version);
        AssertClean(Audit());
        Assert.True(state.Exists && !state.IsCancelled || !state.HasWorkLeft && state.WakeAt is null, "A job that has ended has something left to do.");
        Assert.Equal(state is { Exists: true, IsCancelled: false, HasWorkLeft: false }, state is { Exists: true, IsCancelled: false, CompletedAt: not null });
        Assert.InRange(state.Requested.Count, 0, JobState.MaxRequested);
        Assert.InRange(state.Active.Count, 0, JobState.MaxActive);
        Assert.InRange(state.CatchUp.Count, 0, RandomDefinitions.MostCatchUp);
        Assert.All(state.Active.Where(r => r.Node is not null), r => Assert.True(state.WakeAt <= r.AttemptAt, "Nobody would look after an attempt whose node is gone."));
        CheckThatNoStartIsMissed(state);
    }

    /// <summary>What a job would do now, it is awake for; and what it is awake for now, it does: else a job would sleep for ever, or spin.</summary>
    private void CheckThatNoStartIsMissed(JobState state)
    {
        var with = _story.WouldSettle(Story.Node);
        var without = _story.WouldSettle(permit: null);
        Assert.Equal(with.Events.Count > 0, without.Events.Count > 0 || without.NeedsPermit);
        // What was asked for or promised by a clock that was ahead starts at once, and is told of by whatever wakes the job.
        var isByOldClock = with.Events.Any(e => e is AttemptStarted { Kind: AttemptKind.Requested or AttemptKind.Retry }) && state.LastEventAt > _story.Now;
        if (with.Events.Count > 0)
            Assert.True(isByOldClock || state.NextStart <= _story.Now + Story.Lead && state.WakeAt <= state.NextStart, "Something would start that no timer is set for.");
        else
            Assert.True(state.NextStart is null || state.NextStart > _story.Now, "A start is due and nothing starts.");
    }

    private void CheckFold()
    {
        Assert.Equal(_story.State, JobState.Empty(Story.Id).Apply(_story.Facts));
        Assert.Equal(_story.State, JobState.Empty(Story.Id).Apply(_story.Facts.Skip(_checkpoint)));
        CheckAgainstNaiveAudit();
    }

    private void CheckAgainstNaiveAudit()
    {
        if (NaiveAudit.Of(_story.Facts, _story.Now) is not { } naive)
            return;
        var report = Audit();
        Assert.True(naive.Faults.Count == 0, string.Join('\n', naive.Faults));
        Assert.Equal(naive.Skipped, report.Skipped);
        Assert.Equal(naive.Resolved + naive.Unresolved, report.Occurrences);
    }

    /// <summary>From here on all goes well: every job finds its end, by no other means than its wake time.</summary>
    private void Rest()
    {
        Tell("all goes well");
        if (_story.State is { Exists: true, IsPaused: true })
            Command(new ResumeJob(Story.Id, Reason: null));
        var left = 100;
        for (; left > 0; left--)
        {
            _permit = Story.Node;
            if (_story.WouldSettle(_permit).Events.Count > 0)
                Settle();
            else if (Running(0) is { } run)
                Command(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Success()));
            else if (_story.State.WakeAt is { } wake && wake > _story.Now)
                MoveTo(wake);
            else
                break;
            Check();
        }

        CheckFold();
        if (left == 0 && _story.State.Definition?.Schedule.IsRecurring == true)
            Command(new CancelJob(Story.Id, Reason: null));
        Assert.False(_story.State.HasWorkLeft, "Something is left to do, and the job is never woken for it.");
        CheckFold();
        var report = Audit();
        AssertClean(report);
        Assert.Equal(0, report.Open);
        Assert.Equal(report.Occurrences, report.Completed + report.Discarded + report.Cancelled + report.Skipped);
    }

    private static void AssertClean(AuditReport report) => Assert.True(report.Clean, string.Join('\n', report.Gaps));

    private AuditReport Audit()
    {
        for (; _audited < _story.Facts.Count; _audited++)
        {
            _audit.Read(_story.Facts[_audited]);
            if (_audited >= _checkpoint)
                _resumed?.Read(_story.Facts[_audited]);
        }

        var report = _audit.Conclude(_story.Now);
        if (_resumed is not null)
            Assert.Equal(report, _resumed.Conclude(_story.Now));
        return report;
    }

    private ActiveRun? Running(byte how)
    {
        var running = _story.State.Active.Where(r => r.Node is not null).ToList();
        return running.Count == 0 ? null : running[how % running.Count];
    }

    private DateTimeOffset At() => Instant.Floor(_story.Now);

    private void Tell(object what) => _told.Add(what);
}
