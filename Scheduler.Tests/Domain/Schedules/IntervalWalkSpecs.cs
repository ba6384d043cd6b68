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

            Assert.True(walked.SequenceEqual(Asked(schedule, from, until)), $"{schedule} after {from:O}");
            SeenFromTheEnd(schedule, walked, random);
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

    private static IEnumerable<DateTimeOffset> Asked(Schedule schedule, DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = schedule.Next(from); at <= until; at = schedule.Next(at.Value))
            yield return at.Value;
    }

    private static void SeenFromTheEnd(IntervalSchedule schedule, List<DateTimeOffset> walked, Random random)
    {
        if (walked.Count == 0)
            return;
        var (first, last) = (walked[0], walked[^1]);
        var limit = random.Next(1, 40);
        var some = walked[random.Next(walked.Count)];

        Assert.Equal(walked.TakeLast(limit), schedule.Latest(first, last, limit));
        Assert.Equal(some, schedule.Last(first, some));
        Assert.Equal(walked.LastOrDefault(at => at < some, first), schedule.Last(first, some.AddMilliseconds(-1)));
        Assert.Equal(walked.Count, schedule.Count(first, last));
    }
}
