using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class SettlingSpecs
{
    [Theory]
    [InlineData(Situation.Unknown, "nothing")]
    [InlineData(Situation.Pending, "nothing")]
    [InlineData(Situation.Due, "start")]
    [InlineData(Situation.Running, "nothing")]
    [InlineData(Situation.Retrying, "nothing")]
    [InlineData(Situation.Requested, "start")]
    [InlineData(Situation.Paused, "nothing")]
    [InlineData(Situation.PausedWhileRunning, "nothing")]
    [InlineData(Situation.PausedWhileRetrying, "nothing")]
    [InlineData(Situation.Completed, "nothing")]
    [InlineData(Situation.Failed, "nothing")]
    [InlineData(Situation.Cancelled, "nothing")]
    [InlineData(Situation.Deleted, "nothing")]
    internal void What_may_start_needs_a_permit_and_stores_nothing_without_one(Situation situation, string what)
    {
        var story = Story.In(situation);
        var needsPermit = what == "start";

        Assert.Empty(story.WouldSettle(permit: null).Events);
        Assert.Equal(needsPermit, story.WouldSettle(permit: null).NeedsPermit);
        Assert.Equal(needsPermit, story.WouldSettle(Story.Node).Events.Any(e => e is AttemptStarted));
        Assert.False(story.WouldSettle(Story.Node).NeedsPermit);
    }

    [Fact]
    public void A_fire_consumes_its_fire_time_in_the_same_write()
    {
        var story = Story.In(Situation.Due);

        var settlement = story.Settle(Story.Node);

        Assert.Equal(
            [
                new AttemptStarted
                {
                    At = story.Now,
                    RunId = Story.ScheduledRun,
                    Number = 1,
                    Kind = AttemptKind.Scheduled,
                    FireTime = Story.FireTime,
                    DueAt = Story.FireTime,
                    Node = Story.Node,
                },
                new JobScheduled { At = story.Now, Cursor = Story.FireTime },
            ],
            settlement.Events);
        Assert.Equal(Story.FireTime, story.State.Cursor);
    }

    [Theory]
    [InlineData(-51, false)]
    [InlineData(-50, true)]
    [InlineData(-1, true)]
    [InlineData(0, true)]
    [InlineData(3_600_000, true)]
    public void An_attempt_is_stored_no_sooner_than_the_lead_before_it_is_due(int milliseconds, bool starts)
    {
        var story = Story.In(Situation.Pending);
        story.Now = Story.FireTime.AddMilliseconds(milliseconds);

        Assert.Equal(starts, story.WouldSettle(permit: null).NeedsPermit);
        Assert.Equal(starts, story.Settle(Story.Node).Events.Count > 0);
        if (starts)
            Assert.Equal(Story.FireTime, story.Active.DueAt);
    }

    [Theory]
    [InlineData(-51, false)]
    [InlineData(-50, true)]
    [InlineData(3_600_000, true)]
    public void So_is_a_retry(int milliseconds, bool starts)
    {
        var story = Story.In(Situation.Retrying);
        var retryAt = story.Active.RetryAt!.Value;
        story.Now = retryAt.AddMilliseconds(milliseconds);

        var settlement = story.Settle(Story.Node);

        Assert.Equal(starts ? "AttemptStarted" : "", settlement.Events.Names());
        if (!starts)
            return;
        Assert.Equal(
            new AttemptStarted
            {
                At = story.Now,
                RunId = Story.ScheduledRun,
                Number = 2,
                Kind = AttemptKind.Retry,
                FireTime = Story.FireTime,
                DueAt = retryAt,
                Node = Story.Node,
            },
            settlement.Events.Single());
    }

    [Fact]
    public void A_request_starts_at_once()
    {
        var story = Story.In(Situation.Requested);
        var requested = story.State.Requested.Single();

        var settlement = story.Settle(Story.Node);

        Assert.Equal(
            [
                new AttemptStarted
                {
                    At = story.Now,
                    RunId = requested.RunId,
                    Number = 1,
                    Kind = AttemptKind.Requested,
                    FireTime = requested.At,
                    DueAt = requested.At,
                    Node = Story.Node,
                },
            ],
            settlement.Events);
        Assert.Equal(Story.FireTime, story.State.NextFireTime);
        Assert.Equal(0, story.State.ScheduledRuns);
    }

    [Fact]
    public void A_request_starts_though_the_job_is_paused()
    {
        var story = Story.In(Situation.Paused);
        story.Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal("AttemptStarted", story.Settle(Story.Node).Events.Names());
    }

    [Theory]
    [InlineData(Situation.Cancelled)]
    [InlineData(Situation.Deleted)]
    internal void What_was_cancelled_or_deleted_starts_nothing_when_its_time_comes(Situation situation)
    {
        var story = Story.In(situation);
        story.Now = Story.FireTime.AddDays(1);

        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));
        Assert.Equal(Settlement.Nothing, story.WouldSettle(permit: null));
    }

    [Fact]
    public void A_pause_holds_the_fire_time()
    {
        var story = Story.In(Situation.Paused);
        story.Now = Story.FireTime.AddDays(1);

        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));
    }

    [Fact]
    public void A_pause_holds_the_retry_until_the_job_is_resumed()
    {
        var story = Story.In(Situation.PausedWhileRetrying);
        story.Now = Story.FireTime.AddDays(1);

        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));

        story.Resume();

        Assert.Equal("AttemptStarted", story.Settle(Story.Node).Events.Names());
        Assert.Equal(2, story.Active.Attempt);
    }

    [Fact]
    public void A_fire_time_that_comes_while_a_requested_run_is_active_is_skipped_when_it_comes_and_not_before()
    {
        var story = Story.In(Situation.Requested);
        story.Settle(Story.Node);
        story.Now = Story.FireTime.AddTicks(-1);

        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));

        story.Now = Story.FireTime;

        Assert.Equal(
            [
                new OccurrencesSkipped { At = story.Now, From = Story.FireTime, To = Story.FireTime, Count = 1, Why = SkipReason.Overlap },
                new JobScheduled { At = story.Now, Cursor = Story.FireTime },
            ],
            story.Settle(permit: null).Events);
        Assert.Equal("RunCompleted JobCompleted", story.Succeed().Events.Names());
    }

    [Fact]
    public void A_fire_time_that_comes_while_a_run_waits_for_its_retry_is_skipped_too()
    {
        var story = Story.In(Situation.Requested);
        story.Now = Story.FireTime.AddSeconds(-5);
        story.Settle(Story.Node);
        story.Fail();
        story.Now = Story.FireTime;

        Assert.Equal("OccurrencesSkipped JobScheduled", story.Settle(permit: null).Events.Names());
    }

    [Fact]
    public void What_needs_no_permit_is_settled_before_a_retry_that_waits_for_one()
    {
        var story = Story.In(Situation.Requested);
        story.Now = Story.FireTime.AddSeconds(-5);
        story.Settle(Story.Node);
        story.Fail();
        story.Now = Story.FireTime.AddMinutes(1);

        Assert.Equal("OccurrencesSkipped JobScheduled", story.Settle(permit: null).Events.Names());
        var waits = story.WouldSettle(permit: null);
        Assert.Empty(waits.Events);
        // The retry's own time, not the fire time's.
        Assert.InRange(waits.Wanted!.Value, Story.FireTime.AddSeconds(1), story.Now.AddMinutes(1));
        Assert.Equal("AttemptStarted", story.Settle(Story.Node).Events.Names());
        Assert.Equal(2, story.Active.Attempt);
    }

    [Fact]
    public void When_the_clock_jumped_back_nothing_is_dated_before_the_last_fact()
    {
        var story = Story.In(Situation.Running);
        var last = story.State.LastEventAt;
        story.Now = last.AddHours(-1);

        var failed = story.Fail();
        story.Now = story.Active.RetryAt!.Value - Story.Lead;
        var retried = story.Settle(Story.Node);
        story.Now = last.AddHours(-2);
        var cancelled = story.Do(new CancelJob(Story.Id, Reason: null));

        Assert.All(failed.Events.Concat(retried.Events).Concat(cancelled.Events), e => Assert.True(e.At >= last));
        // The delay by the clock as it is now: that the run is due later says nothing, it was due when it began.
        Assert.Equal(last.AddHours(-1).AddSeconds(10), ((AttemptFailed)failed.Events[0]).RetryAt);
        Assert.Equal(retried.Events[^1].At, cancelled.Events[^1].At);
    }

    [Fact]
    public void When_the_clock_jumped_back_a_fire_time_waits_for_it_to_come_again()
    {
        var story = Story.In(Situation.Due);
        story.Now = Story.FireTime.AddHours(-1);

        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));
    }

    [Fact]
    public void When_the_clock_jumped_back_a_request_is_due_at_once()
    {
        var story = Story.In(Situation.Completed);
        var last = story.State.LastEventAt;
        story.Now = last.AddHours(-1);
        story.Do(new TriggerJob(Story.Id, Reason: null));

        Assert.True(story.WouldSettle(permit: null).NeedsPermit);
        Assert.Equal(story.Now, story.State.NextStart);

        var started = Assert.Single(story.Settle(Story.Node).Events);
        Assert.Equal(last, Assert.IsType<AttemptStarted>(started).At);
    }

    [Fact]
    public void When_the_clock_jumped_back_a_request_holds_up_no_fire_time_that_is_due_before_it()
    {
        var story = Story.In(Situation.Pending);
        story.Now = Story.FireTime.AddHours(1);
        story.Do(new TriggerJob(Story.Id, Reason: null));
        story.Now = Story.FireTime.AddMinutes(1);

        Assert.Equal("AttemptStarted JobScheduled", story.Settle(Story.Node).Events.Names());

        story.Fail();

        Assert.Equal(story.Active.RetryAt, story.State.NextStart);

        story.Run().Succeed();
        story.Now = Story.FireTime.AddHours(1);

        Assert.Equal("AttemptStarted", story.Settle(Story.Node).Events.Names());
        Assert.Equal("RunCompleted JobCompleted", story.Succeed().Events.Names());
    }

    [Fact]
    public void Instants_between_two_milliseconds_are_dated_by_the_one_before()
    {
        var story = Story.In(Situation.Due);
        story.Now = Story.FireTime.AddTicks(9_999);

        Assert.All(story.Settle(Story.Node).Events, e => Assert.Equal(Story.FireTime, e.At));
    }

    [Fact]
    public void Settling_again_finds_nothing_more_to_do()
    {
        var story = Story.In(Situation.Due);
        story.Settle(Story.Node);

        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));
        Assert.Equal(Settlement.Nothing, story.WouldSettle(permit: null));
    }
}
