using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

public sealed class RunFoldSpecs
{
    private readonly JobId _job = JobId.Parse("job-a");

    private RunId Scheduled => RunId.Scheduled(_job, 1, T0);

    [Fact]
    public void A_run_that_succeeds_at_once()
    {
        var run = Fold(Start(1, T0.AddMilliseconds(-5)), Complete(1, T0.AddSeconds(1)));

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Equal(T0, run.FireTime);
        Assert.Equal(T0.AddMilliseconds(250), run.DueAt);
        Assert.Equal(T0.AddMilliseconds(251), run.StartedAt);
        Assert.Equal(T0.AddSeconds(1), run.EndedAt);
        Assert.Equal(TimeSpan.FromMilliseconds(1.5), run.Lateness);
        Assert.Equal(TimeSpan.FromMilliseconds(700), run.Duration);
        Assert.Equal(new JsonText("[1]"), run.Output);
        Assert.Equal(2, run.Version);
        Assert.Equal(
            [new AttemptView { Number = 1, StartedAt = T0.AddMilliseconds(251), EndedAt = T0.AddSeconds(1), Outcome = AttemptResult.Succeeded }],
            run.Attempts);
    }

    [Theory]
    [InlineData(0, 250)]
    [InlineData(249, 250)]
    [InlineData(251, 251)]
    public void While_an_attempt_runs_its_start_is_the_later_of_its_due_time_and_when_it_was_stored(int stored, int started)
    {
        var run = Fold(Start(1, T0.AddMilliseconds(stored)));

        Assert.Equal(RunStatus.Running, run.Status);
        Assert.Equal(T0.AddMilliseconds(started), run.StartedAt);
        Assert.Equal([new AttemptView { Number = 1, StartedAt = T0.AddMilliseconds(started) }], run.Attempts);
    }

    [Fact]
    public void Its_start_does_not_go_back_when_it_ends_nor_get_lost_when_nobody_knows_it()
    {
        var early = Fold(Start(1, T0.AddSeconds(9)), Complete(1, T0.AddSeconds(10)));
        Assert.Equal(T0.AddSeconds(9), early.StartedAt);
        Assert.Equal(T0.AddSeconds(9), early.Attempts[0].StartedAt);

        var unknown = Fold(Start(1, T0), Fail(1, T0.AddSeconds(1), retryAt: null) with { Timing = AttemptTiming.Unknown });
        Assert.Equal(T0.AddMilliseconds(250), unknown.StartedAt);
        Assert.Equal(T0.AddMilliseconds(250), unknown.Attempts[0].StartedAt);
    }

    [Fact]
    public void A_run_starts_with_the_first_attempt_that_began()
    {
        var run = Fold(
            Start(1, T0),
            new AttemptLost { At = T0.AddSeconds(1), RunId = Scheduled, Number = 1, Loss = AttemptLoss.NotBegun, RetryAt = T0.AddSeconds(1) },
            Start(2, T0.AddSeconds(2)) with { Kind = AttemptKind.Retry, DueAt = T0.AddSeconds(1) });

        Assert.Equal(T0.AddSeconds(2), run.StartedAt);
        Assert.Null(run.Attempts[0].StartedAt);
    }

    [Fact]
    public void An_attempt_that_is_cancelled_before_it_is_due_never_started()
    {
        var run = Fold(Start(1, T0), new RunCancelled { At = T0.AddMilliseconds(249), RunId = Scheduled });

        Assert.Null(run.StartedAt);
        Assert.Null(run.Attempts[0].StartedAt);
    }

    [Fact]
    public void A_run_that_is_retried_keeps_its_first_start_and_its_last_duration()
    {
        var run = Fold(
            Start(1, T0),
            Fail(1, T0.AddSeconds(1), retryAt: T0.AddSeconds(11)),
            Start(2, T0.AddSeconds(11)) with { Kind = AttemptKind.Retry, DueAt = T0.AddSeconds(11) },
            Complete(2, T0.AddSeconds(12)));

        Assert.Equal(RunStatus.Completed, run.Status);
        Assert.Null(run.Error);
        Assert.Equal(T0.AddMilliseconds(250), run.DueAt);
        Assert.Equal(T0.AddMilliseconds(300), run.StartedAt);
        Assert.Equal(TimeSpan.FromMilliseconds(50), run.Lateness);
        Assert.Equal(TimeSpan.FromMilliseconds(700), run.Duration);
        Assert.Equal([AttemptResult.TimedOut, AttemptResult.Succeeded], run.Attempts.Select(a => a.Outcome!.Value));
    }

