using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Auditing;

/// <summary>What is as it should be is counted, and nothing is found in it.</summary>
public sealed class JobAuditSpecs
{
    [Theory]
    [InlineData(Situation.Unknown, "0 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 0 open")]
    [InlineData(Situation.Pending, "0 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 0 open")]
    [InlineData(Situation.Due, "1 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 1 open")]
    [InlineData(Situation.Running, "1 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 1 open")]
    [InlineData(Situation.Retrying, "1 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 1 open")]
    [InlineData(Situation.Requested, "0 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 0 open")]
    [InlineData(Situation.Completed, "1 = 1 completed + 0 discarded + 0 cancelled + 0 skipped + 0 open")]
    [InlineData(Situation.Failed, "1 = 0 completed + 1 discarded + 0 cancelled + 0 skipped + 0 open")]
    [InlineData(Situation.Cancelled, "0 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 0 open")]
    [InlineData(Situation.Deleted, "0 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 0 open")]
    internal void Each_situation_is_clean(Situation situation, string counts)
    {
        var story = Story.In(situation);
        var audit = new JobAudit(Story.Id);
        foreach (var fact in story.Facts)
            audit.Read(fact);

        AssertClean(counts, audit.Conclude(story.Now));
    }

    [Fact]
    public void A_request_is_no_occurrence() => AssertClean(
        "0 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 0 open",
        Journal.Of().Requests().StartsRequest(3).Audit());

    [Fact]
    public void Runs_and_skips_and_what_is_still_to_be_resolved_add_up() => AssertClean(
        "8 = 2 completed + 1 discarded + 1 cancelled + 2 skipped + 2 open",
        Journal.Of()
            .Fires(1, 2).Completes(1)
            .Fires(2, 3).Fails(2, null, retryable: false).Discards(2)
            .Fires(3, 4).CancelsRun(3)
            .At(6.5).Skips(4, 5, 2, SkipReason.Misfire).Starts(6).Plans(6, 7).Completes(6)
            .Audit(8.5));

    [Fact]
    public void What_has_come_since_the_last_fact_is_open() =>
        AssertClean("525600 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 525600 open", Journal.Of().Audit(365 * 24 * 60));

    [Fact]
    public void What_is_too_much_to_count_has_no_number()
    {
        var journal = Journal.Of(d => d with { Schedule = new CronSchedule("* * * * *", "UTC", DstGap.Shift, DstOverlap.First, []) });
        var uncounted = journal.At(5_000).Skips(1, 5_000, null, SkipReason.Misfire).Plans(5_000, 5_001);

        AssertClean("5000 = 0 completed + 0 discarded + 0 cancelled + 5000 skipped + 0 open", uncounted.Audit());
        AssertClean(" = 0 completed + 0 discarded + 0 cancelled +  skipped + 0 open", uncounted.Audit(mostCounted: 1_000));
    }

    [Fact]
    public void A_buffered_fire_time_starts_when_its_turn_has_come() => AssertClean(
        "4 = 2 completed + 0 discarded + 0 cancelled + 1 skipped + 1 open",
        Journal.Of(d => d with { Overlap = OverlapPolicy.BufferOne })
            .Fires(1, 2)
            .At(2).Plans(2, 3, 2)
            .At(3).Skips(3, 3, 1, SkipReason.Overlap).Plans(3, 4, 2)
            .At(3.2).Completes(1).Starts(2, AttemptKind.Buffered).Plans(3, 4).Completes(2)
            .Fires(4, 5)
            .Audit());

    [Fact]
    public void What_was_missed_is_caught_up_with_and_what_waits_is_open() => AssertClean(
        "6 = 1 completed + 0 discarded + 0 cancelled + 3 skipped + 2 open",
        Journal.Of(d => d with { Misfire = new MisfirePolicy(MisfireKind.FireAll, TimeSpan.FromMinutes(4), 3) })
            .At(6.5).Skips(1, 2, 2, SkipReason.Window).Skips(3, 3, 1, SkipReason.Limit).Plans(6, 7, null, 4, 5, 6)
            .Starts(4, AttemptKind.CatchUp).Plans(6, 7, null, 5, 6).Completes(4)
            .Audit(6.9));

