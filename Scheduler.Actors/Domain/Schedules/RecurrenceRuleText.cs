using System.Globalization;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>The parts of a recurrence rule as text, checked for what Ical.Net would pass over in silence or would not stop at.</summary>
internal sealed class RecurrenceRuleText
{
    /// <summary>More fire times than that are a matter of <c>UNTIL</c>, <c>end_at</c> or <c>max_runs</c>: a count has to be walked from the anchor.</summary>
    public const int MostCounted = 10_000;

    // Enough for every day of a year by its number.
    private const int Longest = 2_000;

    private static readonly string[] Frequencies = ["DAILY", "WEEKLY", "MONTHLY", "YEARLY"];
    private static readonly string[] Finer = ["SECONDLY", "MINUTELY", "HOURLY"];

    private static readonly string[] Names =
    [
        "FREQ", "INTERVAL", "COUNT", "UNTIL", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS",
        "WKST",
    ];

    private readonly Dictionary<string, string> _parts = new(StringComparer.Ordinal);

    private RecurrenceRuleText()
    {
    }

    /// <summary>The value of a part, in capitals; null when the rule does not have it.</summary>
    public string? this[string name] => _parts.GetValueOrDefault(name);

    /// <summary>Whether the rule has that part.</summary>
    public bool Has(string name) => _parts.ContainsKey(name);

    /// <summary>What says on which days, each once, and nothing of the time, the count and the end.</summary>
    public string Days => string.Join(
        ';',
        _parts.Where(p => p.Key is not ("COUNT" or "UNTIL" or "BYHOUR" or "BYMINUTE" or "BYSECOND"))
            .Select(p => $"{p.Key}={string.Join(',', p.Value.Split(',').Distinct(StringComparer.Ordinal))}"));

    /// <summary>The numbers of a part, in order and each once; null when the rule does not have it.</summary>
    public int[]? Numbers(string name) =>
        this[name] is { } value ? [.. value.Split(',').Select(n => int.Parse(n, NumberStyles.None)).Distinct().Order()] : null;

    /// <summary>Takes a rule apart.</summary>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    public static string? Read(string rule, out RecurrenceRuleText text)
    {
        text = new RecurrenceRuleText();
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

        return text.CheckFrequency() ?? text.CheckEnd() ?? text.CheckDays() ?? text.CheckTimes();
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

    private string? CheckDays()
    {
        var frequency = this["FREQ"]!;
        if (Has("BYWEEKNO") && frequency != "YEARLY")
            return $"BYWEEKNO goes with FREQ=YEARLY only, not with {frequency}.";
        if (Has("BYYEARDAY") && frequency != "YEARLY")
            return $"BYYEARDAY goes with FREQ=YEARLY only, not with {frequency}.";
        if (Has("BYMONTHDAY") && frequency == "WEEKLY")
            return "BYMONTHDAY does not go with FREQ=WEEKLY.";
        if (this["BYDAY"] is not { } days)
            return null;
        foreach (var day in days.Split(','))
        {
            var ordinal = day.Length > 2 ? day[..^2] : null;
            if (ordinal is null)
                continue;
            if (frequency is "DAILY" or "WEEKLY" || Has("BYWEEKNO"))
                return $"BYDAY={day}: a number in front of the day goes with FREQ=MONTHLY and FREQ=YEARLY only, and not with BYWEEKNO.";
            var most = frequency == "MONTHLY" || Has("BYMONTH") ? 5 : 53;
            if (!int.TryParse(ordinal, NumberStyles.AllowLeadingSign, null, out var n) || n == 0 || Math.Abs(n) > most)
                return $"BYDAY={day}: the number in front of the day can be 1 to {most}, or -1 to -{most}.";
        }

        return null;
    }

    private string? CheckTimes()
    {
        var times = 1L;
        foreach (var (name, most) in ((string, int)[])[("BYHOUR", 23), ("BYMINUTE", 59), ("BYSECOND", 59)])
        {
            if (this[name] is not { } value)
                continue;
            if (value.Split(',').FirstOrDefault(n => !Number(n, out var number) || number > most) is { } wrong)
                return $"{name}: \"{wrong}\" is not a whole number from 0 to {most}.";
            times *= Numbers(name)!.Length;
        }

        if (times > RecurrenceRule.MostTimesADay)
            return $"BYHOUR, BYMINUTE and BYSECOND make {times} times a day; {RecurrenceRule.MostTimesADay} are allowed. Use \"every\" or \"cron\".";
        return times > 1 && Has("BYSETPOS") ? "BYSETPOS does not go with more than one time a day." : null;
    }

    private static bool Number(string text, out int number) => int.TryParse(text, NumberStyles.None, null, out number);
}
