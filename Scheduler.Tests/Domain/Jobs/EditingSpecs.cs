using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>PUT and PATCH: what a changed definition changes of the plan. Fire times every ten seconds.</summary>
public sealed class EditingSpecs
{
    private static readonly JobDefinition Every60 = Timeline.Every10 with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(60)) };

    [Fact]
    public void Put_creates_what_is_not_there()
    {
        var story = new Story();

        var decision = story.Do(Put(Timeline.Every10));

        Assert.True(Assert.IsType<JobAccepted>(decision.Reply).IsNew);
        Assert.Equal("JobCreated, next 10", Timeline.Tell(decision.Events));
        Assert.Equal(Story.Start, Assert.IsType<IntervalSchedule>(story.State.Definition!.Schedule).Anchor);
    }

    [Fact]
    public void A_definition_that_is_put_again_changes_nothing()
    {
        var job = new Timeline(Timeline.Every10);

        var again = job.At(55).Do(Put(Timeline.Every10));

        Assert.Empty(again.Events);
        Assert.True(Assert.IsType<JobAccepted>(again.Reply).Replayed);
    }

    [Theory]
    [InlineData(-25, "5")]
    [InlineData(0, "10")]
    [InlineData(34, "34")]
    public void An_interval_without_an_anchor_takes_its_phase_from_its_start(int start, string first)
    {
        var started = Timeline.Every10 with { StartAt = Timeline.After(start) };
        var job = new Timeline(started);

        Assert.Equal(first, Timeline.Seconds(job.State.NextFireTime));
        Assert.Empty(job.At(55).Do(Put(started)).Events);
    }

    [Fact]
    public void Another_start_is_another_phase_and_none_keeps_it()
    {
        var job = new Timeline(Timeline.Every10 with { StartAt = Timeline.After(3) });

        Assert.Equal("skip 3 Updated, JobUpdated, next 13", Timeline.Tell(job.At(5).Do(Put(Timeline.Every10)).Events));
        Assert.Equal("JobUpdated, next 46", Timeline.Tell(job.At(6).Do(Put(Timeline.Every10 with { StartAt = Timeline.After(46) })).Events));
    }

    [Fact]
    public void A_recurrence_rule_without_an_anchor_begins_where_it_starts()
    {
        var start = Story.Start.AddDays(40).AddHours(3);
        var rule = new RecurrenceRuleSchedule("FREQ=DAILY;COUNT=3", Anchor: null, "UTC", []);
        var job = new Timeline(Timeline.Every10 with { Schedule = rule, StartAt = start });

        Assert.Equal(start, job.State.NextFireTime);
    }

    [Fact]
    public void An_anchor_that_was_stored_before_phases_came_from_starts_is_kept()
    {
        var started = Timeline.Every10 with { StartAt = Timeline.After(34) };
        var job = new Timeline(started with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(10), Story.Start) });

        Assert.Empty(job.At(5).Do(Put(started)).Events);
        Assert.Equal("40", Timeline.Seconds(job.State.NextFireTime));
    }

    [Fact]
    public void An_unchanged_delay_keeps_its_instant()
    {
        var delayed = Timeline.Every10 with { Schedule = new DelaySchedule(TimeSpan.FromSeconds(90)) };
        var job = new Timeline(delayed);

        Assert.Empty(job.At(80).Do(Put(delayed)).Events);
        Assert.Equal("90", Timeline.Seconds(job.State.NextFireTime));
        var longer = delayed with { Schedule = new DelaySchedule(TimeSpan.FromSeconds(91)) };
        Assert.Equal("JobUpdated, next 171", Timeline.Tell(job.Do(Put(longer)).Events));
    }

    [Fact]
    public void A_changed_schedule_begins_a_generation_and_skips_what_waits()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne });
        job.At(10).Settle();
        job.At(20).Settle();

        var decision = job.At(35).Do(Put(Every60));

        Assert.Equal("skip 20 Updated, skip 30 Updated, JobUpdated, next 60", Timeline.Tell(decision.Events));
        Assert.Equal(2, job.State.Generation);
        Assert.Single(job.State.Active);
        Assert.Null(job.State.Cursor);
    }

    [Fact]
    public void An_edit_that_leaves_the_fire_times_alone_fires_nothing_again()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(10).Settle();

        var decision = job.At(12).Do(Put(Timeline.Every10 with { Description = "another" }));

        Assert.Equal("JobUpdated", Timeline.Tell(decision.Events));
        Assert.Equal(1, job.State.Generation);
        Assert.Equal("20", Timeline.Seconds(job.State.NextFireTime));
    }

    [Fact]
    public void A_schedule_that_never_fires_is_refused_with_the_field()
    {
        var story = new Story();
        var past = Timeline.Every10 with { EndAt = Story.Start.AddSeconds(5) };

        Assert.Equal("end_at", Assert.IsType<DefinitionRefused>(story.Do(Put(past)).Reply).Field);
        Assert.Equal("end_at", Assert.IsType<DefinitionRefused>(story.Do(new CreateJob(Story.Id, past, BodyHash: null)).Reply).Field);
        Assert.Empty(story.Facts);
    }

    [Fact]
    public void A_schedule_that_has_ended_may_be_put_again_unchanged()
    {
        var once = Timeline.Every10 with { EndAt = Timeline.After(15) };
        var job = new Timeline(once);
        job.At(10).Settle();
        job.Succeed();

        Assert.Equal(JobStatus.Completed, job.State.Status);
        Assert.Empty(job.At(500).Do(Put(once)).Events);
    }

    [Fact]
    public void A_finished_job_may_be_scheduled_again()
    {
        var job = new Timeline(Timeline.Every10 with { EndAt = Timeline.After(15) });
        job.At(10).Settle();
        job.Succeed();

        Assert.Equal("JobUpdated, next 510", Timeline.Tell(job.At(500).Do(Put(Timeline.Every10)).Events));
        Assert.Equal(JobStatus.Pending, job.State.Status);
    }

    [Fact]
    public void Put_starts_a_cancelled_job_anew_and_a_patch_does_not()
    {
        var job = new Timeline(Timeline.Every10);
        job.Do(new CancelJob(Story.Id, Reason: null));

        Assert.IsType<JobConflict>(job.Do(new UpdateJob(Story.Id, Every60, Precondition.None)).Reply);
        Assert.False(Assert.IsType<JobAccepted>(job.Do(Put(Timeline.Every10)).Reply).IsNew);
        Assert.Equal((JobStatus.Pending, 2), (job.State.Status, job.State.Generation));
    }

    [Fact]
    public void Put_after_delete_creates_and_the_version_goes_on()
    {
        var job = new Timeline(Timeline.Every10);
        job.Do(new DeleteJob(Story.Id, Reason: null));
        var before = job.State;

        Assert.True(Assert.IsType<JobAccepted>(job.Do(Put(Timeline.Every10)).Reply).IsNew);
        Assert.Equal((2, before.Version + 2, before.Revision + 1), (job.State.Generation, job.State.Version, job.State.Revision));
    }

    [Fact]
    public void An_edit_of_another_revision_is_refused()
    {
        var job = new Timeline(Timeline.Every10);
        var stale = new Precondition([7], MustExist: false, MustNotExist: false);
        var absent = new Precondition([], MustExist: false, MustNotExist: true);

        Assert.Equal(new PreconditionFailed(Story.Id, 1), job.Do(new PutJob(Story.Id, Every60, stale)).Reply);
        Assert.Equal(new PreconditionFailed(Story.Id, 1), job.Do(new UpdateJob(Story.Id, Every60, stale)).Reply);
        Assert.Equal(new PreconditionFailed(Story.Id, 1), job.Do(new PutJob(Story.Id, Every60, absent)).Reply);
        Assert.Equal(new PreconditionFailed(Story.Id, 1), job.Do(new DeleteJob(Story.Id, Reason: null) { Precondition = stale }).Reply);
        Assert.Equal(new PreconditionFailed(Story.Id, null), new Story().Do(new PutJob(Story.Id, Every60, stale)).Reply);
    }

    [Fact]
    public void Max_runs_that_was_reached_may_be_raised_and_what_would_have_fired_meanwhile_is_skipped()
    {
        var job = new Timeline(Timeline.Every10 with { MaxRuns = 1 });
        Assert.Equal("start 10, next never", job.At(10).Settle());
        job.Succeed();

        Assert.Equal("JobUpdated, skip 20-50 (4) Limit, next 60", Timeline.Tell(job.At(55).Do(Put(Timeline.Every10 with { MaxRuns = 2 })).Events));
        Assert.Equal("start 60, next never", job.At(60).Settle());
    }

    [Fact]
    public void Max_runs_below_what_has_run_ends_the_schedule()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne });
        job.At(10).Settle();
        job.At(20).Settle();

        Assert.Equal("JobUpdated, skip 20 Limit, next never", Timeline.Tell(job.At(25).Do(Put(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne, MaxRuns = 1 })).Events));
        Assert.Equal(JobStatus.Completed, job.Succeed().State.Status);
    }

    [Fact]
    public void Another_jitter_moves_what_is_not_due_yet()
    {
        var job = new Timeline(Timeline.Every10);

        Assert.StartsWith("JobUpdated, next 10", Timeline.Tell(job.At(1).Do(Put(Timeline.Every10 with { Jitter = TimeSpan.FromSeconds(5) })).Events), StringComparison.Ordinal);
        Assert.NotEqual("10", Timeline.Seconds(job.State.NextDueAt));
    }

    private static PutJob Put(JobDefinition definition) => new(Story.Id, definition, Precondition.None);
}