    [Fact]
    public void What_waits_is_skipped_by_a_pause_with_what_has_come() => AssertClean(
        "5 = 1 completed + 0 discarded + 0 cancelled + 4 skipped + 0 open",
        Journal.Of(d => d with { Misfire = new MisfirePolicy(MisfireKind.FireAll) })
            .At(3).Plans(3, 4, null, 1, 2, 3)
            .Starts(1, AttemptKind.CatchUp).Plans(3, 4, null, 2, 3).Completes(1)
            .At(4).Skips(2, 4, 3, SkipReason.Paused).Pauses().Plans(4, 5)
            .At(5.5).Skips(5, 5, 1, SkipReason.Paused).Resumes().Plans(5, 6)
            .Audit(5.7));

    [Fact]
    public void A_schedule_change_and_a_new_creation_begin_anew() => AssertClean(
        "4 = 2 completed + 0 discarded + 1 cancelled + 1 skipped + 0 open",
        Journal.Of()
            .Fires(1, 2).Completes(1)
            .At(2.5).Skips(2, 2, 1, SkipReason.Updated).Updates(d => d with { EndAt = Journal.T(3) }, isSchedule: true).Plans(null, 3)
            .Fires(3, null).Tells(new RunCancelled { At = Journal.T(3), RunId = Journal.Run(3, 2) }).CancelsJob().Deletes()
            .At(3.5).CreatesAgain().Plans(null, 4)
            .Fires(4, 5).Completes(4)
            .Audit());

    [Fact]
    public void Runs_that_are_active_go_on_when_the_overlap_policy_changes() => AssertClean(
        "3 = 2 completed + 0 discarded + 0 cancelled + 1 skipped + 0 open",
        Journal.Of(d => d with { Overlap = OverlapPolicy.Allow })
            .Fires(1, 2).Fires(2, 3)
            .Updates(d => d with { Overlap = OverlapPolicy.Skip })
            .At(3).Skips(3, 3, 1, SkipReason.Overlap).Plans(3, 4)
            .Completes(1).Completes(2)
            .Audit());

    [Fact]
    public void What_came_while_max_runs_was_reached_is_skipped_when_it_is_raised() => AssertClean(
        "4 = 2 completed + 0 discarded + 0 cancelled + 2 skipped + 0 open",
        Journal.Of(d => d with { MaxRuns = 1 })
            .Fires(1, null).Completes(1).Ends()
            .At(3.5).Skips(2, 3, 2, SkipReason.Limit).Updates(d => d with { MaxRuns = 2 }).Plans(3, 4)
            .Fires(4, null).Completes(4).Ends()
            .Audit(8));

    [Fact]
    public void A_one_off_in_the_past_is_due_when_it_is_created() => AssertClean(
        "1 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 1 open",
        new Journal(d => d with { Schedule = new OneOffSchedule(Journal.T(-60)) })
            .Creates()
            .Tells(new JobScheduled { At = Journal.T(0), NextFireTime = Journal.T(-60), NextDueAt = Journal.T(0) })
            .Starts(-60, due: 0).Plans(-60, null)
            .Audit());

    [Fact]
    public void A_one_off_in_the_past_that_an_older_release_ran_at_its_creation_is_no_gap() => AssertClean(
        "1 = 0 completed + 0 discarded + 0 cancelled + 0 skipped + 1 open",
        new Journal(d => d with { Schedule = new OneOffSchedule(Journal.T(-60)), Misfire = new MisfirePolicy(MisfireKind.Skip) })
            .Creates()
            .Tells(new JobScheduled { At = Journal.T(0), NextFireTime = Journal.T(-60), NextDueAt = Journal.T(0) })
            .Starts(-60, due: 0).Plans(-60, null)
            .Audit());

    private static void AssertClean(string counts, AuditReport r)
    {
        Assert.Empty(r.Gaps);
        Assert.True(r.Clean);
        Assert.Equal(counts, $"{r.Occurrences} = {r.Completed} completed + {r.Discarded} discarded + {r.Cancelled} cancelled + {r.Skipped} skipped + {r.Open} open");
    }
}
