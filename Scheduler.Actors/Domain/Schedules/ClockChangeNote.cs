using System.Globalization;
using NodaTime;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>Says in a sentence what a clock change did to a fire time.</summary>
internal static class ClockChangeNote
{
    // Between two fire times that are 40 years apart there are not more.
    private const int MostSpans = 200;

    /// <summary>The note on a fire time; null when no clock change has to do with it.</summary>
    /// <param name="schedule">A schedule.</param>
    /// <param name="before">The fire time before it, or where the looking began.</param>
    /// <param name="at">A fire time of it.</param>
    public static string? On(Schedule schedule, DateTimeOffset before, DateTimeOffset at)
    {
        string?[] notes = schedule switch
        {
            CronSchedule cron when TimeZones.Get(cron.TimeZone) is var zone =>
                [LeftOut(cron, zone, before.UtcTicks, at.UtcTicks), Moved(cron, zone, at.UtcTicks), Repeated(zone, at.UtcTicks)],
            RecurrenceRuleSchedule rule when TimeZones.Get(rule.TimeZone) is var zone => [Moved(rule, zone, at.UtcTicks), Repeated(zone, at.UtcTicks)],
            _ => [],
        };
        var said = string.Join("; ", notes.Where(note => note is not null));
        return said.Length == 0 ? null : said;
    }

    private static string? LeftOut(CronSchedule cron, DateTimeZone zone, long before, long at)
    {
        // A rule of every hour goes on as if there were no clocks: nothing is missing.
        if (cron.Rule.FollowsElapsedTime ? cron.Rule.HasEveryHour : cron.Gap != DstGap.Skip)
            return null;
        var span = ZoneSpan.At(zone, before);
        for (var left = MostSpans; left > 0 && span.End <= at; left--)
        {
            span = span.After(zone);
            if (cron.Line.LeftOutBefore(span) is { } local && ExcludedDays.Of(cron.Exclusions).Past(zone, span.Start) == span.Start)
                return $"{Time(local)} on {Day(local)} was left out: {zone.Id} has no such time on that day";
        }

        return null;
    }

    private static string? Moved(CronSchedule cron, DateTimeZone zone, long at)
    {
        var (rule, span) = (cron.Rule, ZoneSpan.At(zone, at));
        return cron.Gap == DstGap.Shift && !rule.FollowsElapsedTime && IsStart(zone, at) && cron.Line.LeftOutBefore(span) is { } local
            ? Moved(zone, local, at + span.Offset, rule.Next(at + span.Offset) == at + span.Offset)
            : null;
    }

    private static string? Moved(RecurrenceRuleSchedule schedule, DateTimeZone zone, long at)
    {
        var span = ZoneSpan.At(zone, at);
        if (!span.HasStart || span.Start < 0)
            return null;
        var before = span.Before(zone);
        var local = at + before.Offset;
        return local >= before.LocalEnd && local < span.LocalStart && schedule.Line.Asks(local)
            ? Moved(zone, local, at + span.Offset, schedule.Line.Asks(at + span.Offset))
            : null;
    }

    private static string Moved(DateTimeZone zone, long from, long to, bool isAskedFor)
    {
        var what = isAskedFor ? "also stands for" : "moved from";
        return Day(from) == Day(to)
            ? $"{what} {Time(from)}, which {zone.Id} leaves out on this day"
            : $"{what} {Day(from)} {Time(from)}, which {zone.Id} leaves out";
    }

    private static string? Repeated(DateTimeZone zone, long at)
    {
        var span = ZoneSpan.At(zone, at);
        var local = at + span.Offset;
        if (span.HasStart && span.Start >= 0 && local < span.Before(zone).LocalEnd)
            return $"{Time(local)} comes twice on this day; this is the second";
        return span.HasEnd && local >= span.After(zone).LocalStart ? $"{Time(local)} comes twice on this day; this is the first" : null;
    }

    private static bool IsStart(DateTimeZone zone, long at) => ZoneSpan.At(zone, at).Start == at;

    private static string Day(long local) => Text(local, "yyyy-MM-dd");

    private static string Time(long local) => Text(local, local % TimeSpan.TicksPerMinute == 0 ? "HH:mm" : "HH:mm:ss");

    private static string Text(long local, string format) =>
        new DateTime(Math.Clamp(local, 0, ZoneSpan.Last), DateTimeKind.Unspecified).ToString(format, CultureInfo.InvariantCulture);
}
