using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>The fast answers against the slow ones, for thousands of rules, most of them around a clock change.</summary>
public sealed class CronWalkSpecs
{
    private const int Rules = 400;

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
            var schedule = cron.In(zone, (DstGap)random.Next(2), (DstOverlap)random.Next(3), SomeZones.AnyExclusions(random, from));
            var walked = cron.Walk(schedule, from, until);

            Assert.True(walked.SequenceEqual(Asked(schedule, from, until)), $"{schedule} after {from:O}");
            SeenFromTheEnd(schedule, walked, random);
        }
    }

    private static IEnumerable<DateTimeOffset> Asked(Schedule schedule, DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = schedule.Next(from); at <= until; at = schedule.Next(at.Value))
            yield return at.Value;
    }

    private static void SeenFromTheEnd(CronSchedule schedule, List<DateTimeOffset> walked, Random random)
    {
        if (walked.Count == 0)
            return;
        var (first, last) = (walked[0], walked[^1]);
        var limit = random.Next(1, 40);
        var some = walked[random.Next(walked.Count)];

        Assert.Equal(walked.TakeLast(limit), schedule.Latest(first, last, limit));
        Assert.Equal(some, schedule.Last(first, some));
        Assert.Equal(walked.LastOrDefault(at => at < some, first), schedule.Last(first, some.AddMilliseconds(-1)));
        Assert.Equal(walked.Count > Schedule.MaxCounted ? null : walked.Count, schedule.Count(first, last));
    }
}
