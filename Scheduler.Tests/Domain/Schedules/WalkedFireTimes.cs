using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>Asks a schedule in every way there is for fire times that were found by walking.</summary>
internal static class WalkedFireTimes
{
    public static void AssertGivenBy(Schedule schedule, List<DateTimeOffset> walked, DateTimeOffset from, DateTimeOffset until, Random random)
    {
        Assert.True(walked.SequenceEqual(OneByOne(schedule, from, until)), $"{schedule} after {from:O}");
        if (walked.Count == 0)
            return;
        var (first, last) = (walked[0], walked[^1]);
        var limit = random.Next(1, 40);
        var some = walked[random.Next(walked.Count)];

        Assert.Equal(some, schedule.Next(some.AddTicks(-1)));
        Assert.Equal(walked.TakeLast(limit), schedule.Latest(first, last, limit));
        Assert.Equal(some, schedule.Last(first, some));
        Assert.Equal(walked.LastOrDefault(at => at < some, first), schedule.Last(first, some.AddMilliseconds(-1)));
        Assert.Equal(walked.Count > Schedule.MaxCounted && schedule is not IntervalSchedule ? null : walked.Count, schedule.Count(first, last));
    }

    private static IEnumerable<DateTimeOffset> OneByOne(Schedule schedule, DateTimeOffset from, DateTimeOffset until)
    {
        for (var at = schedule.Next(from); at <= until; at = schedule.Next(at.Value))
            yield return at.Value;
    }
}
