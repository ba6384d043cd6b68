namespace Scheduler.Actors.Domain.Schedules;

/// <summary>A fire time to come, for people.</summary>
/// <param name="At">When, in UTC.</param>
/// <param name="Local">The same in the schedule's time zone.</param>
/// <param name="Note">What a clock change did to it; null for nothing.</param>
public sealed record PreviewedFireTime(DateTimeOffset At, DateTimeOffset Local, string? Note);

/// <summary>The fire times of a schedule, for people.</summary>
public static class SchedulePreview
{
    /// <summary>The first fire times of a generation that begins at <paramref name="from"/>.</summary>
    public static IReadOnlyList<PreviewedFireTime> Of(FireTimes fireTimes, DateTimeOffset from, int count)
    {
        var list = new List<PreviewedFireTime>();
        for (var at = fireTimes.First(from); at is { } next && list.Count < count; at = fireTimes.Next(next))
            list.Add(new PreviewedFireTime(next, next, Note: null));
        return list;
    }
}
