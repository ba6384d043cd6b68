using System.Globalization;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>A recurrence rule as text, taken apart and checked.</summary>
internal sealed class RecurrenceRuleText
{
    /// <summary>More fire times than that are a matter of <c>UNTIL</c>, <c>end_at</c> or <c>max_runs</c>: a count has to be walked from the anchor.</summary>
    public const int MostCounted = 10_000;

    // Enough for every day of a year by its number.
    private const int Longest = 2_000;

    private static readonly string[] Frequencies = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
    private static readonly string[] Finer = ["SECONDLY", "MINUTELY", "HOURLY"];
    private static readonly string[] Days = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

    private static readonly string[] Names =
    [
        "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS",
        "WKST",
    ];

    // The numbers of a part: from the beginning, and for some also as many from the end.
    private static readonly (string Name, int Least, int Most, bool BothWays)[] Bounds =
    [
        ("BYMONTH", 1, 12, false),
        ("BYWEEKNO", 1, 53, true),
        ("BYYEARDAY", 1, 366, true),
        ("BYMONTHDAY", 1, 31, true),
        ("BYSETPOS", 1, 366, true),
        ("BYHOUR", 0, 23, false),
        ("BYMINUTE", 0, 59, false),
        ("BYSECOND", 0, 59, false),
    ];

