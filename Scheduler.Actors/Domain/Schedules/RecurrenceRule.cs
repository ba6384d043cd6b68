namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// A recurrence rule on a line of local time that knows no clock changes. Its days are those of <see cref="RecurrenceDays"/>, from the period of
/// interest on; times of day, the count and the end are added here, so that neither a long time away nor many times a day cost much.
/// </summary>
internal sealed class RecurrenceRule
{
    /// <summary>As many as there are minutes.</summary>
    public const int MostTimesADay = 1_440;

    /// <summary>How many days are walked through for a count: a thousand years and a bit, some tens of milliseconds.</summary>
    public const long MostCountedDays = 400_000;

    private static readonly Memo<string, RecurrenceRule> Known = new(text => new RecurrenceRule(text));
    private static readonly Memo<(string Rule, long Anchor), long> LastCounted = new(of => Of(of.Rule).WalkToLast(of.Anchor), 65_536);

    private readonly RecurrenceRuleText _text;
    private readonly RecurrenceEnd _until;
    private readonly int? _count;
    private readonly int[]? _hours;
    private readonly int[]? _minutes;
    private readonly int[]? _seconds;
    private readonly int[]? _positions;

    private RecurrenceRule(string text)
    {
        if (RecurrenceRuleText.Read(text, out _text) is { } problem)
            throw new FormatException(problem);
        _until = _text["UNTIL"] is { } until && RecurrenceEnd.TryParse(until, out var end) ? end : RecurrenceEnd.Never;
        _count = _text.Numbers("COUNT")?[0];
        (_hours, _minutes, _seconds) = (_text.Numbers("BYHOUR"), _text.Numbers("BYMINUTE"), _text.Numbers("BYSECOND"));
        _positions = _text.Numbers("BYSETPOS");
    }

    public static RecurrenceRule Of(string text) => Known[text];

    /// <summary>What is wrong with a rule; null when nothing is.</summary>
    public static string? Check(string text) => RecurrenceRuleText.Read(text, out _);

    /// <summary>Where the rule ends when it begins at <paramref name="anchor"/>, a local time: a count is an end as well.</summary>
    public RecurrenceEnd End(long anchor) => _count is null ? _until : new(long.MaxValue, LastCounted[(_text.Rule, anchor)]);

    /// <summary>Whether too many days would have to be looked at to find where its count ends.</summary>
    public bool CountsTooFar(long anchor)
    {
        if (_count is not { } count)
            return false;
        var fuel = new RecurrenceFuel(MostCountedDays);
        foreach (var _ in From(anchor, anchor, fuel))
        {
            if (--count == 0 || fuel.IsSpent)
                break;
        }

        return fuel.IsSpent;
    }

    /// <summary>The rule's local times from a day on, in order, whatever its end is.</summary>
    /// <param name="anchor">Its <c>DTSTART</c>, a local time; nothing comes before it.</param>
    /// <param name="from">The first day, as a local time.</param>
    public IEnumerable<long> From(long anchor, long from) => From(anchor, from, new RecurrenceFuel(long.MaxValue));

    private IEnumerable<long> From(long anchor, long from, RecurrenceFuel fuel)
    {
        // Local times of an instant at an end of the calendar may lie beyond it.
        if (anchor > ZoneSpan.Last || from > ZoneSpan.Last)
            yield break;
        // RFC 5545 knows whole seconds.
        anchor = Math.Max(anchor, 0) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond;
        var (days, times) = (new RecurrenceDays(_text, DayOf(anchor)), Times(anchor % TimeSpan.TicksPerDay));
        var first = Math.Max(anchor, Math.Max(from, 0) / TimeSpan.TicksPerDay * TimeSpan.TicksPerDay);
        var patience = days.Patience;
        for (long? period = days.Upto(DayOf(first)); period is { } now && patience > 0 && !fuel.IsSpent; period = days.After(now))
        {
            patience--;
            // Most days of a rare rule are none of its own, and there may be as many as are walked through.
            if (days.In(now, fuel) is not { Count: > 0 } found)
                continue;
            foreach (var local in Chosen(found, times))
            {
                patience = days.Patience;
                if (local >= first)
                    yield return local;
            }
        }
    }

    private static int DayOf(long local) => (int)(local / TimeSpan.TicksPerDay);

    // All times of a period's days; with BYSETPOS those at its positions, counted from the beginning or from the end.
    private IEnumerable<long> Chosen(List<int> days, long[] times)
    {
        var all = days.Count * times.Length;
        if (_positions is null)
            return Enumerable.Range(0, all).Select(At);
        return _positions.Select(position => position > 0 ? position - 1 : all + position).Where(index => index >= 0 && index < all).Distinct().Order().Select(At);

        long At(int index) => (days[index / times.Length] * TimeSpan.TicksPerDay) + times[index % times.Length];
    }

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
}
