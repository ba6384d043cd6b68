namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// A parsed cron expression on a line of local time that knows no clock changes; <see cref="CronLine"/> brings those in. Parsed here, because
/// no library reads what people write everywhere else: lists of steps and of <c>L</c>, <c>W</c> and <c>#</c>, weeks that begin at 7, either of two
/// day fields (ADR 0020). A spec compares it with Cronos where both can read.
/// </summary>
internal sealed class CronRule
{
    private const int Longest = 1_000;
    private const int SecondsADay = 24 * 60 * 60;
    private const string FieldNames = "minute, hour, day of month, month, day of week";

    private static readonly Memo<(string Expression, DayMatch Match, uint Hash), CronRule> Known = new(of => new(of.Expression, of.Match, of.Hash));

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
        ["@every_minute"] = "* * * * *",
        ["@every_second"] = "* * * * * *",
    };

    private readonly CronSet _seconds;
    private readonly CronSet _minutes;
    private readonly CronSet _hours;
    private readonly CronDays _days;

    private CronRule(string expression, DayMatch match, uint hash)
    {
        var fields = Split(expression);
        if (fields is [var macro] && macro.StartsWith('@'))
            fields = Macros.TryGetValue(macro, out var meaning) ? Split(meaning) : throw new FormatException($"{macro} is not known.");
        var sets = new CronSet[CronField.All.Length];
        sets[0] = new(CronField.Only(0), IsInterval: false, []);
        var missing = sets.Length - fields.Length;
        for (var i = missing; i < sets.Length; i++)
            sets[i] = CronField.All[i].Read(fields[i - missing].ToUpperInvariant(), hash);
        (_seconds, _minutes, _hours) = (sets[0], sets[1], sets[2]);
        _days = new(sets[3], sets[4], sets[5], match == DayMatch.Either && RestrictsBothDays(expression));
        FollowsElapsedTime = sets[..3].Any(set => set.IsInterval);
        HasEveryHour = _hours.Bits == (1UL << 24) - 1;
    }

    /// <summary>
    /// Whether the field of the seconds, minutes or hours holds a <c>*</c>, a <c>?</c>, a range or a step. So <c>*/20 2 * * *</c> does, and
    /// <c>0,20,40 2 * * *</c>, which is the same on most days, has a fixed hour.
    /// </summary>
    public bool FollowsElapsedTime { get; }

    /// <summary>Whether no hour is left out.</summary>
    public bool HasEveryHour { get; }

    public static CronRule Of(string expression, DayMatch match, uint hash) => Known[(expression, match, hash)];

    /// <summary>
    /// Whether both day fields say something, which is where readings differ. As in crontab(5), one that begins with <c>*</c> does not, be it
    /// <c>*/2</c>; <c>?</c> is another <c>*</c>. False for what is no cron expression.
    /// </summary>
    public static bool RestrictsBothDays(string expression) =>
        Split(expression) is { Length: 5 or 6 } fields && fields[^3][0] is not ('*' or '?') && fields[^1][0] is not ('*' or '?');

    /// <summary>Whether it asks for values that the job's id gives.</summary>
    public static bool IsHashed(string expression) =>
        Split(expression) is { Length: 5 or 6 } fields && fields.Any(field => field.Split(',').Any(part => part[..1] is "H" or "h"));

    /// <summary>The first local time that matches and is not before <paramref name="local"/>; null when there is none up to the year 9999.</summary>
    public long? Next(long local)
    {
        if (local > ZoneSpan.Last)
            return null;
        var (day, time) = Math.DivRem((Math.Max(local, 0) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond, SecondsADay);
        if (day > DateOnly.MaxValue.DayNumber)
            return null;
        if (_days.Has((int)day) && TimeFrom((int)time) is >= 0 and var found)
            return At((int)day, found);
        return day < DateOnly.MaxValue.DayNumber && _days.From((int)day + 1) is { } next ? At(next, TimeFrom(0)) : null;
    }

    /// <summary>The last local time that matches and is not after <paramref name="local"/>; null when there is none from the year 1.</summary>
    public long? Previous(long local)
    {
        if (local < 0)
            return null;
        var (day, time) = Math.DivRem(Math.Min(local, ZoneSpan.Last) / TimeSpan.TicksPerSecond, SecondsADay);
        if (_days.Has((int)day) && TimeUntil((int)time) is >= 0 and var found)
            return At((int)day, found);
        return day > 0 && _days.Until((int)day - 1) is { } before ? At(before, TimeUntil(SecondsADay - 1)) : null;
    }

    /// <summary>What is wrong with an expression; null when nothing is.</summary>
    public static string? Check(string expression)
    {
        if (string.IsNullOrWhiteSpace(expression))
            return $"A cron expression has five fields ({FieldNames}), or six with the second in front, or is a macro such as @daily; this one is empty.";
        if (expression.Length > Longest)
            return $"A cron expression has at most {Longest} characters; this one has {expression.Length}.";
        var fields = Split(expression);
        var isMacro = fields is [var only] && only.StartsWith('@');
        if (!isMacro && fields.Length is not (5 or 6))
        {
            var count = fields.Length == 1 ? "one" : fields.Length.ToString();
            return $"A cron expression has five fields ({FieldNames}), or six with the second in front; \"{expression}\" has {count}.";
        }

        try
        {
            _ = new CronRule(expression, DayMatch.Both, hash: 0);
            return null;
        }
        catch (FormatException e)
        {
            return isMacro
                ? $"\"{expression}\" is not a macro: it can be {string.Join(", ", Macros.Keys)}."
                : $"\"{expression}\" is not a cron expression. {e.Message}";
        }
    }

    private static long At(int day, int time) => (((long)day * SecondsADay) + time) * TimeSpan.TicksPerSecond;

    private int TimeFrom(int time)
    {
        var (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
        if (_hours.Has(hour))
        {
            if (_minutes.Has(minute) && _seconds.From(second) is >= 0 and var inMinute)
                return (hour * 3_600) + (minute * 60) + inMinute;
            if (_minutes.From(minute + 1) is >= 0 and var inHour)
                return (hour * 3_600) + (inHour * 60) + _seconds.From(0);
        }

        return _hours.From(hour + 1) is >= 0 and var next ? (next * 3_600) + (_minutes.From(0) * 60) + _seconds.From(0) : -1;
    }

    private int TimeUntil(int time)
    {
        var (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60);
        if (_hours.Has(hour))
        {
            if (_minutes.Has(minute) && _seconds.Until(second) is >= 0 and var inMinute)
                return (hour * 3_600) + (minute * 60) + inMinute;
            if (_minutes.Until(minute - 1) is >= 0 and var inHour)
                return (hour * 3_600) + (inHour * 60) + _seconds.Until(59);
        }

        return _hours.Until(hour - 1) is >= 0 and var before ? (before * 3_600) + (_minutes.Until(59) * 60) + _seconds.Until(59) : -1;
    }

    private static string[] Split(string expression) => expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
