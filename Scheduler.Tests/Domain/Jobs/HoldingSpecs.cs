using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Pause, resume, pause on failure, and the cancelling of single runs. Fire times every ten seconds.</summary>
public sealed class HoldingSpecs
{
    [Fact]
    public void A_pause_skips_what_is_due_or_waits_and_lets_what_runs_end()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne });
        job.At(10).Settle();
        job.At(20).Settle();

        Assert.Equal("skip 20 Paused, skip 30 Paused, JobPaused, next 40", Timeline.Tell(job.At(30).Do(Pause).Events));
        Assert.Equal(JobStatus.Paused, job.State.Status);
        Assert.Equal("", job.At(45).Settle());
        Assert.Empty(job.Succeed().State.Active);
    }

    [Fact]
    public void A_resume_skips_what_came_during_the_pause()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(5).Do(Pause);

        Assert.Equal("skip 10-90 (9) Paused, JobResumed, next 100", Timeline.Tell(job.At(95).Do(Resume).Events));
        Assert.Equal("start 100, next 110", job.At(100).Settle());
    }

    [Fact]
    public void A_year_long_pause_of_an_every_second_job_ends_with_three_facts()
    {
        var job = new Timeline(Timeline.Every10 with { Schedule = new IntervalSchedule(TimeSpan.FromSeconds(1)) });
        job.At(0.5).Do(Pause);

        Assert.Equal("skip 1-31536000 (31536000) Paused, JobResumed, next 31536001", Timeline.Tell(job.At(31_536_000.5).Do(Resume).Events));
    }

    [Fact]
    public void A_one_off_whose_time_passes_during_a_pause_is_over()
    {
        var job = new Timeline(Timeline.Every10 with { Schedule = new OneOffSchedule(Timeline.After(10)) });
        job.Do(Pause);

        Assert.Equal("skip 10 Paused, JobResumed, next never, JobCompleted", Timeline.Tell(job.At(11).Do(Resume).Events));
        Assert.Equal(JobStatus.Failed, job.State.Status);
    }

    [Fact]
    public void A_pause_holds_retries_until_the_resume()
    {
        var job = new Timeline(Timeline.Every10 with { Retry = new RetryPolicy(2, TimeSpan.FromSeconds(1)) });
        job.At(10).Settle();
        job.Fail(retryable: true);
        job.Do(Pause);

        Assert.Equal("", job.At(15).Settle());
        job.Do(Resume);
        Assert.Equal("Retry 10", job.Settle());
    }

    [Fact]
    public void A_paused_job_runs_when_it_is_triggered()
    {
        var job = new Timeline(Timeline.Every10);
        job.Do(Pause);
        job.At(5).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Equal("Requested 5", job.Settle());
    }

    [Fact]
    public void What_is_already_so_stores_nothing()
    {
        var job = new Timeline(Timeline.Every10);

        Assert.True(Assert.IsType<JobAccepted>(job.Do(Resume).Reply).Replayed);
        job.Do(Pause);
        var again = job.Do(Pause);

        Assert.Empty(again.Events);
        Assert.True(Assert.IsType<JobAccepted>(again.Reply).Replayed);
    }

    [Fact]
    public void A_finished_job_is_not_paused_and_a_cancelled_one_is_neither_paused_nor_resumed()
    {
        var finished = Story.In(Situation.Completed);
        var cancelled = Story.In(Situation.Cancelled);

        Assert.IsType<JobConflict>(finished.Do(Pause).Reply);
        Assert.IsType<JobConflict>(cancelled.Do(Pause).Reply);
        Assert.IsType<JobConflict>(cancelled.Do(Resume).Reply);
        Assert.IsType<JobNotFound>(new Story().Do(Pause).Reply);
    }

    [Fact]
    public void Runs_discarded_in_a_row_pause_the_job_and_a_resume_counts_anew()
    {
        var job = new Timeline(Timeline.Every10 with { PauseAfterFailures = 2 });
        job.At(10).Settle();
        Assert.Equal("AttemptFailed, RunDiscarded", Timeline.Tell(job.Fail().Events));
        job.At(20).Settle();

        var second = job.At(31).Fail();

        Assert.Equal("AttemptFailed, RunDiscarded, skip 30 Paused, JobPaused, next 40", Timeline.Tell(second.Events));
        Assert.Equal("2 runs in a row were discarded.", job.State.StatusReason);
        job.At(35).Do(Resume);
        job.At(40).Settle();
        Assert.Equal("AttemptFailed, RunDiscarded", Timeline.Tell(job.Fail().Events));
        Assert.Equal(JobStatus.Pending, job.State.Status);
    }

    [Fact]
    public void The_last_run_of_a_schedule_completes_the_job_and_does_not_pause_it()
    {
        var job = new Timeline(Timeline.Every10 with { PauseAfterFailures = 1, MaxRuns = 1 });
        job.At(10).Settle();

        Assert.Equal("AttemptFailed, RunDiscarded, JobCompleted", Timeline.Tell(job.Fail().Events));
    }

    [Fact]
    public void A_target_that_asks_for_time_gets_it_when_that_is_longer_than_the_retry_policy_says()
    {
        var patient = new Timeline(Timeline.Every10 with { Retry = new RetryPolicy(2, TimeSpan.FromSeconds(60)) });
        patient.At(10).Settle();
        patient.Fail(retryable: true, TimeSpan.FromSeconds(5));
        var hasty = new Timeline(Timeline.Every10 with { Retry = new RetryPolicy(2, TimeSpan.FromSeconds(1)) });
        hasty.At(10).Settle();
        hasty.Fail(retryable: true, TimeSpan.FromSeconds(5));

        Assert.Equal("70", Timeline.Seconds(patient.State.Active[0].RetryAt));
        Assert.Equal("15", Timeline.Seconds(hasty.State.Active[0].RetryAt));
    }

    [Fact]
    public void One_run_is_cancelled_and_the_schedule_goes_on()
    {
        var job = new Timeline(Timeline.Every10);
        job.At(10).Settle();

        Assert.Equal("cancel run", Timeline.Tell(job.Do(new CancelRun(Story.Id, job.State.Active[0].RunId, "stuck")).Events));
        Assert.Equal("start 20, next 30", job.At(20).Settle());
    }

    [Fact]
    public void A_requested_run_and_one_that_waits_are_cancelled_too()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne });
        job.At(10).Settle();
        job.At(20).Settle();
        var buffered = RunId.Scheduled(Story.Id, 1, Timeline.After(20));

        Assert.Equal("skip 20 Cancelled, next 30", Timeline.Tell(job.Do(new CancelRun(Story.Id, buffered, Reason: null)).Events));
        var requested = Assert.IsType<RunAccepted>(job.Do(new TriggerJob(Story.Id, Reason: null)).Reply).RunId;
        Assert.Equal("cancel run", Timeline.Tell(job.Do(new CancelRun(Story.Id, requested, Reason: null)).Events));
        Assert.Equal(new RunNotActive(Story.Id, requested), job.Do(new CancelRun(Story.Id, requested, Reason: null)).Reply);
    }

    [Fact]
    public void A_key_repeats_its_own_command_and_no_other()
    {
        var job = new Timeline(Timeline.Every10);
        var origin = new CommandOrigin(Key: "k");
        job.Do(Pause with { Origin = origin });
        job.Do(Resume);

        Assert.True(Assert.IsType<JobAccepted>(job.Do(Pause with { Origin = origin }).Reply).Replayed);
        Assert.NotEqual(JobStatus.Paused, job.State.Status);
        Assert.IsType<JobConflict>(job.Do(Resume with { Origin = origin }).Reply);
        Assert.IsType<JobConflict>(job.Do(new TriggerJob(Story.Id, Reason: null) { Origin = origin }).Reply);
        Assert.IsType<JobConflict>(job.Do(new CancelJob(Story.Id, Reason: null) { Origin = origin }).Reply);
    }

    [Fact]
    public void A_key_that_cancelled_a_run_which_only_waited_repeats_that_as_well()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.BufferOne });
        job.At(10).Settle();
        job.At(20).Settle();
        var cancel = new CancelRun(Story.Id, RunId.Scheduled(Story.Id, 1, job.State.Buffered!.Value), Reason: null) { Origin = new CommandOrigin(By: "alice", Key: "k") };
        Assert.Equal("alice", job.Do(cancel).Events[0].By);

        var again = job.Do(cancel);

        Assert.Empty(again.Events);
        Assert.True(Assert.IsType<JobAccepted>(again.Reply).Replayed);
    }

    [Fact]
    public void A_key_repeats_its_command_only_with_the_body_that_it_came_with()
    {
        var job = new Timeline(Timeline.Every10);
        job.Do(Pause with { Origin = Keyed("one") });
        job.Do(Resume);

        Assert.True(Assert.IsType<JobAccepted>(job.Do(Pause with { Origin = Keyed("one") }).Reply).Replayed);
        Assert.True(Assert.IsType<JobConflict>(job.Do(Pause with { Origin = Keyed("other") }).Reply).IsOfKey);
    }

    [Fact]
    public void A_key_of_which_no_body_is_known_stands_for_any()
    {
        var before = new Timeline(Timeline.Every10);
        before.Do(Pause with { Origin = Keyed(hash: null) });
        Assert.True(Assert.IsType<JobAccepted>(before.Do(Pause with { Origin = Keyed("one") }).Reply).Replayed);

        var after = new Timeline(Timeline.Every10);
        after.Do(Pause with { Origin = Keyed("one") });
        Assert.True(Assert.IsType<JobAccepted>(after.Do(Pause with { Origin = Keyed(hash: null) }).Reply).Replayed);
    }

    [Fact]
    public void A_key_that_cancelled_a_run_repeats_that_and_cancels_no_other_run()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.Allow });
        job.At(10).Settle();
        job.At(20).Settle();
        var (first, second) = (job.State.Active[0].RunId, job.State.Active[1].RunId);
        Assert.Equal("cancel run", Timeline.Tell(job.Do(Cancel(first)).Events));

        var again = job.Do(Cancel(first));
        var other = job.Do(Cancel(second));

        Assert.Empty(again.Events);
        Assert.True(Assert.IsType<JobAccepted>(again.Reply).Replayed);
        Assert.Empty(other.Events);
        Assert.True(Assert.IsType<JobConflict>(other.Reply).IsOfKey);
        Assert.Equal(second, Assert.Single(job.State.Active).RunId);

        static CancelRun Cancel(RunId run) => new(Story.Id, run, Reason: null) { Origin = new CommandOrigin(Key: "k") };
    }

    [Fact]
    public void Retention_deletes_only_what_has_not_moved_on()
    {
        var job = new Timeline(Timeline.Every10);
        var looked = job.State.Version;
        job.At(10).Settle();

        Assert.IsType<JobConflict>(job.Do(new DeleteJob(Story.Id, "retention") { Version = looked }).Reply);
        Assert.IsType<JobAccepted>(job.Do(new DeleteJob(Story.Id, "retention") { Version = job.State.Version }).Reply);
    }

    private static CommandOrigin Keyed(string? hash) => new(Key: "k") { BodyHash = hash };

    private static PauseJob Pause => new(Story.Id, "deployment");

    private static ResumeJob Resume => new(Story.Id, Reason: null);
}
