using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>The fast answers against the slow ones, for a thousand rules.</summary>
public sealed class RecurrenceWalkSpecs
{
    private static readonly int Rules = LongSpecs.Cases(300);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Fire_times_are_those_of_a_walk_through_every_day_from_the_anchor(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < Rules; i++)
        {
            var zone = SomeZones.Any(random);
            var anchor = SomeZones.AnyInstant(random, zone);
            var recurrence = WalkedRecurrence.Any(random, zone, anchor);
            var near = anchor.AddDays(random.Next(800));
            var schedule = new RecurrenceRuleSchedule(recurrence.Rule, anchor, zone.Id, SomeZones.AnyExclusions(random, near));
            var until = anchor.AddDays(1_000);
            var walked = recurrence.Walk(schedule, until);

            WalkedFireTimes.AssertGivenBy(schedule, walked, anchor.AddDays(-40), until, random);
            Assert.Equal(walked.Cast<DateTimeOffset?>().FirstOrDefault(at => at > near), schedule.Next(near) is { } next && next <= until ? next : null);
        }
    }
}
