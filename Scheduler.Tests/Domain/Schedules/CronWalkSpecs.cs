using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>The fast answers against the slow ones, for thousands of rules, most of them around a clock change.</summary>
public sealed class CronWalkSpecs
{
    private static readonly int Rules = LongSpecs.Cases(400);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Fire_times_are_those_of_a_walk_through_every_local_minute(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < Rules; i++)
        {
            var cron = WalkedCron.Any(random);
            var zone = SomeZones.Any(random);
            var from = SomeZones.AnyInstant(random, zone);
            var until = from.AddDays(5);
            var schedule = cron.In(zone, (DstGap)random.Next(2), (DstOverlap)random.Next(3), (DayMatch)random.Next(2), SomeZones.AnyExclusions(random, from));
            var walked = cron.Walk(schedule, from, until);

            WalkedFireTimes.AssertGivenBy(schedule, walked, from, until, random);
        }
    }
}
