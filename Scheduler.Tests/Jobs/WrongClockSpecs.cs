using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>A node whose clock is known to be wrong starts nothing by it, and skips nothing either: a skip that is stored would stay.</summary>
public sealed class WrongClockSpecs : JobSpec
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task Nothing_is_resolved_until_the_clock_is_right()
    {
        await CreateAsync(OneOff(Start) with { Schedule = new IntervalSchedule(Minute, Start) });
        await SettleAsync();
        var before = Events.Count;
        Host.Gate.Close(StartStop.Clock, "its clock is 3 h ahead of the database's");

        AdvanceTo(Start + TimeSpan.FromHours(3));
        Wake();
        await SettleAsync();
        Assert.Equal(before, Events.Count);

        Host.Gate.Lift(StartStop.Clock);
        Wake();
        var started = await StoredAsync<AttemptStarted>();
        Assert.Equal(Start + TimeSpan.FromHours(3), started.FireTime);
    }

    [Fact]
    public async Task Commands_are_taken_all_the_same()
    {
        Host.Gate.Close(StartStop.Clock, "its clock is 3 h ahead of the database's");
        await CreateAsync(OneOff(Start + Minute));

        Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
        await SettleAsync();
        Assert.Empty(Events.OfType<AttemptStarted>());
    }
}
