using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What each kind of fact does to a job, also those that only later commands bring about.</summary>
public sealed class JobStateSpecs
{
    private static readonly DateTimeOffset Later = Story.Start.AddHours(1);
    private static readonly RunId Run = Story.ScheduledRun;
    private static readonly JobState Running = Story.In(Situation.Running).State;

    private static readonly JobScheduled WholePlan = new()
    {
        At = Later,
        Cursor = Later,
        NextFireTime = Later.AddMinutes(1),
        NextDueAt = Later.AddMinutes(1).AddSeconds(7),
        Buffered = Later.AddMinutes(-1),
        CatchUp = [Later.AddMinutes(-3), Later.AddMinutes(-2)],
    };

    private static readonly JobEvent[] Kinds =
    [
        new JobCreated { At = Later, Definition = Story.Definition, Generation = 2 },
        WholePlan,
        new JobUpdated { At = Later, Definition = Story.Definition, Generation = 1 },
        new JobPaused { At = Later },
        new JobResumed { At = Later },
        new JobCancelled { At = Later },
        new JobCompleted { At = Later },
        new JobDeleted { At = Later },
        new RunRequested { At = Later, RunId = RunId.Requested(Story.Id, 1, 9) },
        Started(AttemptKind.Retry, 2),
        new AttemptFailed { At = Later, RunId = Run, Number = 1, Kind = FailureKind.Failed, Error = "It broke.", Retryable = true },
        new AttemptLost { At = Later, RunId = Run, Number = 1, Loss = AttemptLoss.Unknown },
        new RunCompleted { At = Later, RunId = Run, Number = 1 },
        new RunDiscarded { At = Later, RunId = Run },
        new RunCancelled { At = Later, RunId = Run },
        new OccurrencesSkipped { At = Later, From = Later, To = Later, Count = 1, Why = SkipReason.Misfire },
        new JobCheckpointed { At = Later, State = Running, Past = new AuditedPast(0, 0, 0, [], Later) },
    ];

    public static TheoryData<JobEvent> EveryKind => new(Kinds);

