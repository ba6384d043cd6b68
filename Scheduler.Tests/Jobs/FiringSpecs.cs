using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class FiringSpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddSeconds(30);
    private static readonly TimeSpan Instantly = TimeSpan.FromMilliseconds(1);

    [Fact]
    public async Task A_job_fires_at_its_due_time_and_not_a_millisecond_before()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);

        AdvanceTo(Due - Timing.Lead);
        await WorkerWaitsForAsync(Due);
        AdvanceTo(Due - Instantly);
        await SettleAsync();
        Assert.Empty(Targets.Calls.Items);

        AdvanceTo(Due);
        var call = await Targets.Calls.NextAsync();
        Assert.Equal(RunId.Scheduled(Job, 1, Due), call.Attempt.RunId);
        Assert.Equal(Due, call.Attempt.DueAt);
        Assert.Equal(1, call.Attempt.Number);
    }

    [Fact]
    public async Task Before_the_lead_nothing_is_stored_of_the_run_and_no_permit_is_asked_for()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);

        AdvanceTo(Due - Timing.Lead - Instantly);
        Wake();
        await SettleAsync();

        Assert.Equal(2, Events.Count);
    }

    [Fact]
    public async Task A_target_is_not_called_early_whatever_the_timers_say()
    {
        await CreateAsync(OneOff(Due));
        var own = await Timers.Armed.NextAsync();
        ClockTimers.Fire(own);
        await SettleAsync();
        Assert.Equal(2, Events.Count);

        AdvanceTo(Due - Timing.Lead);
        var last = await WorkerWaitsForAsync(Due);
        ClockTimers.Fire(last);
        await SeenByAsync(last.Target);
        await SettleAsync();
        Assert.Empty(Targets.Calls.Items);

        AdvanceTo(Due);
        await Targets.Calls.NextAsync();
    }

    [Fact]
    public async Task A_one_off_in_the_past_fires_at_once()
    {
        await CreateAsync(OneOff(Start.AddDays(-1)));

        var call = await Targets.Calls.NextAsync();
        Assert.Equal(RunId.Scheduled(Job, 1, Start.AddDays(-1)), call.Attempt.RunId);
        Assert.Equal(Start, call.Attempt.DueAt);
    }

    [Fact]
    public async Task No_target_is_called_before_its_attempt_is_stored()
    {
        var write = Journal.HoldNext(e => e is AttemptStarted);
        await CreateAsync(OneOff(Start));
        await write.Arrived;
        await SettleAsync();
        Assert.Empty(Targets.Calls.Items);

        write.Release();
        await Targets.Calls.NextAsync();
    }

    [Fact]
    public async Task A_fire_and_the_plan_after_it_are_one_write_and_so_are_an_outcome_and_what_follows()
    {
        await CreateAsync(OneOff(Start));
        var call = await Targets.Calls.NextAsync();
        call.Succeed(new("""{"rows":3}"""));
        var completed = await StoredAsync<RunCompleted>();

        Assert.Equal(
            ["JobCreated JobScheduled", "AttemptStarted JobScheduled", "RunCompleted JobCompleted"],
            Journal.Stored.Items.Select(w => string.Join(' ', w.Events.Select(e => e.GetType().Name))));
        Assert.Equal("""{"rows":3}""", completed.Output?.Raw);
        Assert.Equal(Start, completed.Timing.StartedAt);
    }

    [Fact]
    public async Task A_job_that_sleeps_is_woken_and_fires_on_time()
    {
        var due = Start.AddDays(1);
        await CreateAsync(OneOff(due));
        await EntityAsync(EntityStage.Stopped);

        AdvanceTo(due - Timing.LookAhead);
        Wake();
        await WaitsForAsync(due);
        AdvanceTo(due);

        Assert.Equal(due, (await Targets.Calls.NextAsync()).Attempt.DueAt);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_while_the_job_waits_makes_it_fire_at_its_time_all_the_same()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);

        Clock.AdjustTime(Start.AddHours(-1));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await EntityAsync(EntityStage.Stopped);
        Assert.Equal(2, Events.Count);

        AdvanceTo(Due - TimeSpan.FromSeconds(20));
        Wake();
        await Timers.Armed.AtLeastAsync(2, t => t.At == Due - Timing.Lead);
        AdvanceTo(Due);
        await Targets.Calls.NextAsync();
    }

    [Fact]
    public async Task A_clock_that_is_set_back_after_the_attempt_was_stored_makes_it_wait_for_its_time()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        AdvanceTo(Due - Timing.Lead);
        var last = await WorkerWaitsForAsync(Due);

        Clock.AdjustTime(Start.AddHours(-1));
        Clock.Advance(Timing.Lead);
        ClockTimers.Fire(last);
        await SeenByAsync(last.Target);
        Assert.Empty(Targets.Calls.Items);

        AdvanceTo(Due);
        await Targets.Calls.NextAsync();
    }

    [Fact]
    public async Task A_clock_that_is_set_forward_makes_the_job_fire_at_its_next_wake()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);

        Clock.AdjustTime(Due.AddHours(1));
        await SettleAsync();
        Assert.Empty(Targets.Calls.Items);

        Wake();
        await Targets.Calls.NextAsync();
    }
}
