using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
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
        TimeSpan.FromDays(400),
    ];

    private static readonly string?[] Keys = [null, null, "k1", "k2", "k3"];

    private readonly Story _story = new();
    private readonly List<string> _told = [];
    private readonly List<(RunId Run, int Number)> _attempts = [];
    private readonly JobDefinition _definition;
    private WorkerNode? _permit;

    private JobHistory(JobDefinition definition) => _definition = definition;

    /// <summary>Plays a history to its end: a job with what the first bytes say, and what the others make of it.</summary>
    /// <param name="script">Any bytes.</param>
    /// <returns>The findings at the end, for what must also be seen.</returns>
    public static (JobState State, IReadOnlyList<JobEvent> Facts, AuditFindings Findings) Play(byte[] script)
    {
        var history = new JobHistory(Define(script.ElementAtOrDefault(0), script.ElementAtOrDefault(1)));
        try
        {
            if (script.Length > 0 && script[0] % 16 != 15)
                history.Command(new CreateJob(Story.Id, history._definition, "hash"));
            for (var i = 2; i + 1 < script.Length; i += 2)
            {
                history.Step(script[i], script[i + 1]);
                history.Check();
            }

            return (history._story.State, [.. history._story.Facts], history.Rest());
        }
        catch (Exception e)
        {
            throw new XunitException($"{e.Message}\nThe history:\n{string.Join('\n', history._told)}\nThe facts:\n{string.Join('\n', history._story.Facts)}", e);
        }
    }

    /// <summary>All fire times up to an instant, one after the other.</summary>
    public static IEnumerable<DateTimeOffset> FireTimesUntil(Schedule schedule, DateTimeOffset until) => schedule switch
    {
        OneOffSchedule s => s.At <= until ? [s.At] : [],
        DelaySchedule { At: { } at } => at <= until ? [at] : [],
        EverySchedule s => Enumerable.Range(0, s.Times).Select(n => s.First + (n * s.Period)).Where(t => t <= until),
        _ => throw new InvalidOperationException($"No rule for {schedule.GetType().Name}."),
    };

    private static JobDefinition Define(byte schedule, byte retry) => Story.Definition with
    {
        Schedule = (schedule % 8) switch
        {
            0 => new OneOffSchedule(Story.FireTime),
            1 => new OneOffSchedule(Story.Start),
            2 => new OneOffSchedule(Story.Start.AddDays(-1)),
            3 => new OneOffSchedule(Story.Start.AddDays(300)),
            4 => new DelaySchedule(TimeSpan.FromSeconds(90), Story.Start.AddSeconds(90)),
            5 => new EverySchedule(Story.FireTime, TimeSpan.FromSeconds(7), 5),
            6 => new EverySchedule(Story.Start.AddMilliseconds(1), TimeSpan.FromMilliseconds(30), 20),
            _ => new EverySchedule(Story.Start, TimeSpan.FromHours(1), 2),
        },
        Retry = new RetryPolicy(1 + (retry % 4), TimeSpan.FromMilliseconds((retry % 3) * 5_000)),
    };

    private void Step(byte what, byte how)
    {
        switch (what % 20)
        {
            case 0 or 1:
                Move(Waits[how % Waits.Length]);
                break;
            case 2 or 3 when _story.State.NextStart is { } start:
                MoveTo(start + ((how % 4) switch
                {
                    0 => -Story.Lead,
                    1 => TimeSpan.FromTicks(-1),
                    2 => TimeSpan.Zero,
                    _ => TimeSpan.FromTicks(1),
                }));
                break;
            case 4:
                Move(-Waits[how % (Waits.Length - 1)]);
                break;
            case 5:
                Command(new CreateJob(Story.Id, _definition, how % 3 == 0 ? "other" : "hash"));
                break;
            case 6 or 7:
                Command(new TriggerJob(Story.Id, Reason: null) { Origin = new CommandOrigin(Key: Keys[how % Keys.Length]) });
                break;
            case 8 when how % 4 == 0 && !HasBacklog():
                Command(new CancelJob(Story.Id, Reason: null) { Origin = new CommandOrigin(Key: Keys[how / 4 % Keys.Length]) });
                break;
            case 9 when how % 8 == 0 && !HasBacklog():
                Command(new DeleteJob(Story.Id, Reason: null));
                break;
            case 10:
                _permit = how % 3 == 0 ? null : Story.Node;
                Tell($"permit: {_permit}");
                break;
            case 11:
                Settle();
                break;
            case 12 or 13:
                if (_story.State.NextStart is { } next && next > _story.Now)
                    MoveTo(how % 2 == 0 ? next : next - Story.Lead);
                _permit = Story.Node;
                Settle();
                break;
            case 14 when Running() is { } run:
                Command(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Success()));
                break;
            case 15 when Running() is { } run:
                Command(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Failure(how % 6 != 0, how % 2 == 0 ? FailureKind.Failed : FailureKind.TimedOut)));
                break;
            case 16 when Running() is { } run:
                Command(new GiveUpAttempt(Story.Id, run.RunId, run.Attempt, how % 2 == 0 ? AttemptLoss.NotBegun : AttemptLoss.Unknown));
                break;
            case 17 when _attempts.Count > 0:
                StaleReport(_attempts[how % _attempts.Count], how);
                break;
            case 18 when _story.State is { Exists: true, IsCancelled: false }:
                Tell(_story.State.IsPaused ? "resume" : "pause");
                if (_story.State.IsPaused)
                    _story.Resume();
                else
                    _story.Pause();
                break;
            case 19:
                Crash(how);
                break;
        }
    }

    private void Move(TimeSpan by) => MoveTo(_story.Now + by);

    private void MoveTo(DateTimeOffset now)
    {
        _story.Now = now;
        Tell($"the clock shows {now:O}");
    }

    private void Command(JobCommand command)
    {
        Tell(command.ToString());
        var before = _story.State;
        var again = JobDecider.Decide(before, command, _story.Now);
        var decision = _story.Do(command);

        Assert.Equal(again, decision);
        Assert.Equal(Story.Id, decision.Reply.JobId);
        Assert.Equal(before.Version + decision.Events.Count, _story.State.Version);
        switch (decision.Reply)
        {
            case JobAccepted reply:
                Assert.Equal(_story.State, reply.State);
                Assert.Equal(decision.Events.Count == 0, reply.Replayed);
                break;
            case RunAccepted reply:
                Assert.Equal(_story.State, reply.State);
                Assert.Equal(decision.Events.Count == 0, reply.Replayed);
                Assert.True(reply.RunId.IsRequested);
                break;
            case JobNotFound or JobGone or JobConflict:
                Assert.Empty(decision.Events);
                break;
        }
    }

    private void Settle()
    {
        Tell($"settle with permit {_permit}");
        var again = _story.WouldSettle(_permit);
        var settlement = _story.Settle(_permit);
        var starts = settlement.Events.OfType<AttemptStarted>().ToList();

        Assert.Equal(again, settlement);
        Assert.InRange(starts.Count, 0, 1);
        Assert.False(settlement.NeedsPermit && (_permit is not null || settlement.Events.Count > 0));
        foreach (var started in starts)
        {
            Assert.Equal(_permit, started.Node);
            Assert.True(started.DueAt <= _story.Now + Story.Lead, "An attempt was stored longer before its due time than the lead allows.");
            _attempts.Add((started.RunId, started.Number));
            _permit = null;
        }
    }

    private void StaleReport((RunId Run, int Number) attempt, byte how)
    {
        var number = attempt.Number + ((how % 3) - 1);
        if (Running() is { } run && run.RunId == attempt.Run && run.Attempt == number)
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

    private void Check()
    {
        var state = _story.State;
        Assert.Equal(_story.Facts.Count, state.Version);
        Assert.Equal(state, JobState.Empty(Story.Id).Apply(_story.Facts));
        Assert.Empty(Audit().Faults);
        Assert.True(state.Exists && !state.IsCancelled || !state.HasWorkLeft && state.WakeAt is null, "A job that has ended has something left to do.");
        Assert.Equal(state is { Exists: true, IsCancelled: false, HasWorkLeft: false }, state is { Exists: true, IsCancelled: false, CompletedAt: not null });
        Assert.InRange(state.Requested.Count, 0, JobState.MaxRequested);
        Assert.All(state.Active.Where(r => r.Node is not null), r => Assert.True(state.WakeAt <= r.AttemptAt, "Nobody would look after an attempt whose node is gone."));
        CheckThatNoStartIsMissed(state);
    }

    /// <summary>What a job would do now, it is awake for; and what it is awake for now, it does: else a job would sleep for ever, or spin.</summary>
    private void CheckThatNoStartIsMissed(JobState state)
    {
        var settlement = _story.WouldSettle(Story.Node);
        if (settlement.Events.Count > 0)
            Assert.True(state.NextStart <= _story.Now + Story.Lead && state.WakeAt <= state.NextStart, "Something would start that no timer is set for.");
        else
            Assert.True(state.NextStart is null || state.NextStart > _story.Now, "A start is due and nothing starts.");
    }

    /// <summary>From here on all goes well: every job finds its end, by no other means than its wake time.</summary>
    private AuditFindings Rest()
    {
        Tell("all goes well");
        if (_story.State.IsPaused && _story.State.Exists)
            _story.Resume();
        for (var left = 500; left > 0; left--)
        {
            _permit = Story.Node;
            if (_story.WouldSettle(_permit).Events.Count > 0)
                Settle();
            else if (Running() is { } run)
                Command(new ReportAttempt(Story.Id, run.RunId, run.Attempt, Story.Success()));
            else if (_story.State.WakeAt is { } wake && wake > _story.Now)
                MoveTo(wake);
            else
                break;
            Check();
        }

        Assert.False(_story.State.HasWorkLeft, "Something is left to do, and the job is never woken for it.");
        var findings = Audit();
        Assert.Equal(0, findings.Open);
        Assert.Equal(findings.Occurrences, findings.Completed + findings.Discarded + findings.Cancelled + findings.Skipped);
        return findings;
    }

    private AuditFindings Audit() => JobAudit.Of(_story.Facts, _story.Now, FireTimesUntil);

    private ActiveRun? Running() => _story.State.Active.FirstOrDefault(r => r.Node is not null);

    /// <summary>Whether more than one fire time is due and unresolved: ending the job then needs a policy that says how many those are.</summary>
    private bool HasBacklog() =>
        _story.State.NextFireTime is { } next && _definition.Schedule.Next(next) <= Instant.Max(_story.Now, _story.State.LastEventAt);

    private void Tell(string what) => _told.Add(what);
}
