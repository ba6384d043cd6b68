using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class TriggeringSpecs
{
    [Theory]
    [InlineData(Situation.Pending)]
    [InlineData(Situation.Due)]
    [InlineData(Situation.Paused)]
    [InlineData(Situation.Completed)]
    [InlineData(Situation.Failed)]
    internal void A_job_that_runs_nothing_promises_a_run(Situation situation)
    {
        var story = Story.In(situation);
        var before = story.State;
        var run = RunId.Requested(Story.Id, 1, before.Version + 1);

        var decision = story.Do(new TriggerJob(Story.Id, "look") { Origin = new CommandOrigin("alice", "k1", "trace") });

        Assert.Equal(
            [
                new RunRequested { At = before.LastEventAt > story.Now ? before.LastEventAt : story.Now, By = "alice", Key = "k1", Trace = "trace", Reason = "look", RunId = run },
            ],
            decision.Events);
        Assert.Equal(new RunAccepted(story.State, run, Replayed: false), decision.Reply);
        Assert.Equal(before.Version + 1, story.State.Version);
        Assert.Equal(before.Revision, story.State.Revision);
        Assert.Equal(run, story.State.Requested.Single().RunId);
    }

    [Theory]
    [InlineData(Situation.Running)]
    [InlineData(Situation.Retrying)]
    [InlineData(Situation.Requested)]
    [InlineData(Situation.PausedWhileRunning)]
    [InlineData(Situation.PausedWhileRetrying)]
    [InlineData(Situation.Cancelled)]
    internal void A_job_that_runs_or_is_cancelled_refuses(Situation situation)
    {
        var decision = Story.In(situation).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Empty(decision.Events);
        Assert.IsType<JobConflict>(decision.Reply);
    }

    [Theory]
    [InlineData(Situation.Unknown)]
    [InlineData(Situation.Deleted)]
    internal void A_job_that_is_not_there_is_not_found(Situation situation)
    {
        var decision = Story.In(situation).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Empty(decision.Events);
        Assert.Equal(new JobNotFound(Story.Id), decision.Reply);
    }

    [Fact]
    public void A_key_that_comes_again_names_the_same_run_while_it_waits_while_it_runs_and_when_it_is_over()
    {
        var story = Story.In(Situation.Pending);
        var first = Assert.IsType<RunAccepted>(Trigger(story, "k1").Reply).RunId;

        AssertReplayed();
        story.Settle(Story.Node);
        AssertReplayed();
        story.Succeed();
        AssertReplayed();
        story.Do(new CancelJob(Story.Id, Reason: null));
        AssertReplayed();

        void AssertReplayed()
        {
            var again = Trigger(story, "k1");
            Assert.Empty(again.Events);
            Assert.Equal(new RunAccepted(story.State, first, Replayed: true), again.Reply);
        }
    }

    [Fact]
    public void Another_key_asks_for_another_run()
    {
        var story = Story.In(Situation.Completed);
        var first = Assert.IsType<RunAccepted>(Trigger(story, "k1").Reply).RunId;
        story.Run().Succeed();

        var second = Assert.IsType<RunAccepted>(Trigger(story, "k2").Reply).RunId;

        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Without_a_key_each_request_is_another_run()
    {
        var story = Story.In(Situation.Completed);
        var first = Assert.IsType<RunAccepted>(Trigger(story, key: null).Reply).RunId;
        story.Run().Succeed();

        Assert.NotEqual(first, Assert.IsType<RunAccepted>(Trigger(story, key: null).Reply).RunId);
    }

    [Fact]
    public void A_key_that_another_command_came_with_is_refused()
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition, "hash") { Origin = new CommandOrigin(Key: "k1") });

        var decision = Trigger(story, "k1");

        Assert.Empty(decision.Events);
        Assert.IsType<JobConflict>(decision.Reply);
    }

    private static Decision Trigger(Story story, string? key) =>
        story.Do(new TriggerJob(Story.Id, Reason: null) { Origin = new CommandOrigin(Key: key) });
}
