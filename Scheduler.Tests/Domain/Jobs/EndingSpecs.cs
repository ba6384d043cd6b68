using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Cancelling and deleting.</summary>
public sealed class EndingSpecs
{
    [Theory]
    [InlineData(Situation.Pending, "JobCancelled")]
    [InlineData(Situation.Due, "OccurrencesSkipped JobCancelled")]
    [InlineData(Situation.Running, "RunCancelled JobCancelled")]
    [InlineData(Situation.Retrying, "RunCancelled JobCancelled")]
    [InlineData(Situation.Requested, "RunCancelled JobCancelled")]
    [InlineData(Situation.Paused, "JobCancelled")]
    [InlineData(Situation.PausedWhileRunning, "RunCancelled JobCancelled")]
    [InlineData(Situation.PausedWhileRetrying, "RunCancelled JobCancelled")]
    [InlineData(Situation.Completed, "JobCancelled")]
    [InlineData(Situation.Failed, "JobCancelled")]
    [InlineData(Situation.Cancelled, "")]
    internal void Cancelling_ends_what_runs_and_what_waits_and_says_so(Situation situation, string facts)
    {
        var story = Story.In(situation);

        var decision = story.Do(new CancelJob(Story.Id, "not needed"));

        Assert.Equal(facts, decision.Events.Names());
        Assert.Equal(new JobAccepted(story.State, Replayed: facts.Length == 0), decision.Reply);
        Assert.Equal(JobStatus.Cancelled, story.State.Status);
        Assert.False(story.State.HasWorkLeft);
        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));
    }

    [Theory]
    [InlineData(Situation.Pending, "JobDeleted")]
    [InlineData(Situation.Due, "OccurrencesSkipped JobDeleted")]
    [InlineData(Situation.Running, "RunCancelled JobDeleted")]
    [InlineData(Situation.Retrying, "RunCancelled JobDeleted")]
    [InlineData(Situation.Requested, "RunCancelled JobDeleted")]
    [InlineData(Situation.Paused, "JobDeleted")]
    [InlineData(Situation.PausedWhileRunning, "RunCancelled JobDeleted")]
    [InlineData(Situation.PausedWhileRetrying, "RunCancelled JobDeleted")]
    [InlineData(Situation.Completed, "JobDeleted")]
    [InlineData(Situation.Failed, "JobDeleted")]
    [InlineData(Situation.Cancelled, "JobDeleted")]
    [InlineData(Situation.Deleted, "")]
    internal void Deleting_ends_what_runs_and_what_waits_and_hides_the_job(Situation situation, string facts)
    {
        var story = Story.In(situation);
        var revision = story.State.Revision;

        var decision = story.Do(new DeleteJob(Story.Id, "not needed"));

        Assert.Equal(facts, decision.Events.Names());
        Assert.Equal(new JobAccepted(story.State, Replayed: facts.Length == 0), decision.Reply);
        Assert.False(story.State.Exists);
        Assert.False(story.State.HasWorkLeft);
        Assert.Equal(revision, story.State.Revision);
        Assert.Equal(Settlement.Nothing, story.WouldSettle(Story.Node));
    }

    [Theory]
    [InlineData(Situation.Unknown)]
    [InlineData(Situation.Deleted)]
    internal void What_is_not_there_cannot_be_cancelled(Situation situation)
    {
        var decision = Story.In(situation).Do(new CancelJob(Story.Id, Reason: null));

        Assert.Empty(decision.Events);
        Assert.Equal(new JobNotFound(Story.Id), decision.Reply);
    }

    [Fact]
    public void What_never_was_cannot_be_deleted()
    {
        var decision = Story.In(Situation.Unknown).Do(new DeleteJob(Story.Id, Reason: null));

        Assert.Empty(decision.Events);
        Assert.Equal(new JobNotFound(Story.Id), decision.Reply);
    }

    [Fact]
    public void The_runs_that_are_ended_carry_the_reason_and_the_job_carries_who_asked()
    {
        var story = Story.In(Situation.Running);

        var decision = story.Do(new CancelJob(Story.Id, "not needed") { Origin = new CommandOrigin("alice", "k1", "trace") });

        Assert.Equal(
            [
                new RunCancelled { At = story.Now, RunId = Story.ScheduledRun, Reason = "not needed" },
                new JobCancelled { At = story.Now, By = "alice", Key = "k1", Trace = "trace", Reason = "not needed" },
            ],
            decision.Events);
        Assert.Equal("not needed", story.State.StatusReason);
        Assert.Equal(RunOutcome.Cancelled, story.State.LastOutcome);
        Assert.Equal(2, story.State.Revision);
    }

    [Theory]
    [InlineData(SkipReason.Cancelled)]
    [InlineData(SkipReason.Deleted)]
    public void A_fire_time_that_has_come_and_not_started_is_skipped_for_that_reason(SkipReason why)
    {
        var story = Story.In(Situation.Due);

        var decision = story.Do(why is SkipReason.Cancelled ? new CancelJob(Story.Id, Reason: null) : new DeleteJob(Story.Id, Reason: null));

        Assert.Equal(
            new OccurrencesSkipped { At = story.Now, From = Story.FireTime, To = Story.FireTime, Count = 1, Why = why },
            decision.Events[0]);
    }

    [Fact]
    public void A_fire_time_that_has_not_come_never_was_an_occurrence()
    {
        var story = Story.In(Situation.Pending);
        story.Now = Story.FireTime.AddTicks(-1);

        Assert.Equal("JobCancelled", story.Do(new CancelJob(Story.Id, Reason: null)).Events.Names());
    }

    [Fact]
    public void Cancelling_again_stores_nothing_with_the_same_key_or_another()
    {
        var story = Story.In(Situation.Pending);
        story.Do(new CancelJob(Story.Id, "first") { Origin = new CommandOrigin(Key: "k1") });

        Assert.Empty(story.Do(new CancelJob(Story.Id, "second") { Origin = new CommandOrigin(Key: "k1") }).Events);
        Assert.Empty(story.Do(new CancelJob(Story.Id, "third") { Origin = new CommandOrigin(Key: "k2") }).Events);
        Assert.Equal("first", story.State.StatusReason);
    }

    [Fact]
    public void A_key_that_requested_a_run_cancels_nothing()
    {
        var story = Story.In(Situation.Pending);
        story.Do(new TriggerJob(Story.Id, Reason: null) { Origin = new CommandOrigin(Key: "k1") });

        var decision = story.Do(new CancelJob(Story.Id, Reason: null) { Origin = new CommandOrigin(Key: "k1") });

        Assert.Empty(decision.Events);
        Assert.IsType<JobConflict>(decision.Reply);
    }
}
