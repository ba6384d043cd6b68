using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Fire times that pass while a run's node is dead, or while nobody knows whether it is. Fire times every ten seconds.</summary>
public sealed class CrashedRunSpecs
{
    [Theory]
    [InlineData(OverlapPolicy.Skip, "skip 20-50 (4) Misfire, next 70 buffer 60")]
    [InlineData(OverlapPolicy.BufferOne, "skip 20-50 (4) Misfire, next 70 buffer 60")]
    [InlineData(OverlapPolicy.Allow, "skip 20-50 (4) Misfire, start 60, next 70")]
    [InlineData(OverlapPolicy.CancelRunning, "skip 20-50 (4) Misfire, cancel run, start 60, next 70")]
    public void A_fire_time_that_was_due_while_a_lost_run_was_dead_is_no_overlap(OverlapPolicy overlap, string expected)
    {
        var job = Running(overlap, attempts: 2);
        Lose(job.At(60));

        Assert.Equal(expected, job.Settle());
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip)]
    [InlineData(OverlapPolicy.BufferOne)]
    [InlineData(OverlapPolicy.Allow)]
    [InlineData(OverlapPolicy.CancelRunning)]
    public void A_run_that_was_its_last_attempt_is_over(OverlapPolicy overlap)
    {
        var job = Running(overlap, attempts: 1);
        Lose(job.At(60));

        Assert.Equal("skip 20-50 (4) Misfire, start 60, next 70", job.Settle());
    }

    [Fact]
    public void Those_after_the_one_that_is_kept_meet_it()
    {
        var job = Running(OverlapPolicy.Skip, attempts: 2);
        Lose(job.At(40));
        Assert.Equal("skip 20-30 (2) Misfire, next 50 buffer 40", job.Settle());

        Assert.Equal("skip 50 Overlap, next 60 buffer 40", job.At(50).Settle());
    }

    [Fact]
    public void A_fire_time_that_comes_while_a_lost_run_waits_for_its_retry_is_an_overlap()
    {
        var job = Running(OverlapPolicy.Skip, attempts: 2);
        Lose(job.At(15));

        Assert.Equal("skip 20 Overlap, next 30", job.At(20).Settle());
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip, false)]
    [InlineData(OverlapPolicy.BufferOne, false)]
    [InlineData(OverlapPolicy.Allow, true)]
    [InlineData(OverlapPolicy.CancelRunning, false)]
    public void While_a_runs_node_is_asked_only_what_may_run_beside_it_starts(OverlapPolicy overlap, bool starts)
    {
        var job = Running(overlap, attempts: 1);
        job.At(20);

        var settlement = Asked(job);
        Assert.Equal(starts, settlement.Events.OfType<AttemptStarted>().Any());
        Assert.Equal(starts, settlement.Events.Count > 0);
        Assert.NotEmpty(Settling.Settle(job.State, Timeline.After(20), Story.Tolerance, Story.Node, hasPermit: true).Events);
    }

    [Fact]
    public void While_a_runs_node_is_asked_no_request_takes_its_place()
    {
        var job = Running(OverlapPolicy.CancelRunning, attempts: 1);
        job.At(12).Do(new TriggerJob(Story.Id, Reason: null));

        Assert.Empty(Asked(job).Events);
        Assert.False(Asked(job).NeedsPermit);
    }

    [Fact]
    public void While_a_runs_node_is_asked_the_sixteen_of_allow_are_not_passed_over()
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = OverlapPolicy.Allow });
        for (var n = 1; n <= JobState.MaxActive; n++)
            job.At(n * 10).Settle();

        job.At(170);
        Assert.Empty(Asked(job).Events);
    }

    [Theory]
    [InlineData(19.999, "skip 20 Overlap, next 30")]
    [InlineData(20, "next 30 buffer 20")]
    public void A_fire_time_waits_for_a_lost_run_whose_loss_was_found_when_it_was_due_or_later(double lostAt, string expected)
    {
        var job = Running(OverlapPolicy.Skip, attempts: 2);
        job.At(lostAt);
        Lose(job);

        Assert.Equal(expected, job.At(20).Settle());
    }

    [Fact]
    public void Of_several_fire_times_the_one_that_is_kept_tells_whether_the_run_was_lost_by_then()
    {
        var job = Running(OverlapPolicy.Skip, attempts: 2);
        job.At(25);
        Lose(job);

        Assert.Equal("skip 20-50 (4) Misfire, skip 60 Overlap, next 70", job.At(60).Settle());
    }

    [Fact]
    public void A_one_off_that_had_passed_when_it_was_asked_for_is_judged_by_when_that_was()
    {
        var job = Running(OverlapPolicy.Skip, attempts: 2);
        job.At(15);
        Lose(job);
        job.At(20).Do(new PutJob(Story.Id, job.State.Definition! with { Schedule = new OneOffSchedule(Timeline.After(5)) }, Precondition.None));

        Assert.StartsWith("skip 5 Overlap", job.Settle(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_fire_time_waits_for_no_lost_run_while_another_one_runs()
    {
        var job = Running(OverlapPolicy.Skip, attempts: 2);
        job.At(20);
        Lose(job);
        var lost = job.State.Active[0];
        var state = job.State with { Active = job.State.Active.Add(lost with { RunId = RunId.Requested(Story.Id, 1, 9), Node = Story.Node, RetryAt = null }) };

        var settlement = Settling.Settle(state, Timeline.After(20), Story.Tolerance, Story.Node, hasPermit: false);

        Assert.Equal("skip 20 Overlap, next 30", Timeline.Tell(settlement.Events));
    }

    [SizedProperty(500)]
    public void Whenever_nodes_die_what_is_kept_runs_and_all_is_accounted_for(byte overlap, byte attempts, byte misfire, byte[] script)
    {
        var definition = Timeline.Every10 with
        {
            Overlap = Enum.GetValues<OverlapPolicy>()[overlap % 4],
            Misfire = new MisfirePolicy(misfire % 3 == 0 ? MisfireKind.Skip : MisfireKind.FireOnce),
            Retry = new RetryPolicy(1 + (attempts % 3), TimeSpan.FromSeconds(attempts)),
        };
        var job = new Timeline(definition);
        foreach (var step in script)
        {
            job.At(job.Now + 1 + (step % 40));
            if (step % 4 == 0)
                Crash(job);
            else if (step % 4 == 1 && job.State.Active.Any(r => r.Node is not null))
                job.Succeed(job.State.Active.Select((r, i) => (r, i)).First(r => r.r.Node is not null).i);
            job.Settle();
        }

        var audit = new JobAudit(Story.Id);
        foreach (var fact in job.Facts)
            audit.Read(fact);
        Assert.Empty(audit.Conclude(Timeline.After(job.Now)).Gaps);
    }

    /// <summary>Node and job are gone for a while; who recovers the job finds its attempts lost, and settles then.</summary>
    private static void Crash(Timeline job)
    {
        var isFree = job.State.Buffered is null && job.State.Requested.Count == 0;
        var hadRuns = job.State.Active.Count > 0;
        // Runs that already waited for a retry were no victims of this crash: what they meet is an ordinary overlap.
        var allDied = job.State.Active.All(r => r.Node is not null);
        job.At(job.Now + 25);
        foreach (var run in job.State.Active.Where(r => r.Node is not null))
            job.Do(new GiveUpAttempt(Story.Id, run.RunId, run.Attempt, AttemptLoss.Unknown));
        var before = job.Facts.Count;
        var state = job.State;
        var expected = SettlingModel.Expected(state, Timeline.After(job.Now), Story.Tolerance.MisfireThreshold)!;
        job.Settle();

        if (!hadRuns || !allDied || !isFree || state.Active.Count >= JobState.MaxActive)
            return;
        var kept = expected.Where(e => e.Value is not Fate.SkippedAsMisfire).Select(e => e.Key).Order().ToList();
        Assert.NotEmpty(kept);
        var first = state.Definition!.Overlap is OverlapPolicy.CancelRunning ? kept[^1] : kept[0];
        Assert.True(
            job.State.Buffered == first || job.Facts.Skip(before).OfType<AttemptStarted>().Any(s => s.FireTime == first),
            $"{Timeline.Seconds(first)} is not run: {Timeline.Tell(job.Facts.Skip(before))}");
    }

    private static Settlement Asked(Timeline job) =>
        Settling.Settle(job.State, Timeline.After(job.Now), Story.Tolerance, Story.Node, hasPermit: true, isAsking: true);

    private static Timeline Running(OverlapPolicy overlap, int attempts)
    {
        var job = new Timeline(Timeline.Every10 with { Overlap = overlap, Retry = new RetryPolicy(attempts, TimeSpan.FromSeconds(60)) });
        job.At(10).Settle();
        return job;
    }

    private static void Lose(Timeline job)
    {
        var run = job.State.Active.Single();
        job.Do(new GiveUpAttempt(Story.Id, run.RunId, run.Attempt, AttemptLoss.Unknown));
    }
}
