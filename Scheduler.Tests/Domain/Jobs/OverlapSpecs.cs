using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What becomes of fire times and requests that come while a run is active. Fire times every ten seconds.</summary>
public sealed class OverlapSpecs
{
    [Theory]
    [InlineData(OverlapPolicy.Skip, "skip 20-30 (2) Overlap, next 40")]
    [InlineData(OverlapPolicy.BufferOne, "skip 30 Overlap, next 40 buffer 20")]
    [InlineData(OverlapPolicy.Allow, "start 20, next 30, start 30, next 40")]
    [InlineData(OverlapPolicy.CancelRunning, "skip 20 Overlap, cancel run, start 30, next 40")]
    public void Several_fire_times_that_met_an_active_run(OverlapPolicy overlap, string expected)
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = overlap });
        job.At(10).Settle();

        Assert.Equal(expected, job.At(30).Settle());
    }

    [Theory]
    [InlineData(MisfireKind.FireOnce, OverlapPolicy.Skip, "skip 20-50 (4) Misfire, skip 60 Overlap, next 70")]
    [InlineData(MisfireKind.FireOnce, OverlapPolicy.BufferOne, "skip 20-50 (4) Misfire, next 70 buffer 60")]
    [InlineData(MisfireKind.FireOnce, OverlapPolicy.Allow, "skip 20-50 (4) Misfire, start 60, next 70")]
    [InlineData(MisfireKind.FireOnce, OverlapPolicy.CancelRunning, "skip 20-50 (4) Misfire, cancel run, start 60, next 70")]
    [InlineData(MisfireKind.Skip, OverlapPolicy.Skip, "skip 20-40 (3) Misfire, skip 50-60 (2) Overlap, next 70")]
    [InlineData(MisfireKind.Skip, OverlapPolicy.BufferOne, "skip 20-40 (3) Misfire, skip 60 Overlap, next 70 buffer 50")]
    [InlineData(MisfireKind.Skip, OverlapPolicy.Allow, "skip 20-40 (3) Misfire, start 50, next 60, start 60, next 70")]
    [InlineData(MisfireKind.Skip, OverlapPolicy.CancelRunning, "skip 20-40 (3) Misfire, skip 50 Overlap, cancel run, start 60, next 70")]
    [InlineData(MisfireKind.FireAll, OverlapPolicy.Skip, "next 70 catch up 20+30+40+50+60")]
    [InlineData(MisfireKind.FireAll, OverlapPolicy.BufferOne, "next 70 catch up 20+30+40+50+60")]
    [InlineData(MisfireKind.FireAll, OverlapPolicy.Allow, "next 70 catch up 20+30+40+50+60")]
    [InlineData(MisfireKind.FireAll, OverlapPolicy.CancelRunning, "next 70 catch up 20+30+40+50+60")]
    public void The_misfire_policy_selects_and_then_the_overlap_policy_judges(MisfireKind misfire, OverlapPolicy overlap, string expected)
    {
        var job = new Timeline(Timeline.Every10 with { Misfire = new MisfirePolicy(misfire), Overlap = overlap });
        job.At(10).Settle();

        Assert.Equal(expected, job.At(60).Settle());
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip, "skip 20 Overlap, next 30")]
    [InlineData(OverlapPolicy.BufferOne, "next 30 buffer 20")]
    [InlineData(OverlapPolicy.Allow, "start 20, next 30")]
    [InlineData(OverlapPolicy.CancelRunning, "cancel run, start 20, next 30")]
    public void A_fire_time_that_met_an_active_run(OverlapPolicy overlap, string expected)
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = overlap });
        job.At(10).Settle();

        Assert.Equal(expected, job.At(20).Settle());
    }

    [Fact]
    public void A_buffered_fire_time_starts_when_the_run_before_it_has_ended()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne });
        job.At(10).Settle();
        job.At(20).Settle();
        Assert.Equal("skip 30 Overlap, next 40 buffer 20", job.At(30).Settle());

        Assert.Equal("Buffered 20, next 40", job.At(35).Succeed().Settle());
        Assert.Equal("next 50 buffer 40", job.At(40).Settle());
    }

    [Fact]
    public void With_allow_at_most_sixteen_runs_are_active()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.Allow });
        for (var n = 1; n <= 16; n++)
            Assert.Equal($"start {n * 10}, next {(n + 1) * 10}", job.At(n * 10).Settle());

        Assert.Equal("skip 170 Overlap, next 180", job.At(170).Settle());
        Assert.Equal("start 180, next 190", job.At(180).Succeed(index: 3).Settle());
    }

    [Fact]
    public void A_run_that_is_to_be_cancelled_is_not_cancelled_ahead_of_time()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.CancelRunning });
        job.At(10).Settle();

        Assert.Equal("", job.At(19.99).Settle());
        Assert.Equal("cancel run, start 20, next 30", job.At(20).Settle());
    }

    [Fact]
    public void A_retry_that_is_due_before_the_fire_time_that_cancels_its_run_is_not_started_for_that_instant()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.CancelRunning, Retry = new RetryPolicy(2, TimeSpan.FromSeconds(5)) });
        job.At(10).Settle();
        job.Fail(retryable: true);

        // Without a lead the fire time is the very edge of what may start.
        var settlement = Settling.Settle(job.State, Timeline.After(20), Story.Tolerance with { Lead = TimeSpan.Zero }, Story.Node, hasPermit: true);

        Assert.Equal("cancel run, start 20, next 30", Timeline.Tell(settlement.Events));
    }

    [Fact]
    public void A_run_that_takes_anothers_place_asks_for_a_permit_and_says_so_where_that_one_runs_here()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.CancelRunning });
        job.At(10).Settle();
        job.At(20);

        Assert.Equal((true, true), Wanted(Story.Node));
        Assert.Equal((true, false), Wanted(Story.Node with { Uid = 99 }));

        (bool NeedsPermit, bool Replaces) Wanted(WorkerNode self)
        {
            var settlement = Settling.Settle(job.State, Timeline.After(20), Story.Tolerance, self, hasPermit: false);
            Assert.Empty(settlement.Events);
            return (settlement.NeedsPermit, settlement.Replaces);
        }
    }

    [Fact]
    public void A_run_takes_the_place_of_an_active_one_here_though_others_run_elsewhere()
    {
        var state = TwoActive(attempts: 1).State;
        var elsewhere = state.Active.Replace(r => r.RunId == state.Active[0].RunId, r => r with { Node = Story.Node with { Uid = 99 } });
        state = state with { Active = elsewhere, Definition = state.Definition! with { Overlap = OverlapPolicy.CancelRunning } };

        Assert.True(Settling.Settle(state, Timeline.After(30), Story.Tolerance, Story.Node, hasPermit: false).Replaces);
    }

    [Fact]
    public void With_allow_neither_a_fire_time_nor_a_retry_takes_anothers_place_and_what_was_due_first_starts_first()
    {
        var job = TwoActive(attempts: 2);
        var atFireTime = Settling.Settle(job.State, Timeline.After(30), Story.Tolerance, Story.Node, hasPermit: false);
        job.Fail(retryable: true);
        var atRetry = Settling.Settle(job.State, Timeline.After(25), Story.Tolerance, Story.Node, hasPermit: false);

        Assert.Equal((true, false), (atFireTime.NeedsPermit, atFireTime.Replaces));
        Assert.Equal((true, false), (atRetry.NeedsPermit, atRetry.Replaces));
        Assert.Equal("Retry 10, start 30, next 40", job.At(30).Settle());
    }

    [Fact]
    public void A_request_that_was_made_before_the_fire_time_starts_before_it()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(5).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal("Requested 5, skip 10 Overlap, next 20", job.At(12).Settle());
        Assert.Equal(Timeline.After(5), job.State.Active.Single().DueAt);
    }

    [Fact]
    public void A_retry_counts_as_active()
    {
        var job = new Timeline(Timeline.Every10 with { Retry = new RetryPolicy(2, TimeSpan.FromSeconds(60)) });
        job.At(10).Settle();
        job.Fail(retryable: true);

        Assert.Equal("skip 20 Overlap, next 30", job.At(20).Settle());
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip, 0)]
    [InlineData(OverlapPolicy.BufferOne, 1)]
    [InlineData(OverlapPolicy.Allow, 16)]
    [InlineData(OverlapPolicy.CancelRunning, 16)]
    public void While_a_run_is_active_as_many_may_be_requested(OverlapPolicy overlap, int accepted)
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = overlap });
        job.At(10).Settle();

        for (var n = 0; n < accepted; n++)
            Assert.IsType<RunAccepted>(job.Do(new TriggerJob(Story.Id, Reason: null)).Reply);
        Assert.IsType<JobConflict>(job.Do(new TriggerJob(Story.Id, Reason: null)).Reply);
    }

    [Theory]
    [InlineData(OverlapPolicy.BufferOne, "")]
    [InlineData(OverlapPolicy.Allow, "Requested 12")]
    [InlineData(OverlapPolicy.CancelRunning, "cancel run, Requested 12")]
    public void A_requested_run_meets_an_active_one_as_a_fire_time_does(OverlapPolicy overlap, string expected)
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = overlap });
        job.At(10).Settle();
        job.At(12).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal(expected, job.Settle());
    }

    [Fact]
    public void A_request_that_waits_takes_the_one_place_in_the_buffer()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne });
        job.At(10).Settle();
        job.At(12).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal("skip 20 Overlap, next 30", job.At(20).Settle());
        Assert.Equal("Requested 12", job.Succeed().Settle());
    }

    [Fact]
    public void What_was_due_first_starts_first()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(15).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal("start 10, next 20", job.Settle());
        Assert.Equal("Requested 15", job.Succeed().Settle());
    }

    /// <summary>The runs of 10 and 20 are active; a retry comes five seconds later.</summary>
    private static Timeline TwoActive(int attempts)
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.Allow, Retry = new RetryPolicy(attempts, TimeSpan.FromSeconds(5)) });
        job.At(10).Settle();
        job.At(20).Settle();
        return job;
    }
}
