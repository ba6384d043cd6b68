using Ical.Net;
using Ical.Net.DataTypes;
using Ical.Net.Evaluation;
using Rule = Ical.Net.DataTypes.RecurrenceRule;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// A parsed recurrence rule on a line of local time that knows no clock changes. Ical.Net is asked for days only, from a day near the one
/// that is of interest; times of day, the count and the end are added here, so that neither a long time away nor many times a day cost much.
/// </summary>
internal sealed class RecurrenceRule
{
    /// <summary>As many as there are minutes.</summary>
    public const int MostTimesADay = 1_440;

    // Ical.Net looks on for ever, or up to the year 9999, for a 30 February. The calendar's rarest day, a 29 February on a given weekday,
    // comes within 40 years, and with an interval within so many steps of it.
    private const int MostDays = 15_000;
    private const int MostWeeks = 2_200;
    private const int MostMonths = 500;
    private const int MostYears = 400;

    private static readonly Memo<string, RecurrenceRule> Known = new(text => new RecurrenceRule(text));
    private static readonly Memo<(string Rule, long Anchor), long> LastCounted = new(of => Of(of.Rule).WalkToLast(of.Anchor), 65_536);

    private readonly string _text;
    private readonly Rule _days;
    private readonly RecurrenceEnd _until;
    private readonly int? _count;
    private readonly int[]? _hours;
    private readonly int[]? _minutes;
    private readonly int[]? _seconds;

    private RecurrenceRule(string text)
    {
        if (RecurrenceRuleText.Read(text, out var parts) is { } problem)
            throw new FormatException(problem);
        _text = text;
        _days = new Rule(parts.Days);
        _until = parts["UNTIL"] is { } until && RecurrenceEnd.TryParse(until, out var end) ? end : RecurrenceEnd.Never;
        _count = parts.Numbers("COUNT")?[0];
        (_hours, _minutes, _seconds) = (parts.Numbers("BYHOUR"), parts.Numbers("BYMINUTE"), parts.Numbers("BYSECOND"));
    }

    public static RecurrenceRule Of(string text) => Known[text];

    /// <summary>What is wrong with a rule; null when nothing is.</summary>
    public static string? Check(string text)
    {
        try
        {
            if (RecurrenceRuleText.Read(text, out var parts) is { } problem)
                return problem;
            _ = new Rule(parts.Days);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            // Ical.Net names the part and what it may be, then the parameter of its method.
            var reason = e.Message.Split(" (Parameter", 2)[0];
            return $"\"{text}\" is not a recurrence rule. {reason}";
        }
    }

    /// <summary>Where the rule ends when it begins at <paramref name="anchor"/>, a local time: a count is an end as well.</summary>
    public RecurrenceEnd End(long anchor) => _count is null ? _until : new(long.MaxValue, LastCounted[(_text, anchor)]);

    /// <summary>The rule's local times from a day on, in order, whatever its end is.</summary>
    /// <param name="anchor">Its <c>DTSTART</c>, a local time; nothing comes before it.</param>
    /// <param name="from">The first day, as a local time.</param>
    public IEnumerable<long> From(long anchor, long from)
    {
        // RFC 5545 knows whole seconds.
        anchor -= anchor % TimeSpan.TicksPerSecond;
        var times = Times(anchor % TimeSpan.TicksPerDay);
        foreach (var day in Days(DayOf(anchor), DayOf(Math.Max(anchor, from))))
        {
            foreach (var time in times)
            {
                var local = (day.DayNumber * TimeSpan.TicksPerDay) + time;
                if (local >= anchor)
                    yield return local;
            }
        }
    }

    private static DateOnly DayOf(long local) => DateOnly.FromDayNumber((int)(Math.Clamp(local, 0, ZoneSpan.Last) / TimeSpan.TicksPerDay));

    private long WalkToLast(long anchor)
    {
        var last = -1L;
        foreach (var local in From(anchor, anchor).Take(_count ?? 0))
            last = local;
        return last;
    }

    private long[] Times(long timeOfAnchor)
    {
        var time = TimeOnly.FromTimeSpan(TimeSpan.FromTicks(timeOfAnchor));
        return
        [
            .. from hour in _hours ?? [time.Hour]
            from minute in _minutes ?? [time.Minute]
            from second in _seconds ?? [time.Second]
            select new TimeSpan(hour, minute, second).Ticks,
        ];
    }

