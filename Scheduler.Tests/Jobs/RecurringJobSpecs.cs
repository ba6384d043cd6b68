using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>Jobs that fire more than once, and what becomes of a fire time that meets an active run.</summary>
public sealed class RecurringJobSpecs : JobSpec
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly DateTimeOffset First = Start + Minute;
    private static readonly DateTimeOffset Second = First + Minute;

    [Fact]
    public async Task A_job_fires_at_each_of_its_fire_times()
    {
        await CreateAsync(Every(OverlapPolicy.Skip));
        for (var n = 1; n <= 3; n++)
        {
            await WaitsForAsync(Start + (n * Minute));
            AdvanceTo(Start + (n * Minute));
            var call = await Targets.Calls.NextAsync();
            Assert.Equal(RunId.Scheduled(Job, 1, Start + (n * Minute)), call.Attempt.RunId);
            call.Succeed();
            await StoredAsync<RunCompleted>(e => e.RunId == call.Attempt.RunId);
        }
    }

    [Fact]
    public async Task A_fire_time_that_meets_an_active_run_is_skipped_when_it_has_come()
    {
        await CreateAsync(Every(OverlapPolicy.Skip));
        await FireAsync(First);
        await WaitsForAsync(Second);
        AdvanceTo(Second);

        var skipped = await StoredAsync<OccurrencesSkipped>();
        Assert.Equal((Second, Second, SkipReason.Overlap), (skipped.From, skipped.To, skipped.Why));
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task With_allow_runs_go_on_side_by_side()
    {
        await CreateAsync(Every(OverlapPolicy.Allow));
        var first = await FireAsync(First);
        await WaitsForAsync(Second);
        var second = await FireAsync(Second);

        second.Succeed();
        await StoredAsync<RunCompleted>(e => e.RunId == second.Attempt.RunId);
        first.Succeed();
        await StoredAsync<RunCompleted>(e => e.RunId == first.Attempt.RunId);
    }

    [Fact]
    public async Task A_run_that_takes_anothers_place_calls_its_target_when_that_one_has_ended_and_needs_no_permit_of_its_own()
    {
        Execution = new ExecutionOptions { MaxConcurrentRuns = 1 };
        Targets.HeedCancellation = false;
        await CreateAsync(Every(OverlapPolicy.CancelRunning));
        var first = await FireAsync(First);
        await WaitsForAsync(Second);
        AdvanceTo(Second);

        var cancelled = await StoredAsync<RunCancelled>();
        Assert.Equal(first.Attempt.RunId, cancelled.RunId);
        await first.Cancelled;
        await SettleAsync();
        Assert.Single(Targets.Calls.Items);

        first.Succeed();
        Assert.Equal(RunId.Scheduled(Job, 1, Second), (await Targets.Calls.NextAsync()).Attempt.RunId);
        Assert.Equal(1, Targets.MostAtOnce);
        Assert.DoesNotContain(Events, e => e is RunCompleted);
    }

    [Fact]
    public async Task A_run_whose_target_ignores_its_cancellation_is_replaced_after_the_grace_time()
    {
        Targets.HeedCancellation = false;
        await CreateAsync(Every(OverlapPolicy.CancelRunning));
        var first = await FireAsync(First);
        await WaitsForAsync(Second);
        AdvanceTo(Second);
        await first.Cancelled;

        await Clock.Waits.FirstAsync(w => w == Execution.CancellationGrace);

        Clock.Advance(Execution.CancellationGrace);
        Assert.Equal(RunId.Scheduled(Job, 1, Second), (await Targets.Calls.NextAsync()).Attempt.RunId);
    }

    [Fact]
    public async Task A_run_on_another_node_is_told_to_stop_and_replaced_after_the_grace_time()
    {
        await CreateAsync(Every(OverlapPolicy.CancelRunning));
        var first = await FireAsync(First);
        Host = StartNode();
        await HandOverAsync();
        Wake();
        AdvanceTo(Second);
        Wake();

        await StoredAsync<RunCancelled>(e => e.RunId == first.Attempt.RunId);
        await first.Cancelled;
        await SettleAsync();
        Assert.Single(Targets.Calls.Items);

        Clock.Advance(Execution.CancellationGrace);
        Assert.Equal(RunId.Scheduled(Job, 1, Second), (await Targets.Calls.NextAsync()).Attempt.RunId);
    }

    [Fact]
    public async Task A_held_attempt_that_is_cancelled_itself_never_begins()
    {
        Targets.HeedCancellation = false;
        await CreateAsync(Every(OverlapPolicy.CancelRunning));
        var first = await FireAsync(First);
        await WaitsForAsync(Second);
        AdvanceTo(Second);
        await StoredAsync<RunCancelled>(e => e.RunId == first.Attempt.RunId);
        await first.Cancelled;

        await AskAsync(new CancelJob(Job, Reason: null));
        first.Succeed();
        await SettleAsync();
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task Fire_times_that_passed_while_nobody_was_there_are_settled_by_the_misfire_policy()
    {
        await CreateAsync(Every(OverlapPolicy.Skip));
        await HandOverAsync();
        AdvanceTo(Start + (10 * Minute));
        Wake();

        Assert.Equal(RunId.Scheduled(Job, 1, Start + (10 * Minute)), (await Targets.Calls.NextAsync()).Attempt.RunId);
        var skipped = await StoredAsync<OccurrencesSkipped>();
        Assert.Equal((9L, SkipReason.Misfire), (skipped.Count, skipped.Why));
    }

    [Fact]
    public async Task A_clock_that_jumps_back_by_hours_loses_nothing_and_runs_nothing_early()
    {
        await CreateAsync(Every(OverlapPolicy.Skip));
        (await FireAsync(First)).Succeed();
        await StoredAsync<RunCompleted>();
        Clock.AdjustTime(Now - TimeSpan.FromHours(3));
        Wake();
        await SettleAsync();
        Assert.Single(Targets.Calls.Items);

        AdvanceTo(Second);
        Wake();
        var call = await Targets.Calls.NextAsync();
        Assert.Equal(RunId.Scheduled(Job, 1, Second), call.Attempt.RunId);
        Assert.DoesNotContain(Events, e => e is OccurrencesSkipped);
    }

    [Fact]
    public async Task A_clock_that_jumps_forward_by_hours_runs_the_latest_and_says_what_it_skipped()
    {
        await CreateAsync(Every(OverlapPolicy.Skip));
        await WaitsForAsync(First);
        AdvanceTo(Start + TimeSpan.FromHours(5));
        Wake();

        Assert.Equal(RunId.Scheduled(Job, 1, Start + TimeSpan.FromHours(5)), (await Targets.Calls.NextAsync()).Attempt.RunId);
        Assert.Equal(299, (await StoredAsync<OccurrencesSkipped>()).Count);
    }

    private static JobDefinition Every(OverlapPolicy overlap) => OneOff(Start) with
    {
        Schedule = new IntervalSchedule(Minute),
        Overlap = overlap,
        Timeout = TimeSpan.FromHours(1),
    };

    private async Task<TargetCall> FireAsync(DateTimeOffset at)
    {
        AdvanceTo(at);
        Wake();
        return await Targets.Calls.NextAsync();
    }
}
