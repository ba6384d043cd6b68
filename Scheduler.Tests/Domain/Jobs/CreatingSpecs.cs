using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class CreatingSpecs
{
    private static readonly CommandOrigin Origin = new(By: "alice", Key: "k1", Trace: "00-a-b-01");

    [Fact]
    public void A_new_job_is_created_with_its_plan_in_one_write()
    {
        var story = new Story { Now = Story.Start.AddTicks(12_345) };

        var decision = story.Do(new CreateJob(Story.Id, Story.Definition, "hash") { Origin = Origin });

        Assert.Equal(
            [
                new JobCreated
                {
                    At = Story.Start.AddMilliseconds(1),
                    By = "alice",
                    Key = "k1",
                    Trace = "00-a-b-01",
                    Definition = Story.Definition,
                    Generation = 1,
                    BodyHash = "hash",
                },
                new JobScheduled { At = Story.Start.AddMilliseconds(1), NextFireTime = Story.FireTime, NextDueAt = Story.FireTime },
            ],
            decision.Events);
        Assert.Equal(new JobAccepted(story.State, Replayed: false) { IsNew = true }, decision.Reply);
        Assert.Equal((2L, 1, 1), (story.State.Version, story.State.Revision, story.State.Generation));
        Assert.Equal(JobStatus.Pending, story.State.Status);
    }

    [Fact]
    public void A_one_off_in_the_past_is_due_when_it_is_created()
    {
        var story = new Story();
        var yesterday = Story.Start.AddDays(-1);

        story.Do(new CreateJob(Story.Id, Story.Definition with { Schedule = new OneOffSchedule(yesterday) }, BodyHash: null));

        Assert.Equal(yesterday, story.State.NextFireTime);
        Assert.Equal(Story.Start, story.State.NextDueAt);
        Assert.Null(story.State.Cursor);

        story.Settle(Story.Node);

        Assert.Equal(RunId.Scheduled(Story.Id, 1, yesterday), story.Active.RunId);
        Assert.Equal(Story.Start, story.Active.DueAt);
    }

    [Theory]
    [InlineData(MisfireKind.FireOnce, null, -60, true)]
    [InlineData(MisfireKind.Skip, null, -60, false)]
    [InlineData(MisfireKind.Skip, null, -10, true)]
    [InlineData(MisfireKind.FireAll, null, -60, true)]
    [InlineData(MisfireKind.FireAll, 30, -60, false)]
    [InlineData(MisfireKind.FireAll, 90, -60, true)]
    public void A_one_off_in_the_past_is_as_old_as_it_says_where_the_misfire_policy_looks_at_age(MisfireKind kind, int? window, int at, bool runs)
    {
        var policy = new MisfirePolicy(kind, window is { } s ? TimeSpan.FromSeconds(s) : null);
        var job = new Timeline(Story.Definition with { Schedule = new OneOffSchedule(Timeline.After(at)), Misfire = policy });
        job.Settle();

        Assert.Equal(runs, job.State.Active.Count == 1);
        Assert.Equal(runs ? JobStatus.Running : JobStatus.Failed, job.State.Status);
        var audit = new JobAudit(Story.Id);
        foreach (var fact in job.Facts)
            audit.Read(fact);
        Assert.Empty(audit.Conclude(Story.Start).Gaps);
    }

    [Fact]
    public void A_delay_is_due_at_the_instant_that_it_gave()
    {
        var story = new Story();
        var at = Story.Start.AddSeconds(90);

        story.Do(new CreateJob(Story.Id, Story.Definition with { Schedule = new DelaySchedule(TimeSpan.FromSeconds(90), at) }, BodyHash: null));

        Assert.Equal(at, story.State.NextFireTime);
        Assert.Equal(at, story.State.NextDueAt);
    }

    [Fact]
    public void An_H_in_a_cron_rule_is_the_jobs_own_and_stays_so()
    {
        var cron = new CronSchedule("H H * * *", "UTC", DstGap.Shift, DstOverlap.First, []);
        var (one, other) = (new Story(), JobId.Parse("another"));

        one.Do(new PutJob(Story.Id, Story.Definition with { Schedule = cron }, Precondition.None));
        var created = JobDecider.Decide(JobState.Empty(other), new CreateJob(other, Story.Definition with { Schedule = cron }, BodyHash: null), Story.Start);

        Assert.Equal(Story.Id.Hash, Assert.IsType<CronSchedule>(one.State.Definition!.Schedule).Hash);
        Assert.NotEqual(one.State.NextFireTime, Assert.IsType<JobAccepted>(created.Reply).State.NextFireTime);
        Assert.Empty(one.Do(new PutJob(Story.Id, Story.Definition with { Schedule = cron }, Precondition.None)).Events);
    }

    [Fact]
    public void A_count_that_ends_too_far_away_is_refused_with_the_field()
    {
        var rule = new RecurrenceRuleSchedule("FREQ=YEARLY;BYYEARDAY=1;COUNT=10000", Anchor: null, "UTC", []);

        var refused = Assert.IsType<DefinitionRefused>(new Story().Do(new CreateJob(Story.Id, Story.Definition with { Schedule = rule }, BodyHash: null)).Reply);

        Assert.Equal("schedule.rrule", refused.Field);
        Assert.Contains("max_runs", refused.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Situation.Pending)]
    [InlineData(Situation.Running)]
    [InlineData(Situation.Retrying)]
    [InlineData(Situation.Requested)]
    [InlineData(Situation.Paused)]
    [InlineData(Situation.Completed)]
    [InlineData(Situation.Failed)]
    [InlineData(Situation.Cancelled)]
    internal void A_job_that_exists_is_not_created_again(Situation situation)
    {
        var story = Story.In(situation);

        var decision = story.Do(new CreateJob(Story.Id, Story.Definition, BodyHash: null));

        Assert.Empty(decision.Events);
        Assert.IsType<JobConflict>(decision.Reply);
    }

    [Theory]
    [InlineData("same", "same", true)]
    [InlineData("same", "other", false)]
    [InlineData("same", null, false)]
    [InlineData(null, "same", false)]
    [InlineData(null, null, false)]
    public void A_key_that_comes_again_gives_the_same_job_only_with_the_same_body(string? first, string? second, bool replayed)
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition, first));

        var decision = story.Do(new CreateJob(Story.Id, Story.Definition, second));

        Assert.Empty(decision.Events);
        if (replayed)
            Assert.Equal(new JobAccepted(story.State, Replayed: true), decision.Reply);
        else
            Assert.IsType<JobConflict>(decision.Reply);
    }

    [Fact]
    public void A_repeated_creation_is_told_what_became_of_the_job_meanwhile()
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition, "hash"));
        story.Run().Succeed();

        var reply = story.Do(new CreateJob(Story.Id, Story.Definition, "hash")).Reply;

        Assert.Equal(JobStatus.Completed, Assert.IsType<JobAccepted>(reply).State.Status);
    }

    [Theory]
    [InlineData("hash")]
    [InlineData(null)]
    public void What_was_deleted_is_gone_for_its_key(string? hash)
    {
        var story = new Story();
        story.Do(new CreateJob(Story.Id, Story.Definition, "hash"));
        story.Do(new DeleteJob(Story.Id, Reason: null));

        var decision = story.Do(new CreateJob(Story.Id, Story.Definition, hash));

        Assert.Empty(decision.Events);
        Assert.Equal(new JobGone(Story.Id), decision.Reply);
    }
}
