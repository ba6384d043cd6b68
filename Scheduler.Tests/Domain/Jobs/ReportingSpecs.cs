using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What workers say of attempts, and what is concluded where none says anything.</summary>
public sealed class ReportingSpecs
{
    private static readonly AttemptTiming Timing = new(Story.FireTime, TimeSpan.FromMilliseconds(0.4), TimeSpan.FromSeconds(1));

    [Fact]
    public void A_success_ends_the_run_and_with_it_the_job()
    {
        var story = Story.In(Situation.Running);
        story.Now = Story.FireTime.AddSeconds(1);

        var decision = story.Report(new AttemptSucceeded(new JsonText("{}"), Timing));

        Assert.Equal(
            [
                new RunCompleted { At = story.Now, RunId = Story.ScheduledRun, Number = 1, Output = new JsonText("{}"), Timing = Timing },
                new JobCompleted { At = story.Now },
            ],
            decision.Events);
        Assert.Equal(new ReportAcknowledged(Story.Id, Story.ScheduledRun, 1), decision.Reply);
        Assert.Equal(Story.FireTime, story.State.LastRunAt);
        Assert.Equal(story.Now, story.State.CompletedAt);
    }

    [Theory]
    [InlineData(FailureKind.Failed)]
    [InlineData(FailureKind.TimedOut)]
    public void A_failure_waits_for_its_retry(FailureKind kind)
    {
        var story = Story.In(Situation.Running);
        story.Now = Story.FireTime.AddSeconds(1);

        var decision = story.Report(new AttemptNotSucceeded(kind, "It broke.", Retryable: true, Timing));

        Assert.Equal(
            [
                new AttemptFailed
                {
                    At = story.Now,
                    RunId = Story.ScheduledRun,
                    Number = 1,
                    Kind = kind,
                    Error = "It broke.",
                    Retryable = true,
                    RetryAt = story.Now + Story.RetryDelay,
                    Timing = Timing,
                },
            ],
            decision.Events);
        Assert.Equal(JobStatus.Running, story.State.Status);
    }

