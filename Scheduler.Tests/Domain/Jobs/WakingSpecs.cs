using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>When a job's own timer goes off, and when a sleeping job must be woken. Seconds after the story's start; null for never.</summary>
public sealed class WakingSpecs
{
    [Theory]
    [InlineData(Situation.Unknown, null, null)]
    [InlineData(Situation.Pending, 60.0, 60.0)]
    [InlineData(Situation.Due, 60.0, 60.0)]
    [InlineData(Situation.Running, null, 60.0)]
    [InlineData(Situation.Retrying, 70.0, 70.0)]
    [InlineData(Situation.Paused, null, null)]
    [InlineData(Situation.PausedWhileRunning, null, 60.0)]
    [InlineData(Situation.PausedWhileRetrying, null, null)]
    [InlineData(Situation.Completed, null, null)]
    [InlineData(Situation.Failed, null, null)]
    [InlineData(Situation.Cancelled, null, null)]
    [InlineData(Situation.Deleted, null, null)]
    internal void A_job_is_awake_for_what_waits_to_start_and_is_woken_for_what_runs_too(Situation situation, double? nextStart, double? wakeAt)
    {
        var state = Story.In(situation).State;

        Assert.Equal(After(nextStart), state.NextStart);
        Assert.Equal(After(wakeAt), state.WakeAt);
    }

    [Fact]
    public void A_run_that_was_asked_for_is_due_whatever_the_clock_says_that_it_was_asked_by()
    {
        var state = Story.In(Situation.Requested).State;

        Assert.Equal(After(0), state.NextStart);
        Assert.Equal(DateTimeOffset.UnixEpoch, state.WakeAt);
        Assert.Null((state with { IsCancelled = true }).WakeAt);
    }

    [Theory]
    [InlineData(30, 20, 10)]
    [InlineData(10, 20, 30)]
    [InlineData(30, 10, 20)]
    public void The_earliest_of_what_waits_counts(int due, int buffered, int catchUp)
    {
        var state = Story.In(Situation.Pending).State with
        {
            NextFireTime = After(due - 5),
            NextDueAt = After(due),
            Buffered = After(buffered),
            CatchUp = [After(catchUp)!.Value, After(90)!.Value],
        };

        Assert.Equal(After(10), state.NextStart);
        Assert.Equal(After(10), state.WakeAt);
    }

    [Theory]
    [InlineData(30, 40, 30)]
    [InlineData(30, 20, 20)]
    public void What_waits_for_the_active_run_is_started_by_its_end_and_not_by_a_timer(int due, int retry, int earliest)
    {
        var state = Story.In(Situation.Retrying).State;
        state = state with
        {
            NextFireTime = After(due - 5),
            NextDueAt = After(due),
            Buffered = After(10),
            CatchUp = [After(5)!.Value],
            Active = state.Active.Replace(_ => true, r => r with { RetryAt = After(retry) }),
        };

        Assert.Equal(After(earliest), state.NextStart);
        Assert.Equal(After(earliest), state.WakeAt);
    }

    [Fact]
    public void With_jitter_a_job_is_woken_for_its_due_time_and_not_for_its_nominal_one()
    {
        var state = Story.In(Situation.Pending).State with { NextDueAt = After(67) };

        Assert.Equal(After(67), state.WakeAt);
    }

    [Fact]
    public void The_earliest_of_several_running_attempts_counts()
    {
        var running = Story.In(Situation.Running).State;
        var other = running.Active.Single() with { RunId = RunId.Requested(Story.Id, 1, 9), AttemptAt = After(5)!.Value };

        Assert.Equal(After(5), (running with { Active = running.Active.Add(other) }).WakeAt);
    }

    [Fact]
    public void A_requested_run_wakes_a_paused_job()
    {
        var story = Story.In(Situation.Paused);
        story.Now = After(5)!.Value;
        story.Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal(After(5), story.State.NextStart);
        Assert.Equal(DateTimeOffset.UnixEpoch, story.State.WakeAt);
    }

    [Fact]
    public void A_cancelled_or_deleted_job_sleeps_whatever_it_was_doing()
    {
        foreach (var situation in Enum.GetValues<Situation>())
        {
            var cancelled = Story.In(situation);
            cancelled.Do(new CancelJob(Story.Id, Reason: null));
            var deleted = Story.In(situation);
            deleted.Do(new DeleteJob(Story.Id, Reason: null));

            Assert.Null(cancelled.State.WakeAt);
            Assert.Null(deleted.State.WakeAt);
        }
    }

    private static DateTimeOffset? After(double? seconds) => seconds is { } s ? Story.Start.AddSeconds(s) : null;
}
