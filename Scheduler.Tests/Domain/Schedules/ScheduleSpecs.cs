using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

public sealed class ScheduleSpecs
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<Schedule> OnceAtNoon => new(new OneOffSchedule(Noon), new DelaySchedule(TimeSpan.FromSeconds(90), Noon));

    [Theory]
    [MemberData(nameof(OnceAtNoon))]
    public void A_schedule_that_fires_once_yields_its_instant_while_nothing_is_resolved(Schedule schedule) =>
        Assert.Equal(Noon, schedule.Next(DateTimeOffset.MinValue));

    [Theory]
    [MemberData(nameof(OnceAtNoon))]
    public void A_schedule_that_fires_once_yields_its_instant_after_anything_before_it(Schedule schedule)
    {
        Assert.Equal(Noon, schedule.Next(DateTimeOffset.MinValue));
        Assert.Equal(Noon, schedule.Next(Noon.AddTicks(-1)));
    }

    [Theory]
    [MemberData(nameof(OnceAtNoon))]
    public void A_schedule_that_fires_once_yields_nothing_once_its_instant_is_resolved(Schedule schedule)
    {
        Assert.Null(schedule.Next(Noon));
        Assert.Null(schedule.Next(Noon.AddTicks(1)));
        Assert.Null(schedule.Next(DateTimeOffset.MaxValue));
    }

    [Fact]
    public void A_delay_keeps_both_what_was_asked_for_and_the_instant_that_it_gave()
    {
        var schedule = new DelaySchedule(TimeSpan.FromSeconds(90), Noon);

        Assert.Equal(TimeSpan.FromSeconds(90), schedule.Delay);
        Assert.Equal(Noon, schedule.At);
        Assert.NotEqual<Schedule>(new OneOffSchedule(Noon), schedule);
    }
}