    [Fact]
    public void The_table_has_every_kind_of_fact() =>
        Assert.Equal(
            typeof(JobEvent).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(JobEvent))).Select(t => t.Name).Order(StringComparer.Ordinal),
            Kinds.Select(k => k.GetType().Name).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Every_fact_is_one_version_and_dates_the_job(JobEvent fact)
    {
        var after = Running.Apply(fact);

        Assert.Equal(Running.Version + 1, after.Version);
        Assert.Equal(Later, after.LastEventAt);
        Assert.Equal(Running.Id, after.Id);
    }

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Only_edits_raise_the_revision_and_date_the_update(JobEvent fact)
    {
        var isEdit = fact is JobCreated or JobUpdated or JobPaused or JobResumed or JobCancelled;
        var after = Running.Apply(fact);

        Assert.Equal(isEdit ? Running.Revision + 1 : Running.Revision, after.Revision);
        Assert.Equal(isEdit ? Later : Running.UpdatedAt, after.UpdatedAt);
    }

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void Only_creation_and_a_schedule_change_raise_the_generation(JobEvent fact) =>
        Assert.Equal(fact is JobCreated ? 2 : 1, Running.Apply(fact).Generation);

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void The_key_of_a_command_is_kept_with_what_it_was_used_for(JobEvent fact)
    {
        var after = Running.Apply(fact with { Key = "k" });

        ValueList<UsedKey> expected = fact switch
        {
            JobCreated => [new UsedKey("k", after.Version, KeyUse.Create, RunId: null)],
            JobUpdated => [new UsedKey("k", after.Version, KeyUse.Update, RunId: null)],
            RunRequested e => [new UsedKey("k", after.Version, KeyUse.Trigger, e.RunId)],
            JobPaused => [new UsedKey("k", after.Version, KeyUse.Pause, RunId: null)],
            JobResumed => [new UsedKey("k", after.Version, KeyUse.Resume, RunId: null)],
            JobCancelled => [new UsedKey("k", after.Version, KeyUse.Cancel, RunId: null)],
            RunCancelled e => [new UsedKey("k", after.Version, KeyUse.CancelRun, e.RunId)],
            JobDeleted => [new UsedKey("k", after.Version, KeyUse.Delete, RunId: null)],
            _ => [],
        };
        Assert.Equal(expected, after.Keys);
        var hashed = Running.Apply(fact with { Key = "k", BodyHash = "h" });
        Assert.All(hashed.Keys, k => Assert.Equal("h", k.BodyHash));
    }

    [Theory]
    [MemberData(nameof(EveryKind))]
    public void The_same_fact_gives_the_same_state(JobEvent fact) => Assert.Equal(Running.Apply(fact), Running.Apply(fact));

    [Fact]
    public void Creation_begins_anew_and_keeps_only_version_revision_and_keys()
    {
        var before = Story.In(Situation.Failed).State.Apply(
        [
            new JobPaused { At = Later, Key = "k", Reason = "deployment" },
            new JobDeleted { At = Later },
        ]);

        var after = before.Apply(new JobCreated { At = Later, Definition = Story.Definition, Generation = 2, BodyHash = "h" });

        Assert.Equal(
            JobState.Empty(Story.Id) with
            {
                Version = before.Version + 1,
                Revision = before.Revision + 1,
                LastEventAt = Later,
                CreatedAt = Later,
                UpdatedAt = Later,
                Definition = Story.Definition,
                BodyHash = "h",
                Generation = 2,
                Keys = [new UsedKey("k", before.Version - 1, KeyUse.Pause, RunId: null)],
            },
            after);
    }

    [Fact]
    public void A_plan_replaces_the_whole_plan_and_computes_nothing()
    {
        var after = Running.Apply(WholePlan);

        Assert.Equal(WholePlan.Cursor, after.Cursor);
        Assert.Equal(WholePlan.NextFireTime, after.NextFireTime);
        Assert.Equal(WholePlan.NextDueAt, after.NextDueAt);
        Assert.Equal(WholePlan.Buffered, after.Buffered);
        Assert.Equal(WholePlan.CatchUp, after.CatchUp);
        Assert.Equal(Running.Active, after.Active);

        var empty = after.Apply(new JobScheduled { At = Later, Cursor = Later });

        Assert.Null(empty.NextFireTime);
        Assert.Null(empty.NextDueAt);
        Assert.Null(empty.Buffered);
        Assert.Empty(empty.CatchUp);
    }

    [Fact]
    public void The_first_fire_time_stays_the_first_one_of_its_generation()
    {
        var created = Story.In(Situation.Pending).State;
        var moved = created.Apply(WholePlan);
        var changed = moved.Apply([new JobUpdated { At = Later, Definition = Story.Definition, Generation = 2 }, WholePlan]);

        Assert.Equal(Story.FireTime, created.FirstFireTime);
        Assert.Equal(Story.FireTime, moved.FirstFireTime);
        Assert.Equal(WholePlan.NextFireTime, changed.FirstFireTime);
    }

    [Fact]
    public void A_plan_or_a_request_after_the_end_is_something_to_do_again()
    {
        var completed = Story.In(Situation.Completed).State;

        Assert.NotNull(completed.CompletedAt);
        Assert.Null(completed.Apply(WholePlan).CompletedAt);
        Assert.Null(completed.Apply(new RunRequested { At = Later, RunId = Run }).CompletedAt);
    }

    [Fact]
    public void An_edit_that_leaves_the_schedule_alone_leaves_the_plan_alone()
    {
        var before = Running.Apply(WholePlan);
        var renamed = Story.Definition with { Name = "renamed" };

        var after = before.Apply(new JobUpdated { At = Later, Definition = renamed, Generation = 1 });

        Assert.Equal(
            before with { Version = before.Version + 1, Revision = before.Revision + 1, UpdatedAt = Later, Definition = renamed },
            after);
    }

    [Fact]
    public void A_schedule_change_drops_the_old_plan_and_lets_active_runs_go_on()
    {
        var before = Running.Apply(WholePlan);
        var changed = Story.Definition with { Schedule = new OneOffSchedule(Later) };

        var after = before.Apply(new JobUpdated { At = Later, Definition = changed, Generation = 2 });

        Assert.Equal(
            before with
            {
                Version = before.Version + 1,
                Revision = before.Revision + 1,
                UpdatedAt = Later,
                Definition = changed,
                Generation = 2,
                Cursor = null,
                FirstFireTime = null,
                NextFireTime = null,
                NextDueAt = null,
                Buffered = null,
                CatchUp = [],
                ScheduledRuns = 0,
            },
            after);
    }

    [Fact]
    public void Pausing_and_resuming_keep_the_plan_the_runs_and_the_reason_of_the_pause()
    {
        var before = Running.Apply(WholePlan);

        var paused = before.Apply(new JobPaused { At = Later, Reason = "deployment" });
        var resumed = paused.Apply(new JobResumed { At = Later });

        Assert.True(paused.IsPaused);
        Assert.Equal("deployment", paused.StatusReason);
        Assert.False(resumed.IsPaused);
        Assert.Null(resumed.StatusReason);
        Assert.Equal(before with { Version = resumed.Version, Revision = resumed.Revision }, resumed with { UpdatedAt = before.UpdatedAt });
    }

    [Fact]
    public void Cancelling_drops_the_plan_and_ends_a_pause()
    {
        var after = Running.Apply([WholePlan, new JobPaused { At = Later }, new JobCancelled { At = Later, Reason = "not needed" }]);

        Assert.True(after.IsCancelled);
        Assert.False(after.IsPaused);
        Assert.Equal("not needed", after.StatusReason);
        AssertNoPlan(after);
        Assert.Equal(Later, after.Cursor);
    }

    [Fact]
    public void Deleting_drops_the_plan_and_hides_the_job()
    {
        var after = Running.Apply([WholePlan, new JobDeleted { At = Later }]);

        Assert.True(after.IsDeleted);
        Assert.False(after.Exists);
        Assert.NotNull(after.Definition);
        AssertNoPlan(after);
    }

    [Fact]
    public void A_request_waits_at_the_end_of_the_queue()
    {
        var first = new RunRequested { At = Story.Start, RunId = RunId.Requested(Story.Id, 1, 3) };
        var second = new RunRequested { At = Later, RunId = RunId.Requested(Story.Id, 1, 4) };

        Assert.Equal(
            [new RequestedRun(first.RunId, Story.Start), new RequestedRun(second.RunId, Later)],
            Story.In(Situation.Pending).State.Apply([first, second]).Requested);
    }

    [Theory]
    [InlineData(AttemptKind.Scheduled, 1)]
    [InlineData(AttemptKind.Buffered, 1)]
    [InlineData(AttemptKind.CatchUp, 1)]
    [InlineData(AttemptKind.Requested, 0)]
    public void A_runs_first_attempt_makes_it_active_and_counts_it(AttemptKind kind, int scheduledRuns)
    {
        var before = Story.In(Situation.Pending).State;

        var after = before.Apply(Started(kind, 1));

        Assert.Equal(1, after.RunCount);
        Assert.Equal(scheduledRuns, after.ScheduledRuns);
        Assert.Equal(
            [
                new ActiveRun
                {
                    RunId = Run,
                    Kind = kind,
                    FireTime = Story.FireTime,
                    DueAt = Later.AddSeconds(1),
                    Attempt = 1,
                    Counted = 1,
                    AttemptAt = Later,
                    Node = Story.Node,
                },
            ],
            after.Active);
        Assert.Equal(before.NextFireTime, after.NextFireTime);
    }

    [Fact]
    public void A_requested_runs_first_attempt_takes_it_out_of_the_queue()
    {
        var before = Story.In(Situation.Requested).State;

        var after = before.Apply(Started(AttemptKind.Requested, 1) with { RunId = before.Requested[0].RunId });

        Assert.Empty(after.Requested);
        Assert.Equal(before.Requested[0].RunId, after.Active.Single().RunId);
    }

    [Fact]
    public void A_retry_is_the_same_run_again()
    {
        var before = Story.In(Situation.Retrying).State;
        var other = new WorkerNode("akka.tcp://scheduler@10.0.0.2:4053", 8);

        var after = before.Apply(Started(AttemptKind.Retry, 2) with { Node = other });

        Assert.Equal(
            before.Active.Single() with { Attempt = 2, Counted = 2, AttemptAt = Later, DueAt = Later.AddSeconds(1), Node = other, RetryAt = null, FailedAt = null },
            after.Active.Single());
        Assert.Equal(AttemptKind.Scheduled, after.Active.Single().Kind);
        Assert.Equal(1, after.RunCount);
        Assert.Equal(1, after.ScheduledRuns);
    }

    [Fact]
    public void After_a_failed_attempt_its_run_waits_on_no_node_for_the_retry()
    {
        var startedAt = Story.FireTime.AddMilliseconds(1);

        var after = Running.Apply(new AttemptFailed
        {
            At = Later,
            RunId = Run,
            Number = 1,
            Kind = FailureKind.TimedOut,
            Error = "It took too long.",
            Retryable = true,
            RetryAt = Later.AddSeconds(10),
            Timing = new AttemptTiming(startedAt, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1)),
        });

        Assert.Equal(Running.Active.Single() with { Node = null, RetryAt = Later.AddSeconds(10), FailedAt = Later }, after.Active.Single());
        Assert.Equal(startedAt, after.LastRunAt);
        Assert.Null(after.LastOutcome);
        Assert.Equal(0, after.FailureCount);
    }

    [Theory]
    [InlineData(AttemptLoss.NotBegun, 0)]
    [InlineData(AttemptLoss.Unknown, 1)]
    public void A_lost_attempt_counts_unless_it_never_began(AttemptLoss loss, int counted)
    {
        var after = Running.Apply(new AttemptLost { At = Later, RunId = Run, Number = 1, Loss = loss, RetryAt = Later });

        Assert.Equal(Running.Active.Single() with { Node = null, RetryAt = Later, LostAt = Later, Counted = counted }, after.Active.Single());
        Assert.Null(after.LastRunAt);
    }

    [Fact]
    public void A_completed_run_ends_the_row_of_discarded_ones()
    {
        var startedAt = Story.FireTime.AddMilliseconds(1);
        var discarded = Running.Apply(new RunDiscarded { At = Later, RunId = Run });
        var completed = discarded.Apply(
        [
            Started(AttemptKind.Requested, 1),
            new RunCompleted { At = Later, RunId = Run, Number = 1, Timing = new AttemptTiming(startedAt, TimeSpan.Zero, TimeSpan.Zero) },
        ]);

        Assert.Equal((RunOutcome.Discarded, 1L, 1), (discarded.LastOutcome, discarded.FailureCount, discarded.DiscardedInARow));
        Assert.Equal((RunOutcome.Completed, 1L, 0), (completed.LastOutcome, completed.FailureCount, completed.DiscardedInARow));
        Assert.Equal(startedAt, completed.LastRunAt);
        Assert.Empty(discarded.Active);
        Assert.Empty(completed.Active);
    }

    [Fact]
    public void A_cancelled_run_is_no_failure_and_leaves_the_row_of_discarded_ones_as_it_was()
    {
        var after = Running.Apply(
        [
            new RunDiscarded { At = Later, RunId = Run },
            Started(AttemptKind.Requested, 1),
            new RunCancelled { At = Later, RunId = Run },
        ]);

        Assert.Equal((RunOutcome.Cancelled, 1L, 1), (after.LastOutcome, after.FailureCount, after.DiscardedInARow));
        Assert.Empty(after.Active);
    }

    [Fact]
    public void A_requested_run_that_is_cancelled_leaves_the_queue()
    {
        var before = Story.In(Situation.Requested).State;

        var after = before.Apply(new RunCancelled { At = Later, RunId = before.Requested[0].RunId });

        Assert.Empty(after.Requested);
        Assert.Equal(0, after.RunCount);
    }

    [Fact]
    public void A_checkpoint_is_noted_and_changes_nothing_else() => Assert.Equal(
        Running with { Version = Running.Version + 1, LastEventAt = Later, Checkpoints = [Running.Version + 1] },
        Running.Apply(new JobCheckpointed { At = Later, State = Running, Past = new AuditedPast(0, 0, 0, [], Later) }));

    [Fact]
    public void A_skip_and_the_end_change_nothing_but_what_they_say()
    {
        var skipped = Running.Apply(new OccurrencesSkipped { At = Later, From = Later, To = Later, Count = null, Why = SkipReason.Window });
        var completed = Running.Apply(new JobCompleted { At = Later });

        Assert.Equal(Running with { Version = Running.Version + 1, LastEventAt = Later }, skipped);
        Assert.Equal(Running with { Version = Running.Version + 1, LastEventAt = Later, CompletedAt = Later }, completed);
    }

    [Fact]
    public void Of_several_active_runs_only_the_one_that_a_fact_names_changes()
    {
        var other = RunId.Requested(Story.Id, 1, 9);
        var both = Running.Apply(Started(AttemptKind.Requested, 1) with { RunId = other });

        Assert.Equal([Run, other], both.Active.Select(r => r.RunId));
        Assert.Equal([other], both.Apply(new RunCompleted { At = Later, RunId = Run, Number = 1 }).Active.Select(r => r.RunId));
        Assert.Equal(
            [null, Story.Node],
            both.Apply(new AttemptLost { At = Later, RunId = Run, Number = 1, Loss = AttemptLoss.Unknown, RetryAt = Later }).Active.Select(r => r.Node));
    }

    [Fact]
    public void The_last_32_keys_are_kept_and_a_repeated_one_keeps_its_first_version()
    {
        var facts = Enumerable.Range(1, 40).Select(n => (JobEvent)new JobResumed { At = Later, Key = $"k{n}" });

        var state = JobState.Empty(Story.Id).Apply(facts).Apply(new JobResumed { At = Later, Key = "k9" });

        Assert.Equal(Enumerable.Range(9, 32).Select(n => new UsedKey($"k{n}", n, KeyUse.Resume, RunId: null)), state.Keys);
        Assert.Equal("k41", state.Apply(new JobResumed { At = Later, Key = "k41" }).Keys[^1].Key);
    }

    [Fact]
    public void Before_any_fact_there_is_no_job()
    {
        var empty = JobState.Empty(Story.Id);

        Assert.False(empty.Exists);
        Assert.False(empty.HasWorkLeft);
        Assert.Equal(0, empty.Version);
        Assert.Equal(0, empty.Revision);
        Assert.Equal(0, empty.Generation);
        Assert.Null(empty.WakeAt);
    }

    private static AttemptStarted Started(AttemptKind kind, int number) => new()
    {
        At = Later,
        RunId = Run,
        Number = number,
        Kind = kind,
        FireTime = Story.FireTime,
        DueAt = Later.AddSeconds(1),
        Node = Story.Node,
    };

    private static void AssertNoPlan(JobState state)
    {
        Assert.Null(state.NextFireTime);
        Assert.Null(state.NextDueAt);
        Assert.Null(state.Buffered);
        Assert.Empty(state.CatchUp);
    }
}