    private readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal);

    private RecurrenceRuleText(string rule) => Rule = rule;

    /// <summary>The whole.</summary>
    public string Rule { get; }

    /// <summary>What its periods are.</summary>
    public RecurrenceFrequency Frequency => (RecurrenceFrequency)Array.IndexOf(Frequencies, this["FREQ"]);

    /// <summary>How many periods lie from one of its periods to the next.</summary>
    public int Interval => Numbers("INTERVAL")?[0] ?? 1;

    /// <summary>On which day its weeks begin.</summary>
    public DayOfWeek WeekStart => this["WKST"] is { } day ? (DayOfWeek)Array.IndexOf(Days, day) : DayOfWeek.Monday;

    /// <summary>What asks for days.</summary>
    public RecurrenceParts Parts =>
        new(Numbers("BYMONTH") ?? [], Numbers("BYWEEKNO") ?? [], Numbers("BYYEARDAY") ?? [], Numbers("BYMONTHDAY") ?? [], ByDay());

    /// <summary>The value of a part, in capitals; null when the rule does not have it.</summary>
    public string? this[string name] => _parts.GetValueOrDefault(name);

    /// <summary>Whether the rule has that part.</summary>
    public bool Has(string name) => _parts.ContainsKey(name);

    /// <summary>The numbers of a part, in order and each once; null when the rule does not have it.</summary>
    public int[]? Numbers(string name) =>
        this[name] is { } value ? [.. value.Split(',').Select(n => int.Parse(n, NumberStyles.AllowLeadingSign)).Distinct().Order()] : null;

    /// <summary>Takes a rule apart.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Read(string rule, out RecurrenceRuleText text)
    {
        text = new RecurrenceRuleText(rule);
        if (string.IsNullOrWhiteSpace(rule))
            return "A recurrence rule begins with FREQ=DAILY, WEEKLY, MONTHLY or YEARLY; this one is empty.";
        if (rule.Length > Longest)
            return $"A recurrence rule has at most {Longest} characters; this one has {rule.Length}.";
        if (rule.StartsWith("RRULE:", StringComparison.OrdinalIgnoreCase))
            return "The recurrence rule is written without RRULE: in front.";
        foreach (var part in rule.Split(';'))
        {
            var pair = part.Trim().ToUpperInvariant().Split('=');
            if (pair.Length != 2 || pair[1].Length == 0)
                return $"\"{part}\" is not a part of a recurrence rule: parts are written NAME=VALUE, with a semicolon between them.";
            if (!Names.Contains(pair[0], StringComparer.Ordinal))
                return $"{pair[0]} is not a part of a recurrence rule: allowed are {string.Join(", ", Names)}.";
            if (!text._parts.TryAdd(pair[0], pair[1]))
                return $"{pair[0]} is there twice.";
        }

        return text.CheckFrequency() ?? text.CheckEnd() ?? text.CheckNumbers() ?? text.CheckDays() ?? text.CheckTimes();
    }

    private string? CheckFrequency() => this["FREQ"] switch
    {
        null => "FREQ is missing: it can be DAILY, WEEKLY, MONTHLY or YEARLY.",
        var frequency when Finer.Contains(frequency, StringComparer.Ordinal) =>
            $"FREQ={frequency} is not supported: it can be DAILY, WEEKLY, MONTHLY or YEARLY. For less than a day use \"every\" or \"cron\".",
        var frequency when !Frequencies.Contains(frequency, StringComparer.Ordinal) =>
            $"FREQ={frequency} is not known: it can be DAILY, WEEKLY, MONTHLY or YEARLY.",
        _ when Has("INTERVAL") && (!Number(this["INTERVAL"]!, out var interval) || interval < 1) =>
            $"INTERVAL={this["INTERVAL"]} is not a whole number of 1 or more.",
        _ when this["WKST"] is { } day && !Days.Contains(day, StringComparer.Ordinal) => $"WKST={day}: it can be {string.Join(", ", Days)}.",
        _ => null,
    };

    private string? CheckEnd()
    {
        if (Has("COUNT") && Has("UNTIL"))
            return "COUNT and UNTIL exclude each other.";
        if (Has("COUNT") && (!Number(this["COUNT"]!, out var count) || count is < 1 or > MostCounted))
            return $"COUNT={this["COUNT"]} is not a whole number from 1 to {MostCounted}. Beyond that use UNTIL, \"end_at\" or \"max_runs\".";
        return Has("UNTIL") && !RecurrenceEnd.TryParse(this["UNTIL"]!, out _)
            ? $"UNTIL={this["UNTIL"]} is not an end: it is written 20271231T235959Z, 20271231T235959 (local time) or 20271231 (that day included)."
            : null;
    }

    private string? CheckNumbers()
    {
        foreach (var (name, least, most, bothWays) in Bounds)
        {
            foreach (var text in this[name]?.Split(',') ?? [])
            {
                var isNumber = int.TryParse(text, bothWays ? NumberStyles.AllowLeadingSign : NumberStyles.None, CultureInfo.InvariantCulture, out var number);
                var allowed = $"{least} to {most}{(bothWays ? $", or -{least} to -{most} from the end" : "")}";
                if (!isNumber)
                    return $"\"{Rule}\" is not a recurrence rule. {name}: \"{text}\" is not a whole number from {allowed}.";
                var distance = bothWays ? Math.Abs((long)number) : number;
                if (distance < least || distance > most)
                    return $"\"{Rule}\" is not a recurrence rule. {name} value {number} is out of range: it can be {allowed}.";
            }
        }

        return null;
    }

    private string? CheckDays()
    {
        var frequency = this["FREQ"]!;
        if (Has("BYWEEKNO") && frequency != "YEARLY")
            return $"BYWEEKNO goes with FREQ=YEARLY only, not with {frequency}.";
        if (Has("BYYEARDAY") && frequency != "YEARLY")
            return $"BYYEARDAY goes with FREQ=YEARLY only, not with {frequency}.";
        if (Has("BYMONTHDAY") && frequency == "WEEKLY")
            return "BYMONTHDAY does not go with FREQ=WEEKLY.";
        foreach (var day in this["BYDAY"]?.Split(',') ?? [])
        {
            if (day.Length < 2 || !Days.Contains(day[^2..], StringComparer.Ordinal))
                return $"BYDAY={day}: a day is {string.Join(", ", Days)}.";
            if (day.Length == 2)
                continue;
            if (frequency is "DAILY" or "WEEKLY" || Has("BYWEEKNO"))
                return $"BYDAY={day}: a number in front of the day goes with FREQ=MONTHLY and FREQ=YEARLY only, and not with BYWEEKNO.";
            var most = frequency == "MONTHLY" || Has("BYMONTH") ? 5 : 53;
            if (!int.TryParse(day[..^2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) || n == 0 || Math.Abs((long)n) > most)
                return $"BYDAY={day}: the number in front of the day can be 1 to {most}, or -1 to -{most}.";
        }

        return null;
    }

    private string? CheckTimes()
    {
        var times = ((string[])["BYHOUR", "BYMINUTE", "BYSECOND"]).Aggregate(1L, (product, name) => product * (Numbers(name)?.Length ?? 1));
        return times > RecurrenceRule.MostTimesADay
            ? $"BYHOUR, BYMINUTE and BYSECOND make {times} times a day; {RecurrenceRule.MostTimesADay} are allowed. Use \"every\" or \"cron\"."
            : null;
    }

    private RecurrenceDay[] ByDay() =>
    [
        .. (this["BYDAY"]?.Split(',') ?? []).Select(day => new RecurrenceDay(
            day.Length == 2 ? 0 : int.Parse(day[..^2], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
            (DayOfWeek)Array.IndexOf(Days, day[^2..]))),
    ];

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
