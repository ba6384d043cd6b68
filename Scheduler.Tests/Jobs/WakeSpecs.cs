using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class WakeSpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddSeconds(30);

    [Fact]
    public async Task Wakes_that_come_again_and_again_before_the_due_time_change_nothing()
    {
        await CreateAsync(OneOff(Due));
        for (var i = 0; i < 5; i++)
            Wake();
        await SettleAsync();
        Assert.Equal(2, Events.Count);
        Assert.Single(Timers.Armed.Items);

        AdvanceTo(Due);
        (await Targets.Calls.NextAsync()).Succeed();
        await StoredAsync<JobCompleted>();
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task Wakes_while_the_attempt_is_being_stored_or_runs_do_not_double_it()
    {
        var write = Journal.HoldNext(e => e is AttemptStarted);
        await CreateAsync(OneOff(Start));
        await write.Arrived;
        Wake();
        Wake();
        write.Release();
        var call = await Targets.Calls.NextAsync();
        Wake();
        Wake();
        await SettleAsync();
        Assert.Equal(4, Events.Count);

        call.Succeed();
        await StoredAsync<JobCompleted>();
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task Wakes_while_the_job_waits_for_a_permit_ask_for_no_second_one()
    {
        Execution = Execution with { MaxConcurrentRuns = 1 };
        await AskAsync(new CreateJob(JobId.Parse("long-one"), OneOff(Start), BodyHash: null));
        var first = await Targets.Calls.NextAsync();
        await CreateAsync(OneOff(Start));
        Wake();
        Wake();
        await SettleAsync();
        Assert.Equal(2, Events.Count);

        first.Succeed();
        var call = await Targets.Calls.NextAsync();
        Wake();
        await SettleAsync();
        call.Succeed();
        await StoredAsync<JobCompleted>();
        Assert.Equal(2, Targets.Calls.Items.Count);
        Assert.Equal(1, Targets.MostAtOnce);
    }

    [Fact]
    public async Task A_wake_after_the_end_changes_nothing_and_the_job_goes_back_to_sleep()
    {
        await CreateAsync(OneOff(Start));
        (await Targets.Calls.NextAsync()).Succeed();
        await EntityAsync(EntityStage.Stopped);
        var before = Events.Count;

        Wake();
        await EntityAsync(EntityStage.Stopped, count: 2);
        Assert.Equal(before, Events.Count);
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_wake_that_comes_late_starts_what_is_overdue()
    {
        await CreateAsync(OneOff(Start.AddDays(1)));
        await EntityAsync(EntityStage.Stopped);
        Clock.Advance(TimeSpan.FromDays(3));

        Wake();
        Wake();
        var call = await Targets.Calls.NextAsync();
        Assert.Equal(RunId.Scheduled(Job, 1, Start.AddDays(1)), call.Attempt.RunId);
        await SettleAsync();
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_grant_that_nobody_asked_for_starts_nothing()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        AdvanceTo(Due - Timing.Lead - TimeSpan.FromMilliseconds(1));

        Sys.ActorSelection(Jobs.Path / Job.Value).Tell(new PermitGranted(0));
        Sys.ActorSelection(Jobs.Path / Job.Value).Tell(new PermitGranted(1));
        await SettleAsync();

        Assert.Equal(2, Events.Count);
    }
}
