using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.OpenApi;

namespace Scheduler.Host.Api.Definition;

/// <summary>When a job fires. How far a delay may reach depends on when it is asked for: see <see cref="DefinitionReader"/>.</summary>
internal static class ScheduleMembers
{
    private const int MaxRuleLength = 1000;
    private const int MaxTimeZoneLength = 100;
    private const int MaxExclusions = 1000;

    private static readonly Kind<ValueList<DateRange>> Days = Kinds.List<DateRange>(
        MaxExclusions,
        Shape.Text("A day, or a range of days with both included: `2026-12-25`, `2026-12-24/2027-01-01`."),
        (text, _, out range) => DateRange.TryParse(text, out range)
            ? null
            : "must be a day, like 2026-12-25, or a range of days with both included, like 2026-12-24/2027-01-01");

    /// <summary>The kinds of schedule.</summary>
    public static readonly Choice<Schedule> All = new(
        Components.Schedule,
        "When a job fires.",
        new Variant<Schedule, OneOffSchedule>(Of("Once, at an instant.", new OneOffSchedule(default))
            .Required("at", Kinds.From, "Once, at an instant. A time that is past fires at once, unless `misfire` leaves out what is that old.", s => s.At, (s, at) => s with { At = at }, "\"2030-01-01T00:00:00Z\"")),
        new Variant<Schedule, DelaySchedule>(Of("Once, so long after the request is taken.", new DelaySchedule(TimeSpan.Zero))
            .Required(
                "delay",
                Kinds.Duration(TimeSpan.Zero, TimeSpan.MaxValue) with { Note = "ISO 8601; requests may have a number of seconds instead." },
                "Once, so long after the request is taken. When that is, jobs show as `schedule_time`.",
                s => s.Delay,
                (s, delay) => s with { Delay = delay },
                "\"PT90S\"")),
        new Variant<Schedule, IntervalSchedule>(Of("At a fixed distance.", new IntervalSchedule(IntervalSchedule.Least))
            .Required(
                "every",
                Kinds.Duration(IntervalSchedule.Least, TimeSpan.FromDays(36_500)),
                "At a fixed distance, whatever runs do.",
                s => s.Every,
                (s, every) => s with { Every = every },
                "\"PT5M\"")
            .Anchor(s => s.Anchor, (s, anchor) => s with { Anchor = anchor })
            .TimeZone(s => s.TimeZone, (s, zone) => s with { TimeZone = zone }, unless: s => s.Exclusions.Count == 0 && s.TimeZone == IntervalSchedule.Utc)
            .Exclusions(s => s.Exclusions, (s, days) => s with { Exclusions = days })),
        new Variant<Schedule, CronSchedule>(Of("By a cron rule.", new CronSchedule("", IntervalSchedule.Utc, DstGap.Shift, DstOverlap.First, []))
            .Required(
                "cron",
                Kinds.Text(MaxRuleLength).Where(ScheduleRules.CheckCron),
                "By a cron rule: five fields, six with the second in front, or a macro like `@daily`. Sunday is 0 or 7. With `L`, `W`, `#`, and `H` for a value that the job's id gives. With a `*`, a range or a step in second, minute or hour it follows elapsed time, else its hour is fixed.",
                s => s.Expression,
                (s, rule) => s with { Expression = rule },
                "\"0 2 * * MON-FRI\"")
            .TimeZone(s => s.TimeZone, (s, zone) => s with { TimeZone = zone })
            .Defaulted(
                "dst_gap",
                Kinds.Word(Words.DstGaps),
                "where the hour is fixed, what becomes of fire times that a clock change leaves out. Left out, `shift`: they move to the first instant after it.",
                s => s.Gap,
                (s, gap) => s with { Gap = gap })
            .Defaulted(
                "dst_overlap",
                Kinds.Word(Words.DstOverlaps),
                "where the hour is fixed, which of the fire times that a clock change repeats fires. Left out, `first`.",
                s => s.Overlap,
                (s, overlap) => s with { Overlap = overlap })
            .Optional(
                "day_match",
                Kinds.Word(Words.DayMatches),
                "required where neither the day of month nor the day of week begins with `*` or `?`: whether `either` (as in crontab and Kubernetes) or `both` (as in Quartz) must match. Without effect elsewhere.",
                s => s.RestrictsBothDays ? s.DayMatch : null,
                (s, match) => s with { DayMatch = match })
            .Exclusions(s => s.Exclusions, (s, days) => s with { Exclusions = days })
            .Completed((_, s) => s.RestrictsBothDays ? s : s with { DayMatch = null })),
        new Variant<Schedule, RecurrenceRuleSchedule>(Of("By an RFC 5545 recurrence rule.", new RecurrenceRuleSchedule("", Anchor: null, IntervalSchedule.Utc, []))
            .Required(
                "rrule",
                Kinds.Text(MaxRuleLength).Where(ScheduleRules.CheckRecurrenceRule),
                "By a recurrence rule of RFC 5545, `DAILY` and above.",
                s => s.Rule,
                (s, rule) => s with { Rule = rule },
                "\"FREQ=MONTHLY;BYDAY=-1FR\"")
            .Anchor(s => s.Anchor, (s, anchor) => s with { Anchor = anchor })
            .TimeZone(s => s.TimeZone, (s, zone) => s with { TimeZone = zone })
            .Exclusions(s => s.Exclusions, (s, days) => s with { Exclusions = days })));

    private static Declaration<T> Of<T>(string meaning, T start) => new(Components.Schedule, meaning, start);

    private static Declaration<T> Anchor<T>(this Declaration<T> schedule, Func<T, DateTimeOffset?> get, Func<T, DateTimeOffset, T> set) =>
        schedule.Optional("anchor", Kinds.From, "what distances and rules are counted from. Left out, `start_at`, else when the job is created.", get, set);

    private static Declaration<T> TimeZone<T>(this Declaration<T> schedule, Func<T, string> get, Func<T, string, T> set, Func<T, bool>? unless = null) =>
        schedule.Defaulted(
            "time_zone",
            Kinds.Text(MaxTimeZoneLength).Where(ScheduleRules.CheckTimeZone),
            "an IANA time zone, whose local times and days are meant. Left out, `UTC`.",
            get,
            set,
            unless: unless,
            example: "\"Europe/Berlin\"");

    private static Declaration<T> Exclusions<T>(this Declaration<T> schedule, Func<T, ValueList<DateRange>> get, Func<T, ValueList<DateRange>, T> set) =>
        schedule.Defaulted("exclusions", Days, "days in the schedule's time zone on which nothing fires.", get, set, unless: s => get(s).Count == 0, example: "[\"2026-12-24/2027-01-01\"]");
}
