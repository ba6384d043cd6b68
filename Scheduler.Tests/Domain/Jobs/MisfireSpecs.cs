using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What becomes of occurrences that could not start in time. Fire times every ten seconds; ten seconds late is still on time.</summary>
public sealed class MisfireSpecs
{
    [Theory]
    [InlineData(MisfireKind.FireOnce, "skip 10-50 (5) Misfire, start 60, next 70")]
    [InlineData(MisfireKind.Skip, "skip 10-40 (4) Misfire, start 50, next 60, skip 60 Overlap, next 70")]
    [InlineData(MisfireKind.FireAll, "next 70 catch up 10+20+30+40+50+60, CatchUp 10, next 70 catch up 20+30+40+50+60")]
    public void After_a_downtime_each_policy_selects(MisfireKind kind, string expected)
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(kind) }).At(60);

        Assert.Equal(expected, job.Settle());
    }

    [Theory]
    [InlineData(MisfireKind.FireOnce)]
    [InlineData(MisfireKind.Skip)]
    [InlineData(MisfireKind.FireAll)]
    public void What_starts_within_the_threshold_is_no_misfire(MisfireKind kind)
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(kind) }).At(20);

        Assert.Equal("start 10, next 20, skip 20 Overlap, next 30", job.Settle());
    }

    [Fact]
    public void One_that_only_waits_for_a_permit_is_judged_anew_when_it_comes()
    {
        var job = new Timeline(Timeline.Every10).At(10);

        Assert.Equal("", job.SettleWithoutPermit());
        Assert.Equal("", job.At(65).SettleWithoutPermit());
        Assert.Equal("skip 10-50 (5) Misfire, start 60, next 70", job.Settle());
    }

    [Theory]
    [InlineData(25, 100, "skip 10-30 (3) Window, next 70 catch up 40+50+60")]
    [InlineData(3600, 2, "skip 10-40 (4) Limit, next 70 catch up 50+60")]
    [InlineData(45, 2, "skip 10 Window, skip 20-40 (3) Limit, next 70 catch up 50+60")]
    [InlineData(1, 2, "skip 10-50 (5) Window, next 70 catch up 60")]
    public void Catch_up_keeps_the_latest_within_window_and_limit(int window, int limit, string expected)
    {
        var misfire = new MisfirePolicy(MisfireKind.FireAll, TimeSpan.FromSeconds(window), limit);
        var job = new Timeline(Timeline.Every10 with { Misfire = misfire }).At(60);

        Assert.Equal(expected, job.SettleWithoutPermit());
    }

    [Fact]
    public void Catch_up_runs_one_at_a_time_oldest_first_and_live_fire_times_meet_them_under_the_overlap_policy()
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(MisfireKind.FireAll, Window: null, Limit: 2) }).At(60);

        Assert.Equal("skip 10-40 (4) Limit, next 70 catch up 50+60, CatchUp 50, next 70 catch up 60", job.Settle());
        Assert.Equal("skip 70 Overlap, next 80 catch up 60", job.At(70).Settle());
        Assert.Equal("CatchUp 60, next 80", job.At(71).Succeed().Settle());
        Assert.Equal("", job.Succeed().Settle());
        Assert.Equal("start 80, next 90", job.At(80).Settle());
    }

    [Fact]
    public void What_is_in_catch_up_already_counts_against_the_limit_and_the_oldest_go()
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(MisfireKind.FireAll, Window: null, Limit: 3) }).At(30);
        job.Settle();

        Assert.Equal("skip 20-30 (2) Limit, skip 40-60 (3) Limit, next 100 catch up 70+80+90", job.At(90).SettleWithoutPermit());
    }

    [Fact]
    public void Max_runs_counts_what_waits_to_catch_up()
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(MisfireKind.FireAll), MaxRuns = 2 }).At(60);

        Assert.Equal("skip 10-40 (4) Limit, next 70 catch up 50+60, CatchUp 50, next 70 catch up 60", job.Settle());
        Assert.Equal("skip 70 Limit, next 80 catch up 60", job.At(70).Settle());
        Assert.Equal("CatchUp 60, next never", job.Succeed().Settle());
        Assert.Equal(JobStatus.Completed, job.Succeed().State.Status);
    }

    [Fact]
    public void Max_runs_counts_what_is_buffered_and_leaves_no_room_to_catch_up()
    {
        var job = WithBuffer(maxRuns: 2);

        Assert.Equal("skip 30-60 (4) Limit, next 70 buffer 20", job.At(60).Settle());
    }

    [Fact]
    public void When_max_runs_is_reached_by_a_run_that_catches_up_nothing_is_due_any_more()
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(MisfireKind.FireAll), MaxRuns = 1 }).At(60);

        Assert.Equal("skip 10-50 (5) Limit, next 70 catch up 60, CatchUp 60, next never", job.Settle());
        Assert.Equal(((DateTimeOffset?)null, (DateTimeOffset?)null), (job.State.NextDueAt, job.State.NextStart));
    }

    [Fact]
    public void A_fire_time_for_which_what_catches_up_leaves_no_room_is_not_started_ahead_of_its_time()
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(MisfireKind.FireAll), Overlap = OverlapPolicy.Allow, MaxRuns = 2 }).At(60);

        Assert.Equal("skip 10-40 (4) Limit, next 70 catch up 50+60, CatchUp 50, next 70 catch up 60", job.Settle());
        Assert.Equal("", job.At(69.97).Settle());
        Assert.Equal("skip 70 Limit, next 80 catch up 60", job.At(70).Settle());
    }

    [Fact]
    public void One_of_those_that_wait_is_cancelled_and_the_others_go_on_waiting()
    {
        var job = WithBuffer(maxRuns: null);
        job.At(60).Settle();

        Assert.Equal("skip 50 Cancelled, next 70 buffer 20 catch up 30+40+60", Timeline.Tell(job.Do(CancelOf(50)).Events));
        Assert.Equal("skip 20 Cancelled, next 70 catch up 30+40+60", Timeline.Tell(job.Do(CancelOf(20)).Events));
        Assert.Equal(
            "cancel run, skip 30-40 (2) Cancelled, skip 60 Cancelled, JobCancelled",
            Timeline.Tell(job.Do(new CancelJob(Story.Id, Reason: null)).Events));

        static CancelRun CancelOf(int fireTime) => new(Story.Id, RunId.Scheduled(Story.Id, 1, Timeline.After(fireTime)), Reason: null);
    }

    [Fact]
    public void A_one_off_that_is_overdue_runs_unless_its_policy_skips_it()
    {
        var once = Timeline.Every10 with { Schedule = new OneOffSchedule(Timeline.After(10)) };

        Assert.Equal("start 10, next never", new Timeline(once).At(9_999).Settle());
        Assert.Equal("skip 10 Misfire, next never, JobCompleted", new Timeline(once with { Misfire = new MisfirePolicy(MisfireKind.Skip) }).At(9_999).Settle());
    }

    [Fact]
    public void The_due_time_decides_what_a_misfire_is_and_not_the_fire_time()
    {
        var job = new Timeline(Timeline.Every10 with { Jitter = TimeSpan.FromSeconds(10), Misfire = new MisfirePolicy(MisfireKind.Skip) });
        var due = (job.State.NextDueAt!.Value - Story.Start).TotalSeconds;

        Assert.InRange(due, 10, 20);
        Assert.StartsWith("start 10", job.At(due + 10).Settle(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_year_away_is_one_skip_and_one_start()
    {
        var job = new Timeline(Timeline.Every10 with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(1)) }).At(31_536_000);

        Assert.Equal("skip 1-31535999 (31535999) Misfire, start 31536000, next 31536001", job.Settle());
    }

    /// <summary>The run of 10 is active, and the fire time 20 waits for it.</summary>
    private static Timeline WithBuffer(int? maxRuns)
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(MisfireKind.FireAll), Overlap = OverlapPolicy.BufferOne, MaxRuns = maxRuns });
        job.At(10).Settle();
        Assert.Equal("next 30 buffer 20", job.At(20).Settle());
        return job;
    }
}