    /// <summary>Its facts are dated by the last one before them, to keep their order; its times are the clock's.</summary>
    [Fact]
    public void A_run_after_a_clock_that_was_ahead_has_the_times_of_today()
    {
        var ahead = T0.AddHours(3);
        var due = T0.AddMilliseconds(250);

        var completed = Fold(Start(1, ahead) with { Clock = due }, Complete(1, ahead) with { Clock = T0.AddSeconds(1) });
        var cancelled = Fold(Start(1, ahead) with { Clock = due }, new RunCancelled { At = ahead, Clock = T0.AddSeconds(1), RunId = Scheduled });
        var lost = Fold(
            Start(1, ahead) with { Clock = due },
            new AttemptLost { At = ahead, Clock = T0.AddSeconds(1), RunId = Scheduled, Number = 1, Loss = AttemptLoss.Unknown },
            new RunDiscarded { At = ahead, Clock = T0.AddSeconds(1), RunId = Scheduled });
        var requested = Fold(new RunRequested { At = ahead, Clock = T0, RunId = Scheduled });

        Assert.Equal(T0.AddMilliseconds(251), completed.StartedAt);
        Assert.All([cancelled, lost], run => Assert.Equal(due, run.StartedAt));
        Assert.All([completed, cancelled, lost], run => Assert.Equal(T0.AddSeconds(1), run.EndedAt));
        Assert.All([completed, cancelled, lost], run => Assert.Equal(T0.AddSeconds(1), run.Attempts[0].EndedAt));
        Assert.Equal((T0, T0), (requested.FireTime, requested.DueAt));
    }

    [Fact]
    public void A_run_that_waits_for_its_retry()
    {
        var run = Fold(Start(1, T0), Fail(1, T0.AddSeconds(1), retryAt: T0.AddSeconds(11)));

        Assert.Equal(RunStatus.Retrying, run.Status);
        Assert.Equal("boom", run.Error);
        Assert.Null(run.EndedAt);
    }

    [Fact]
    public void A_run_that_is_given_up()
    {
        var run = Fold(Start(1, T0), Fail(1, T0.AddSeconds(1), retryAt: null), new RunDiscarded { At = T0.AddSeconds(1), RunId = Scheduled });

        Assert.Equal(RunStatus.Discarded, run.Status);
        Assert.Equal("boom", run.Error);
        Assert.Equal(T0.AddSeconds(1), run.EndedAt);
    }

    [Theory]
    [InlineData(AttemptLoss.NotBegun)]
    [InlineData(AttemptLoss.Unknown)]
    public void An_attempt_that_is_lost(AttemptLoss loss)
    {
        var run = Fold(Start(1, T0), new AttemptLost { At = T0.AddSeconds(1), RunId = Scheduled, Number = 1, Loss = loss, RetryAt = T0.AddSeconds(2) });

        Assert.Equal(RunStatus.Retrying, run.Status);
        Assert.Equal(AttemptResult.Lost, run.Attempts[0].Outcome);
        Assert.Equal(loss is AttemptLoss.NotBegun ? null : T0.AddMilliseconds(250), run.Attempts[0].StartedAt);
        Assert.Equal(run.Attempts[0].StartedAt, run.StartedAt);
        Assert.Equal(loss is AttemptLoss.NotBegun ? null : TimeSpan.Zero, run.Lateness);
    }

    [Fact]
    public void A_run_that_is_cancelled_while_it_runs()
    {
        var run = Fold(Start(1, T0), new RunCancelled { At = T0.AddSeconds(1), RunId = Scheduled, Reason = "enough" });

        Assert.Equal(RunStatus.Cancelled, run.Status);
        Assert.Equal("enough", run.Reason);
        Assert.Equal([new AttemptView { Number = 1, StartedAt = T0.AddMilliseconds(250), EndedAt = T0.AddSeconds(1), Outcome = AttemptResult.Cancelled }], run.Attempts);
    }

    [Fact]
    public void A_requested_run_is_there_before_it_starts()
    {
        var id = RunId.Requested(_job, 1, 3);
        var run = RunFold.Apply(null, _job, id, 3, new RunRequested { At = T0, RunId = id });

        Assert.Equal(RunStatus.Pending, run.Status);
        Assert.Equal(T0, run.FireTime);
        Assert.True(run.RunId.IsRequested);
    }

    [Fact]
    public void A_skip_of_many_occurrences_is_one_row_with_their_count()
    {
        var skipped = new OccurrencesSkipped { At = T0.AddHours(1), From = T0, To = T0.AddMinutes(59), Count = 60, Why = SkipReason.Misfire };

        var id = RunFold.RunOf(_job, 1, skipped);
        var run = RunFold.Apply(null, _job, id!.Value, 3, skipped);

        Assert.Equal(Scheduled, id);
        Assert.Equal((RunStatus.Skipped, "misfire", 60L), (run.Status, run.Reason, run.Count));
        Assert.Equal(T0, run.FireTime);
        Assert.Null(run.DueAt);
    }

    [Fact]
    public void A_skip_of_more_occurrences_than_anybody_counted_has_no_count()
    {
        var run = Fold(new OccurrencesSkipped { At = T0.AddDays(9), From = T0, To = T0.AddDays(9), Count = null, Why = SkipReason.Window });

        Assert.Equal((RunStatus.Skipped, "window", null), (run.Status, run.Reason, run.Count));
        Assert.Equal(T0.AddDays(9), run.EndedAt);
    }