    [Fact]
    public void A_retry_delay_below_a_millisecond_is_rounded_up()
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition with { Retry = new RetryPolicy(2, TimeSpan.FromTicks(1)) }, BodyHash: null));
        story.Run().Fail();

        Assert.Equal(story.Now.AddMilliseconds(1), story.Active.RetryAt);
    }

    [Theory]
    [InlineData("a worker that failed while it waited")]
    [InlineData("a node that is gone")]
    public void An_attempt_that_ends_before_it_is_due_is_not_tried_again_before_that(string ended)
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition with { Retry = new RetryPolicy(2, TimeSpan.Zero) }, BodyHash: null));
        story.Now = Story.FireTime - Story.Lead;
        story.Settle(Story.Node);

        _ = ended == "a node that is gone" ? story.Lose(AttemptLoss.Unknown) : story.Fail();

        Assert.Equal(Story.FireTime, story.Active.RetryAt);
    }

    [Fact]
    public void A_retry_delay_beyond_the_end_of_time_is_no_fault()
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition with { Retry = new RetryPolicy(2, TimeSpan.MaxValue) }, BodyHash: null));
        story.Run().Fail();

        Assert.Equal(9999, story.Active.RetryAt!.Value.Year);
    }

    [Fact]
    public void A_failure_that_must_not_be_retried_discards_the_run_at_once()
    {
        var story = Story.In(Situation.Running);

        var decision = story.Fail(retryable: false);

        Assert.Equal("AttemptFailed RunDiscarded JobCompleted", decision.Events.Names());
        Assert.Null(((AttemptFailed)decision.Events[0]).RetryAt);
        Assert.Equal(JobStatus.Failed, story.State.Status);
        Assert.Equal(1, story.State.FailureCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public void A_run_is_discarded_when_all_of_its_attempts_failed(int most)
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition with { Retry = new RetryPolicy(most, Story.RetryDelay) }, BodyHash: null));

        for (var number = 1; number < most; number++)
        {
            Assert.Equal("AttemptFailed", story.Run().Fail().Events.Names());
            Assert.Equal(number, story.Active.Attempt);
        }

        Assert.Equal("AttemptFailed RunDiscarded JobCompleted", story.Run().Fail().Events.Names());
    }

    [Fact]
    public void A_retry_may_succeed()
    {
        var story = Story.In(Situation.Retrying);

        story.Run();
        var decision = story.Succeed();

        Assert.Equal("RunCompleted JobCompleted", decision.Events.Names());
        Assert.Equal(2, ((RunCompleted)decision.Events[0]).Number);
        Assert.Equal(JobStatus.Completed, story.State.Status);
        Assert.Equal((1L, 0L), (story.State.RunCount, story.State.FailureCount));
    }

    [Theory]
    [InlineData("the same report again")]
    [InlineData("an attempt that is not the current one")]
    [InlineData("a number that never was")]
    [InlineData("a run that never was")]
    [InlineData("a run that waits for its retry")]
    [InlineData("a run that was cancelled")]
    [InlineData("a job that was deleted")]
    [InlineData("a job that never was")]
    [InlineData("an attempt that was given up")]
    public void A_report_that_nobody_waits_for_is_acknowledged_and_changes_nothing(string about)
    {
        var (story, number) = about switch
        {
            "the same report again" => (Story.In(Situation.Completed), 1),
            "an attempt that is not the current one" => (Story.In(Situation.Retrying).Run(), 1),
            "a number that never was" => (Story.In(Situation.Running), 2),
            "a run that never was" => (Story.In(Situation.Pending), 1),
            "a run that waits for its retry" => (Story.In(Situation.Retrying), 1),
            "a run that was cancelled" => (After(Situation.Running, new CancelJob(Story.Id, Reason: null)), 1),
            "a job that was deleted" => (After(Situation.Running, new DeleteJob(Story.Id, Reason: null)), 1),
            "a job that never was" => (Story.In(Situation.Unknown), 1),
            _ => (After(Situation.Running, new GiveUpAttempt(Story.Id, Story.ScheduledRun, 1, AttemptLoss.Unknown)), 1),
        };
        AttemptOutcome[] outcomes = [Story.Success(), Story.Failure(), Story.Failure(retryable: false)];

        Assert.All(outcomes, outcome =>
        {
            var decision = story.Do(new ReportAttempt(Story.Id, Story.ScheduledRun, number, outcome));
            Assert.Empty(decision.Events);
            Assert.Equal(new ReportAcknowledged(Story.Id, Story.ScheduledRun, number), decision.Reply);
        });
        Assert.Empty(story.Do(new GiveUpAttempt(Story.Id, Story.ScheduledRun, number, AttemptLoss.Unknown)).Events);
        Assert.Empty(story.Do(new GiveUpAttempt(Story.Id, Story.ScheduledRun, number, AttemptLoss.NotBegun)).Events);
    }

    [Fact]
    public void An_attempt_that_never_began_is_tried_again_at_once_and_does_not_count()
    {
        var story = Story.In(Situation.Running);
        story.Now = Story.FireTime.AddSeconds(5);

        for (var number = 1; number <= 10; number++)
        {
            Assert.Equal(
                [new AttemptLost { At = story.Now, RunId = Story.ScheduledRun, Number = number, Loss = AttemptLoss.NotBegun, RetryAt = story.Now }],
                story.Lose(AttemptLoss.NotBegun).Events);
            Assert.Equal(0, story.Active.Counted);
            story.Settle(Story.Node);
            Assert.Equal(number + 1, story.Active.Attempt);
        }

        Assert.Equal("AttemptFailed", story.Fail().Events.Names());
        Assert.Equal("AttemptFailed RunDiscarded JobCompleted", story.Run().Fail().Events.Names());
    }

    [Fact]
    public void An_attempt_that_never_began_is_not_tried_again_before_its_run_is_due()
    {
        var story = Story.In(Situation.Pending);
        story.Now = Story.FireTime - Story.Lead;
        story.Settle(Story.Node);

        story.Lose(AttemptLoss.NotBegun);

        Assert.Equal(Story.FireTime, story.Active.RetryAt);
    }

    [Fact]
    public void An_attempt_of_which_nothing_is_known_counts_and_waits_for_the_delay()
    {
        var story = Story.In(Situation.Running);

        var first = story.Lose(AttemptLoss.Unknown);
        var second = story.Run().Lose(AttemptLoss.Unknown);

        Assert.Equal("AttemptLost", first.Events.Names());
        Assert.Equal(Story.FireTime + Story.RetryDelay, ((AttemptLost)first.Events[0]).RetryAt);
        Assert.Equal("AttemptLost RunDiscarded JobCompleted", second.Events.Names());
        Assert.Null(((AttemptLost)second.Events[0]).RetryAt);
        Assert.Equal(JobStatus.Failed, story.State.Status);
    }

    [Fact]
    public void A_lost_attempt_of_a_paused_job_waits_for_its_resumption()
    {
        var story = Story.In(Situation.PausedWhileRunning);
        story.Lose(AttemptLoss.NotBegun);

        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));

        story.Resume();

        Assert.Equal("AttemptStarted", story.Settle(Story.Node).Events.Names());
    }

    [Fact]
    public void A_job_is_completed_only_when_nothing_else_is_left()
    {
        var story = Story.In(Situation.Requested);
        story.Settle(Story.Node);

        Assert.Equal("RunCompleted", story.Succeed().Events.Names());
        Assert.Equal(JobStatus.Pending, story.State.Status);
        Assert.Equal("RunCompleted JobCompleted", story.Run().Succeed().Events.Names());
    }

    [Fact]
    public void A_completed_job_that_is_triggered_completes_again()
    {
        var story = Story.In(Situation.Failed);
        story.Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Null(story.State.CompletedAt);
        Assert.Equal("RunCompleted JobCompleted", story.Run().Succeed().Events.Names());
        Assert.Equal(JobStatus.Completed, story.State.Status);
    }

    private static Story After(Situation situation, JobCommand command)
    {
        var story = Story.In(situation);
        story.Do(command);
        return story;
    }
}
