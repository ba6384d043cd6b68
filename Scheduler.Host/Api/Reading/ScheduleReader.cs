using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads when a job fires.</summary>
internal static class ScheduleReader
{
    internal const int MaxRuleLength = 1000;
    internal const int MaxTimeZoneLength = 100;
    internal const int MaxExclusions = 1000;

    /// <summary>The kinds of schedule, and what each of them may come with.</summary>
    internal static readonly (string Kind, string[] With)[] Kinds =
    [
        ("at", []),
        ("delay", []),
        ("every", ["anchor", "time_zone", "exclusions"]),
        ("cron", ["time_zone", "dst_gap", "dst_overlap", "exclusions"]),
        ("rrule", ["anchor", "time_zone", "exclusions"]),
    ];

    private static readonly string KindNames = string.Join(", ", Kinds.Select(k => k.Kind));

    internal static readonly string[] Fields = [.. Kinds.Select(k => k.Kind), .. Kinds.SelectMany(k => k.With).Distinct()];

    internal static readonly TimeSpan MaxInterval = TimeSpan.FromDays(36_500);

    /// <summary>The schedule of what <paramref name="reader"/> reads: <c>schedule</c>, or its older name <c>schedule_time</c>.</summary>
    /// <param name="reader">Reads a job, or whatever else has a schedule.</param>
    /// <param name="now">What a delay counts from.</param>
    public static ScheduleContract Read(ObjectReader reader, DateTimeOffset now)
    {
        var hasSchedule = reader.TryGet("schedule", out _);
        var hasTime = reader.TryGet("schedule_time", out _);
        if (hasSchedule && hasTime)
            reader.Error("schedule_time", "says the same as schedule.at: send one of them, not both");
        else if (!hasSchedule && !hasTime)
            reader.Error("schedule", $"is required: an object with one of {KindNames}; schedule_time is another name for schedule.at");
        if (hasTime)
            return new ScheduleContract { At = Ceiling(reader, "schedule_time") };
        if (!reader.TryObject("schedule", Fields, out var schedule))
            return new ScheduleContract();
        var kinds = Kinds.Where(k => schedule.TryGet(k.Kind, out _)).ToArray();
        if (kinds is not [var kind])
        {
            reader.Error("schedule", $"must have exactly one of: {KindNames}");
            return new ScheduleContract();
        }

        CheckCompany(schedule, kind);
        return new ScheduleContract
        {
            At = Ceiling(schedule, "at"),
            Delay = schedule.Duration("delay", TimeSpan.Zero, TimeSpan.FromDays((DateTimeOffset.MaxValue - now).Days - 1)),
            Every = schedule.Duration("every", IntervalSchedule.Least, MaxInterval),
            Cron = Checked(schedule, "cron", MaxRuleLength, ScheduleRules.CheckCron),
            Rrule = Checked(schedule, "rrule", MaxRuleLength, ScheduleRules.CheckRecurrenceRule),
            Anchor = Ceiling(schedule, "anchor"),
            TimeZone = Checked(schedule, "time_zone", MaxTimeZoneLength, ScheduleRules.CheckTimeZone),
            DstGap = schedule.Word("dst_gap", Words.DstGaps),
            DstOverlap = schedule.Word("dst_overlap", Words.DstOverlaps),
            Exclusions = Exclusions(schedule),
        };
    }

    /// <summary>The bounds that fire times lie within: <c>start_at</c> and <c>end_at</c>.</summary>
    public static (DateTimeOffset? StartAt, DateTimeOffset? EndAt) ReadWindow(ObjectReader reader)
    {
        var start = Ceiling(reader, "start_at");
        var end = reader.Instant("end_at") is { } instant ? Instant.Floor(instant) : (DateTimeOffset?)null;
        if (start > end)
            reader.Error("end_at", "must not be before start_at");
        return (start, end);
    }

    /// <summary>A member that is an instant, as a whole millisecond that is not before it: nothing fires early.</summary>
    private static DateTimeOffset? Ceiling(ObjectReader reader, string name)
    {
        if (reader.Instant(name) is not { } at)
            return null;
        if (at <= Instant.Floor(DateTimeOffset.MaxValue))
            return Instant.Ceiling(at);
        reader.Error(name, "is too late: it would be rounded up into the year 10000");
        return null;
    }

    /// <summary>Names what does not go with the schedule's kind, and what it would go with.</summary>
    private static void CheckCompany(ObjectReader schedule, (string Kind, string[] With) kind)
    {
        foreach (var name in Fields)
        {
            if (name != kind.Kind && !kind.With.Contains(name) && schedule.TryGet(name, out _))
                schedule.Error(name, $"goes only with {string.Join(", ", Kinds.Where(k => k.With.Contains(name)).Select(k => k.Kind))}, not with {kind.Kind}");
        }
    }

    private static string? Checked(ObjectReader schedule, string name, int maxLength, Func<string, string?> check)
    {
        if (schedule.Text(name, maxLength) is not { } text)
            return null;
        if (check(text) is not { } problem)
            return text;
        schedule.Error(name, problem);
        return null;
    }

    private static List<string>? Exclusions(ObjectReader schedule)
    {
        if (!schedule.TryGet("exclusions", out var value))
            return null;
        if (value.ValueKind is not JsonValueKind.Array)
        {
            schedule.Error("exclusions", $"must be an array of days, not {ObjectReader.Kind(value)}");
            return null;
        }

        if (value.GetArrayLength() > MaxExclusions)
        {
            schedule.Error("exclusions", $"must be at most {MaxExclusions} days or ranges of days");
            return null;
        }

        var exclusions = new List<string>();
        foreach (var (index, item) in value.EnumerateArray().Index())
        {
            if (schedule.TextOf(item, schedule.PathOf($"exclusions[{index}]")) is not { } text)
                continue;
            if (DateRange.TryParse(text, out _))
                exclusions.Add(text);
            else
                schedule.Error($"exclusions[{index}]", "must be a day, like 2026-12-25, or a range of days with both included, like 2026-12-24/2027-01-01");
        }

        return exclusions;
    }
}