    private IEnumerable<DateOnly> Days(DateOnly anchor, DateOnly from)
    {
        var options = new EvaluationOptions { MaxUnmatchedIncrementsLimit = Patience };
        using var days = new RecurrencePatternEvaluator(Completed(anchor)).Evaluate(new CalDateTime(Seed(anchor, from)), null!, options).GetEnumerator();
        while (Advance(days))
        {
            if (days.Current.StartTime.Date is var day && day >= from)
                yield return day;
        }
    }

    // Beyond the year 9999, or beyond all patience, there is none.
    private static bool Advance(IEnumerator<Period> days)
    {
        try
        {
            return days.MoveNext();
        }
        catch (Exception e) when (e is EvaluationException or ArgumentOutOfRangeException or OverflowException)
        {
            return false;
        }
    }

    private int Patience => _days.Frequency switch
    {
        FrequencyType.Daily => MostDays,
        FrequencyType.Weekly => MostWeeks,
        FrequencyType.Monthly => MostMonths,
        _ => MostYears,
    };

    // What a rule leaves open is that of the anchor. It is written out, so that the rule means the same from another day on.
    private Rule Completed(DateOnly anchor)
    {
        var rule = new Rule();
        rule.CopyFrom(_days);
        if (rule.ByDay.Count > 0 || rule.ByYearDay.Count > 0)
            return rule;
        if (rule.Frequency == FrequencyType.Weekly || (rule.ByWeekNo.Count > 0 && rule.ByMonthDay.Count == 0))
            rule.ByDay.Add(new WeekDay(anchor.DayOfWeek));
        else if (rule.Frequency >= FrequencyType.Monthly && rule.ByMonthDay.Count == 0)
            CompleteDayOfMonth(rule, anchor);
        return rule;
    }

    private static void CompleteDayOfMonth(Rule rule, DateOnly anchor)
    {
        rule.ByMonthDay.Add(anchor.Day);
        if (rule.Frequency == FrequencyType.Yearly && rule.ByMonth.Count == 0)
            rule.ByMonth.Add(anchor.Month);
    }

    // The first day of a period that is in step with the anchor's and lies a step before the one of interest: a week of the year may
    // begin in the year before.
    private DateOnly Seed(DateOnly anchor, DateOnly from)
    {
        var steps = Math.DivRem(PeriodOf(from) - PeriodOf(anchor), _days.Interval, out var rest) - (rest < 0 ? 1 : 0);
        var period = PeriodOf(anchor) + ((steps - 1) * _days.Interval);
        return BeginningOf(period >= FirstPeriod ? period : PeriodOf(anchor) + (Math.Max(steps, 0) * _days.Interval));
    }

    private long PeriodOf(DateOnly day) => _days.Frequency switch
    {
        FrequencyType.Daily => day.DayNumber,
        FrequencyType.Weekly => (day.DayNumber - WeekShift) / 7,
        FrequencyType.Monthly => (day.Year * 12) + day.Month - 1,
        _ when _days.ByWeekNo.Count > 0 => YearOfWeek(day),
        _ => day.Year,
    };

    private long FirstPeriod => _days.Frequency switch
    {
        FrequencyType.Daily or FrequencyType.Weekly => 1,
        FrequencyType.Monthly => 12,
        _ => 1,
    };

    private DateOnly BeginningOf(long period) => _days.Frequency switch
    {
        FrequencyType.Daily => DateOnly.FromDayNumber((int)period),
        FrequencyType.Weekly => DateOnly.FromDayNumber((int)(period * 7) + WeekShift),
        FrequencyType.Monthly => new DateOnly((int)(period / 12), (int)(period % 12) + 1, 1),
        // The 4th of January is always in the year's first week.
        _ when _days.ByWeekNo.Count > 0 => new DateOnly((int)period, 1, 4),
        _ => new DateOnly((int)period, 1, 1),
    };

    // The day number of the first day in the calendar on which a week begins. The first day, number 0, is a Monday.
    private int WeekShift => ((int)_days.FirstDayOfWeek + 6) % 7;

    // A week belongs to the year that has most of its days, so that of its fourth.
    private int YearOfWeek(DateOnly day)
    {
        var sinceBeginning = ((int)day.DayOfWeek - (int)_days.FirstDayOfWeek + 7) % 7;
        return DateOnly.FromDayNumber(Math.Clamp(day.DayNumber - sinceBeginning + 3, 0, DateOnly.MaxValue.DayNumber)).Year;
    }
}
