namespace Scheduler.Actors.Domain.Schedules;

/// <summary>What a cron rule that restricts both day fields would do, by either reading: what somebody is shown who did not say which is meant.</summary>
/// <param name="Either">The next fire times if one matching day field is enough; fewer than <see cref="Shown"/> when there are no more.</param>
/// <param name="Both">The next fire times if both must match.</param>
public sealed record DayMatchReadings(ValueList<DateTimeOffset> Either, ValueList<DateTimeOffset> Both)
{
    /// <summary>How many fire times each reading shows.</summary>
    public const int Shown = 3;

    /// <summary>The readings of a schedule of which nobody said how it is meant; null for any other.</summary>
    /// <param name="fireTimes">A schedule, resolved, and its window.</param>
    /// <param name="at">Fire times after it are shown.</param>
    public static DayMatchReadings? Of(FireTimes fireTimes, DateTimeOffset at)
    {
        if (fireTimes.Schedule is not CronSchedule { IsAmbiguous: true } cron)
            return null;
        return new(Next(DayMatch.Either), Next(DayMatch.Both));

        ValueList<DateTimeOffset> Next(DayMatch match)
        {
            var reading = fireTimes with { Schedule = cron with { DayMatch = match } };
            var shown = new List<DateTimeOffset>();
            for (var next = reading.First(at); next is { } fireTime && shown.Count < Shown; next = reading.Next(fireTime))
                shown.Add(fireTime);
            return ValueList.From(shown);
        }
    }
}