    [Theory]
    [InlineData(SkipReason.Misfire, "misfire")]
    [InlineData(SkipReason.Overlap, "overlap")]
    [InlineData(SkipReason.Paused, "paused")]
    [InlineData(SkipReason.Window, "window")]
    [InlineData(SkipReason.Limit, "limit")]
    [InlineData(SkipReason.Updated, "updated")]
    [InlineData(SkipReason.Cancelled, "cancelled")]
    [InlineData(SkipReason.Deleted, "deleted")]
    public void A_skip_says_why_in_one_word_whatever_its_client_said(SkipReason why, string reason) =>
        Assert.Equal(reason, Fold(new OccurrencesSkipped { At = T0, From = T0, To = T0, Count = 1, Why = why, Reason = "holidays" }).Reason);

    [Theory]
    [InlineData(AttemptKind.Buffered)]
    [InlineData(AttemptKind.CatchUp)]
    public void A_fire_time_that_waited_is_a_run_from_its_start_on_under_its_own_time(AttemptKind kind)
    {
        var started = Start(1, T0.AddHours(1)) with { Kind = kind };
        Assert.True(RunFold.IsFirst(started));
        Assert.False(RunFold.IsFirst(started with { Number = 2, Kind = AttemptKind.Retry }));

        var run = Fold(started, Complete(1, T0.AddHours(2)));
        Assert.Equal((RunStatus.Completed, T0, T0.AddMilliseconds(250)), (run.Status, run.FireTime, run.DueAt!.Value));
        Assert.False(run.RunId.IsRequested);
    }

    [Fact]
    public void A_requested_run_that_is_cancelled_before_it_starts_never_had_an_attempt()
    {
        var id = RunId.Requested(_job, 1, 3);
        var cancelled = new RunCancelled { At = T0.AddSeconds(5), RunId = id, Reason = "no need" };
        var pending = RunFold.Apply(null, _job, id, 3, new RunRequested { At = T0, RunId = id });
        Assert.False(RunFold.IsFirst(cancelled));
        var run = RunFold.Apply(pending, _job, id, 4, cancelled);

        Assert.Equal((RunStatus.Cancelled, "no need", T0, T0.AddSeconds(5)), (run.Status, run.Reason, run.FireTime, run.EndedAt!.Value));
        Assert.Empty(run.Attempts);
        Assert.True(run.HasEnded);
        Assert.Null(run.StartedAt);
    }

    [Fact]
    public void A_run_whose_place_another_took_while_it_waited_for_its_retry_keeps_what_it_tried()
    {
        var run = Fold(
            Start(1, T0),
            Fail(1, T0.AddSeconds(1), retryAt: T0.AddSeconds(11)),
            new RunCancelled { At = T0.AddSeconds(5), RunId = Scheduled, Reason = "The next run took its place." });

        Assert.Equal((RunStatus.Cancelled, "The next run took its place."), (run.Status, run.Reason));
        Assert.Equal([AttemptResult.TimedOut], run.Attempts.Select(a => a.Outcome!.Value));
        Assert.Equal(T0.AddSeconds(5), run.EndedAt);
    }

    [Theory]
    [InlineData(RunStatus.Pending, false)]
    [InlineData(RunStatus.Running, false)]
    [InlineData(RunStatus.Retrying, false)]
    [InlineData(RunStatus.Completed, true)]
    [InlineData(RunStatus.Discarded, true)]
    [InlineData(RunStatus.Cancelled, true)]
    [InlineData(RunStatus.Skipped, true)]
    public void A_run_has_ended_when_nothing_more_becomes_of_it(RunStatus status, bool hasEnded) =>
        Assert.Equal(hasEnded, Run(_job, T0, 1, status).HasEnded);

    [Fact]
    public void An_outcome_without_a_start_has_its_attempt_all_the_same() =>
        Assert.Equal([2], Fold(Complete(2, T0)).Attempts.Select(a => a.Number));

    private RunView Fold(params JobEvent[] facts)
    {
        RunView? run = null;
        for (var i = 0; i < facts.Length; i++)
            run = RunFold.Apply(run, _job, Scheduled, i + 1, facts[i]);
        return run!;
    }

    private AttemptStarted Start(int number, DateTimeOffset at) => new()
    {
        At = at,
        RunId = Scheduled,
        Number = number,
        Kind = AttemptKind.Scheduled,
        FireTime = T0,
        DueAt = T0.AddMilliseconds(250),
        Node = Node,
    };

    private RunCompleted Complete(int number, DateTimeOffset at) => new()
    {
        At = at,
        RunId = Scheduled,
        Number = number,
        Output = new JsonText("[1]"),
        Timing = new AttemptTiming(T0.AddMilliseconds(251), TimeSpan.FromMilliseconds(1.5), TimeSpan.FromMilliseconds(700)),
    };

    private AttemptFailed Fail(int number, DateTimeOffset at, DateTimeOffset? retryAt) => new()
    {
        At = at,
        RunId = Scheduled,
        Number = number,
        Kind = FailureKind.TimedOut,
        Error = "boom",
        Retryable = true,
        RetryAt = retryAt,
        Timing = new AttemptTiming(T0.AddMilliseconds(300), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(650)),
    };
}
