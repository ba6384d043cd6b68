using FsCheck.Xunit;
using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>
/// A clock that was three hours ahead and is set right: what is asked for then works at once, and facts keep their order. Fire times every ten
/// seconds, told in seconds.
/// </summary>
public sealed class ClockSpecs
{
    private const double Ahead = 10_800;
    private static readonly TimeSpan Threshold = Story.Tolerance.MisfireThreshold;

    [Fact]
    public void A_trigger_starts_at_once()
    {
        var job = SetBack(20);
        var before = job.State.LastEventAt;
        job.Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal("Requested 20", job.Settle());
        Assert.Equal((before, Timeline.After(20)), (job.Facts[^1].At, job.Facts[^1].DecidedAt));
        Assert.True(job.State.WakeAt <= Timeline.After(20), "Nobody would look after an attempt whose node dies.");
        AssertAccountedFor(job);
    }

    [Fact]
    public void Another_schedule_begins_at_once()
    {
        var job = SetBack(20);
        var changed = Assert.IsType<JobAccepted>(job.Do(new PutJob(Story.Id, Timeline.Every10 with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(2)) }, Precondition.None)).Reply);

        Assert.Equal(job.State, changed.State);
        Assert.Equal(Timeline.After(22), job.State.NextDueAt);
        Assert.Equal("start 22, next 24", job.At(22).Settle());
        AssertAccountedFor(job);
    }

    [Fact]
    public void A_job_that_is_deleted_and_created_begins_at_once()
    {
        var job = SetBack(20);
        job.Do(new DeleteJob(Story.Id, Reason: null));
        job.Do(new PutJob(Story.Id, Timeline.Every10, Precondition.None));

        Assert.Equal((Timeline.After(30), Timeline.After(20)), (job.State.NextDueAt!.Value, job.State.CreatedAt));
        Assert.Equal("start 30, next 40", job.At(30).Settle());
        Assert.Null(WaitsFor(job));
        AssertAccountedFor(job);
    }

    [Fact]
    public void A_retry_waits_for_its_delay_and_no_longer()
    {
        var job = SetBack(20, attempts: 2);
        job.Do(new TriggerJob(Story.Id, Reason: null));
        job.Settle();
        job.At(21).Fail(retryable: true);

        Assert.Equal(Timeline.After(81), job.State.NextStart);
        Assert.Equal("Retry 20", job.At(81).Settle());
        AssertAccountedFor(job);
    }

    [Theory]
    [InlineData(20, "Retry 10800")]
    [InlineData(Ahead - 5, "")]
    public void A_retry_that_was_promised_while_the_clock_was_ahead_does_not_stand_still(double now, string expected)
    {
        var job = Running(attempts: 2);
        job.Fail(retryable: true);

        Assert.Equal(expected, job.At(now).Settle());
        AssertAccountedFor(job);
    }

    [Theory]
    [InlineData(AttemptLoss.Unknown, 80)]
    [InlineData(AttemptLoss.NotBegun, 20)]
    public void A_run_that_was_cut_off_while_the_clock_was_ahead_is_tried_again_as_any_other(AttemptLoss loss, double retryAt)
    {
        var job = Running(attempts: 2);
        job.At(20).Do(new GiveUpAttempt(Story.Id, job.State.Active[0].RunId, 1, loss));

        Assert.Equal(Timeline.After(retryAt), job.State.NextStart);
        Assert.Equal("Retry 10800", job.At(retryAt).Settle());
        AssertAccountedFor(job);
    }

    [Fact]
    public void A_run_that_was_requested_while_the_clock_was_ahead_is_due()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(Ahead).Do(new TriggerJob(Story.Id, Reason: null));
        job.At(5);

        Assert.Equal($"Requested {Ahead}", job.Settle());
        Assert.Equal(Timeline.After(5), job.State.Active.Single().DueAt);
        AssertAccountedFor(job);
    }

    [Fact]
    public void A_pause_skips_nothing_that_has_not_come()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(Ahead).Do(new TriggerJob(Story.Id, Reason: null));
        job.At(5).Do(new PauseJob(Story.Id, Reason: null));

        Assert.DoesNotContain(job.Facts, f => f is OccurrencesSkipped);
        AssertAccountedFor(job);
    }

    [Fact]
    public void What_was_run_ahead_of_time_is_not_run_again_and_the_job_says_what_it_waits_for()
    {
        var job = SetBack(20);

        Assert.Equal("", job.Settle());
        Assert.Equal(new WaitingForClock(Timeline.After(Ahead)), WaitsFor(job));
        Assert.Null(WaitsFor(job.At(Ahead - Threshold.TotalSeconds)));
    }

    [Fact]
    public void A_job_that_was_created_while_the_clock_was_ahead_says_what_it_waits_for()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(Ahead).Do(new PutJob(Story.Id, Timeline.Every10 with { Schedule = new IntervalSchedule(TimeSpan.FromHours(1)) }, Precondition.None));

        Assert.Equal(new WaitingForClock(Timeline.After(Ahead)), WaitsFor(job.At(20)));
    }

    [Fact]
    public void A_job_that_waits_for_nothing_does_not_wait_for_the_clock()
    {
        var ended = new Timeline(Timeline.Every10 with { Schedule = new OneOffSchedule(Timeline.After(Ahead)) });
        ended.At(Ahead).Settle();
        ended.Succeed();
        var paused = SetBack(20);
        paused.Do(new PauseJob(Story.Id, Reason: null));

        Assert.Null(WaitsFor(ended.At(20)));
        Assert.Null(WaitsFor(paused));
    }

    [Fact]
    public void A_fact_says_what_the_clock_showed_only_where_that_is_another_time()
    {
        var job = SetBack(20);
        Assert.All(job.Facts, f => Assert.Null(f.Clock));
        job.Do(new PauseJob(Story.Id, Reason: null));

        Assert.Equal((Timeline.After(Ahead), Timeline.After(20)), (job.Facts[^1].At, job.Facts[^1].Clock));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(0.001, "Retry")]
    public void A_retry_is_due_at_once_when_its_attempt_ended_further_ahead_than_the_threshold(double further, string starts)
    {
        var job = Running(attempts: 2);
        job.Fail(retryable: true);

        Assert.StartsWith(starts, job.At(Ahead - Threshold.TotalSeconds - further).Settle(), StringComparison.Ordinal);
        Assert.Equal(starts.Length > 0, job.State.Active[0].Node is not null);
    }

    [Property(MaxTest = 300)]
    public void Wherever_the_clock_has_been_what_is_asked_for_now_works_now(short[] jumps, byte overlap)
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = Enum.GetValues<OverlapPolicy>()[overlap % 4] });
        foreach (var jump in jumps)
        {
            job.At(Math.Max(0, job.Now + jump)).Settle();
            if (job.State.Active.Count > 0 && jump % 3 != 0)
                job.Succeed();
        }

        while (job.State.Active.Count > 0)
            job.Succeed();
        job.Do(new PutJob(Story.Id, Timeline.Every10 with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(7)) }, Precondition.None));
        // The grid keeps its anchor, and goes both ways from there.
        Assert.InRange(job.State.NextDueAt!.Value, Timeline.After(job.Now + 0.001), Timeline.After(job.Now + 7));
        job.Do(new TriggerJob(Story.Id, Reason: null));
        Assert.Contains("Requested", job.Settle(), StringComparison.Ordinal);
        AssertAccountedFor(job);
    }

    /// <summary>A job that ran while the clock was ahead, and that the clock is set back for.</summary>
    private static Timeline SetBack(double now, int attempts = 1)
    {
        var job = Running(attempts);
        job.Succeed();
        return job.At(now);
    }

    private static Timeline Running(int attempts)
    {
        var job = new Timeline(Timeline.Every10 with { Retry = new RetryPolicy(attempts, TimeSpan.FromSeconds(60)) });
        job.At(Ahead).Settle();
        return job;
    }

    private static WaitingForClock? WaitsFor(Timeline job) => WaitingForClock.Of(job.State, Timeline.After(job.Now), Threshold);

    private static void AssertAccountedFor(Timeline job)
    {
        var audit = new JobAudit(Story.Id);
        foreach (var fact in job.Facts)
            audit.Read(fact);
        Assert.Empty(audit.Conclude(Timeline.After(job.Now)).Gaps);
    }
}
