using System.Runtime.InteropServices;
using NodaTime;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>A fire time as a preview shows it.</summary>
/// <param name="At">The instant.</param>
/// <param name="Local">The same in the schedule's time zone, with the offset that holds then; UTC for a schedule without one.</param>
/// <param name="Note">What a clock change did to it, or to one before it; null when nothing.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct PreviewedFireTime(DateTimeOffset At, DateTimeOffset Local, string? Note);

/// <summary>The fire times to come, for somebody to read.</summary>
public static class SchedulePreview
{
    /// <summary>
    /// How far after the first fire time a preview looks: a thousand years and a bit, as for a count. The days of a rare rule are walked through, so this bounds
    /// the work of one question.
    /// </summary>
    public const int MostDays = (int)RecurrenceRule.MostCountedDays;

    /// <summary>The first <paramref name="count"/> fire times after <paramref name="from"/>; fewer when there are no more.</summary>
    /// <param name="fireTimes">A schedule, resolved, and its window.</param>
    /// <param name="from">Where to begin; a one-off in the past is shown all the same, as it would be due.</param>
    /// <param name="count">How many at most.</param>
    /// <returns>Null when the last of them would lie more than <see cref="MostDays"/> after the first.</returns>
    public static ValueList<PreviewedFireTime>? Of(FireTimes fireTimes, DateTimeOffset from, int count)
    {
        var shown = new List<PreviewedFireTime>();
        var zone = ZoneOf(fireTimes.Schedule);
        // What the window leaves out never was a fire time, so it is not missed either.
        var before = fireTimes.StartAt is { } start && start > from ? start.AddTicks(-1) : from;
        for (var at = count > 0 ? fireTimes.First(from) : null; at is { } next; at = shown.Count < count ? fireTimes.Next(next) : null)
        {
            var instant = next.ToUniversalTime();
            if (shown.Count > 0 && instant - shown[0].At > TimeSpan.FromDays(MostDays))
                return null;
            shown.Add(new(instant, LocalOf(zone, instant), ClockChangeNote.On(fireTimes.Schedule, before, instant)));
            before = instant;
        }

        return ValueList.From(shown);
    }

    private static DateTimeZone ZoneOf(Schedule schedule) => schedule switch
    {
        CronSchedule cron => TimeZones.Get(cron.TimeZone),
        RecurrenceRuleSchedule rule => TimeZones.Get(rule.TimeZone),
        IntervalSchedule interval => TimeZones.Get(interval.TimeZone),
        _ => DateTimeZone.Utc,
    };

    private static DateTimeOffset LocalOf(DateTimeZone zone, DateTimeOffset at)
    {
        // Before there were standard times offsets had seconds, which this type does not know; and at both ends of time there is no room.
        var offset = TimeSpan.FromMinutes(Math.Clamp(ZoneSpan.At(zone, at.UtcTicks).Offset / TimeSpan.TicksPerMinute, -14 * 60, 14 * 60));
        return at.UtcTicks + offset.Ticks is >= 0 and var ticks && ticks <= ZoneSpan.Last ? at.ToOffset(offset) : at;
    }
}
