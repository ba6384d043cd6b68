using Cronos;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// A parsed cron expression on a line of local time that knows no clock changes; <see cref="CronLine"/> brings those in. Cronos' own time
/// zone arithmetic is not used: where a zone's standard offset is not the smaller one, or changes, it goes back in time and yields the same
/// fire times for ever (Africa/Casablanca at the end of Ramadan, Asia/Kathmandu in 1986).
/// </summary>
internal sealed class CronRule
{
    // Cronos reads lists by recursion, so a long one would end the process.
    private const int Longest = 1_000;

    private const string Fields = "minute, hour, day of month, month, day of week";
    private static readonly char[] Open = ['*', '?', '-', '/'];
    private static readonly long LastMinute = ZoneSpan.Last - TimeSpan.TicksPerMinute;
    private static readonly Memo<(string Expression, DayMatch Match), CronRule> Known = new(of => Parse(of.Expression, of.Match));

    // One, or where either day field is enough one for each of them.
    private readonly CronExpression[] _expressions;

    private CronRule(CronExpression[] expressions, bool followsElapsedTime) =>
        (_expressions, FollowsElapsedTime) = (expressions, followsElapsedTime);

    /// <summary>
    /// Whether the field of the seconds, minutes or hours holds a <c>*</c>, a <c>?</c>, a range or a step: what Cronos calls an interval
    /// expression. So <c>*/20 2 * * *</c> is one, and <c>0,20,40 2 * * *</c>, which is the same on most days, has a fixed hour.
    /// </summary>
    public bool FollowsElapsedTime { get; }

    public static CronRule Of(string expression, DayMatch match) => Known[(expression, match)];

    /// <summary>
    /// Whether both day fields say something, which is where readings differ. As in crontab(5), one that begins with <c>*</c> does not, be it
    /// <c>*/2</c>; <c>?</c> is another <c>*</c>. False for what is no cron expression.
    /// </summary>
    public static bool RestrictsBothDays(string expression) =>
        Split(expression) is { Length: 5 or 6 } fields && fields[^3][0] is not ('*' or '?') && fields[^1][0] is not ('*' or '?');

    /// <summary>The first local time that matches and is not before <paramref name="local"/>; null when there is none up to the year 9999.</summary>
    public long? Next(long local) =>
        local > LastMinute ? FinalMinute(local) : _expressions.Min(e => e.GetNextOccurrence(At(Math.Max(local, 0)), inclusive: true)?.Ticks);

    /// <summary>The last local time that matches and is not after <paramref name="local"/>; null when there is none from the year 1.</summary>
    public long? Previous(long local) =>
        local < 0 ? null : _expressions.Max(e => e.GetPreviousOccurrence(At(Math.Min(local, ZoneSpan.Last)), inclusive: true)?.Ticks);

    /// <summary>What is wrong with an expression; null when nothing is.</summary>
    public static string? Check(string expression)
    {
        if (string.IsNullOrWhiteSpace(expression))
            return $"A cron expression has five fields ({Fields}), or six with the second in front, or is a macro such as @daily; this one is empty.";
        if (expression.Length > Longest)
            return $"A cron expression has at most {Longest} characters; this one has {expression.Length}.";
        var fields = Split(expression);
        if (fields[0][0] != '@' && fields.Length is not (5 or 6))
        {
            var count = fields.Length == 1 ? "one" : fields.Length.ToString();
            return $"A cron expression has five fields ({Fields}), or six with the second in front; \"{expression}\" has {count}.";
        }

        try
        {
            Parse(expression, DayMatch.Both);
            return null;
        }
        catch (MissingSeedException)
        {
            return $"\"{expression}\" is not a cron expression that is taken here: H is not supported; use a fixed value, and jitter to spread jobs.";
        }
        catch (CronFormatException e) when (fields[0][0] == '@')
        {
            return $"\"{expression}\" is not a macro: it can be @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every_minute or "
                + $"@every_second. {Reason(e)}";
        }
        catch (CronFormatException e)
        {
            return $"\"{expression}\" is not a cron expression. {Reason(e)}";
        }
    }

    private static CronRule Parse(string expression, DayMatch match)
    {
        var fields = Split(expression);
        var isMacro = fields[0].StartsWith('@');
        var format = !isMacro && fields.Length > 5 ? CronFormat.IncludeSeconds : CronFormat.Standard;
        var parsed = CronExpression.Parse(expression, format);
        // Written out, a macro is "0 0 * * *" or "* * * * * *".
        var times = isMacro ? Split(parsed.ToString()) : fields;
        CronExpression[] either = match == DayMatch.Either && RestrictsBothDays(expression)
            ? [Parsed([.. fields[..^1], "*"]), Parsed([.. fields[..^3], "*", fields[^2], fields[^1]])]
            : [parsed];
        return new(either, times[..^3].Any(field => field.AsSpan().ContainsAny(Open)));

        CronExpression Parsed(string[] of) => CronExpression.Parse(string.Join(' ', of), format);
    }

    // Cronos throws when it would have to step beyond the year 9999, so the last minute is searched backwards.
    private long? FinalMinute(long local) =>
        local <= ZoneSpan.Last && Previous(ZoneSpan.Last) is { } last && last >= local ? FirstFrom(local, last) : null;

    private long FirstFrom(long local, long last)
    {
        while (Previous(last - 1) is { } earlier && earlier >= local)
            last = earlier;
        return last;
    }

    private static DateTime At(long ticks) => new(ticks, DateTimeKind.Utc);

    private static string[] Split(string expression) => expression.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static string Reason(CronFormatException e) =>
        e.Message.Replace("The given cron expression has an invalid format. ", string.Empty, StringComparison.Ordinal);
}
