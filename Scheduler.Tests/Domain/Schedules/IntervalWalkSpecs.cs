using NodaTime;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>The formulas of an interval against a walk along its grid.</summary>
public sealed class IntervalWalkSpecs
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Fire_times_are_those_of_a_walk_along_the_grid(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 500; i++)
        {
            var zone = SomeZones.Any(random);
            var from = SomeZones.AnyInstant(random, zone).AddMilliseconds(random.Next(60_000));
            var until = from.AddDays(6);
            var every = TimeSpan.FromMilliseconds(random.NextInt64(60_000, 30_000_000));
            var anchor = from.AddMilliseconds(random.NextInt64(-10_000_000_000, 10_000_000_000));
            var schedule = new IntervalSchedule(every, anchor, zone.Id, SomeZones.AnyExclusions(random, from));
            var walked = Walk(schedule, zone, from, until);

            WalkedFireTimes.AssertGivenBy(schedule, walked, from, until, random);
        }
    }

    private static List<DateTimeOffset> Walk(IntervalSchedule schedule, DateTimeZone zone, DateTimeOffset from, DateTimeOffset until)
    {
        var walked = new List<DateTimeOffset>();
        var at = schedule.Anchor!.Value;
        while (at > from)
            at -= schedule.Every;
        while (at <= from)
            at += schedule.Every;
        for (; at <= until; at += schedule.Every)
        {
            var day = NodaTime.Instant.FromDateTimeOffset(at).InZone(zone).Date.ToDateOnly();
            if (!schedule.Exclusions.Any(r => r.First <= day && day <= r.Last))
                walked.Add(at);
        }

        return walked;
    }
}
