namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// The days of a recurrence rule, in the periods that its frequency names. RFC 5545 says of each part whether it expands or limits a period
/// (3.3.10, the table); with <c>DAILY</c> and above both mean the same for days: those of the period of which every part holds. Only what a part
/// leaves open depends on the frequency, and is the anchor's.
/// </summary>
internal sealed class RecurrenceDays
{
    private const int LastYear = 9999;

    private readonly RecurrenceFrequency _frequency;
    private readonly int _interval;
    private readonly DayOfWeek _weekStart;
    private readonly RecurrenceParts _parts;
    private readonly int _months;
    private readonly List<int> _found = [];

    /// <summary>The days of a rule that begins on a day.</summary>
    /// <param name="text">The rule.</param>
    /// <param name="anchor">The day, counted from the first of the year 1.</param>
    public RecurrenceDays(RecurrenceRuleText text, int anchor)
    {
        (_frequency, _interval, _weekStart) = (text.Frequency, text.Interval, text.WeekStart);
        _parts = Completed(text.Parts, DateOnly.FromDayNumber(anchor));
        _months = _parts.Months.Aggregate(0, (set, month) => set | (1 << month));
        First = PeriodOf(anchor);
    }

    /// <summary>The period of the anchor.</summary>
    public long First { get; }

    /// <summary>
    /// After so many periods in which nothing fires nothing ever will: the calendar comes again after 400 years, to the day of the week, and with
    /// it, whatever the interval is, the sequence of periods.
    /// </summary>
    public int Patience => _frequency switch
    {
        RecurrenceFrequency.Daily => 146_097,
        RecurrenceFrequency.Weekly => 20_871,
        RecurrenceFrequency.Monthly => 4_800,
        RecurrenceFrequency.Yearly => 400,
        _ => throw new InvalidOperationException($"No rule for {_frequency}."),
    };

    /// <summary>The last period, in step with the anchor's, that does not begin after a day; the anchor's when that is later.</summary>
    public long Upto(int day) => First + (Math.Max(0, PeriodOf(day) - First) / _interval * _interval);

    /// <summary>The next period in step; null when it lies beyond the year 9999.</summary>
    public long? After(long period) => period + _interval is var next && StartOf(next) <= DateOnly.MaxValue.DayNumber ? next : null;

    /// <summary>The days of a period, in order, until the next are asked for. Of days before the year 1 and after 9999 nothing is known.</summary>
    /// <param name="period">Which one.</param>
    /// <param name="fuel">Is spent on the days that are looked at.</param>
    public List<int> In(long period, RecurrenceFuel fuel)
    {
        _found.Clear();
        var end = Math.Min(StartOf(period + 1), DateOnly.MaxValue.DayNumber + 1L);
        for (var day = (int)Math.Max(StartOf(period), 0); day < end; day++)
        {
            fuel.Left--;
            var date = DateOnly.FromDayNumber(day);
            if (_months != 0 && (_months >> date.Month & 1) == 0)
                day += DateTime.DaysInMonth(date.Year, date.Month) - date.Day;
            else if (IsAskedFor(date))
                _found.Add(day);
        }

        return _found;
    }

    private bool IsAskedFor(DateOnly date)
    {
        var (inMonth, inYear) = (DateTime.DaysInMonth(date.Year, date.Month), DateTime.IsLeapYear(date.Year) ? 366 : 365);
        return Holds(_parts.MonthDays, date.Day, inMonth)
            && Holds(_parts.YearDays, date.DayOfYear, inYear)
            && (_parts.WeekNumbers.Length == 0 || IsInWeek(date.DayNumber))
            && (_parts.Days.Length == 0 || Array.Exists(_parts.Days, day => day.Day == date.DayOfWeek && IsNth(day.Nth, date, inMonth, inYear)));
    }

    // Positive numbers count from the beginning, negative ones from the end.
    private static bool Holds(int[] numbers, int position, int length) =>
        numbers.Length == 0 || Array.IndexOf(numbers, position) >= 0 || Array.IndexOf(numbers, position - length - 1) >= 0;

    private bool IsNth(int nth, DateOnly date, int inMonth, int inYear)
    {
        if (nth == 0)
            return true;
        // "Within the month" for MONTHLY, and for YEARLY with BYMONTH; else within the year.
        var (position, length) = _frequency == RecurrenceFrequency.Yearly && _parts.Months.Length == 0 ? (date.DayOfYear, inYear) : (date.Day, inMonth);
        return nth == (nth > 0 ? ((position - 1) / 7) + 1 : -((length - position) / 7) - 1);
    }

    private bool IsInWeek(int day)
    {
        var year = YearOfWeek(day);
        var (start, end) = (FirstWeekOf(year), FirstWeekOf(year + 1));
        return Holds(_parts.WeekNumbers, (int)((day - start) / 7) + 1, (int)((end - start) / 7));
    }

    // What a rule leaves open is that of the anchor. It is written out, so that the rule means the same in every period.
    private RecurrenceParts Completed(RecurrenceParts parts, DateOnly anchor)
    {
        if (parts.Days.Length > 0 || parts.YearDays.Length > 0 || parts.MonthDays.Length > 0)
            return parts;
        if (_frequency == RecurrenceFrequency.Weekly || parts.WeekNumbers.Length > 0)
            return parts with { Days = [new(0, anchor.DayOfWeek)] };
        return _frequency switch
        {
            RecurrenceFrequency.Monthly => parts with { MonthDays = [anchor.Day] },
            RecurrenceFrequency.Yearly => parts with { MonthDays = [anchor.Day], Months = parts.Months.Length > 0 ? parts.Months : [anchor.Month] },
            _ => parts,
        };
    }

    private long PeriodOf(int day) => _frequency switch
    {
        RecurrenceFrequency.Daily => day,
        RecurrenceFrequency.Weekly => FloorDiv(day - WeekShift, 7),
        RecurrenceFrequency.Monthly => MonthOf(DateOnly.FromDayNumber(day)),
        _ when _parts.WeekNumbers.Length > 0 => YearOfWeek(day),
        _ => DateOnly.FromDayNumber(day).Year,
    };

    private static long MonthOf(DateOnly date) => (date.Year * 12L) + date.Month - 1;

    private long StartOf(long period) => _frequency switch
    {
        RecurrenceFrequency.Daily => period,
        RecurrenceFrequency.Weekly => (period * 7) + WeekShift,
        RecurrenceFrequency.Monthly => StartOf(period / 12, (int)(period % 12) + 1),
        _ when _parts.WeekNumbers.Length > 0 => FirstWeekOf(period),
        _ => StartOf(period, 1),
    };

    private static long StartOf(long year, int month) => year > LastYear ? DateOnly.MaxValue.DayNumber + 1L : new DateOnly((int)year, month, 1).DayNumber;

    // The day number of a day on which a week begins. The first day, number 0, is a Monday.
    private int WeekShift => ((int)_weekStart + 6) % 7;

    // A week belongs to the year that has most of its days, so that of its fourth.
    private long YearOfWeek(int day)
    {
        var fourth = day - ((day - WeekShift + 7) % 7) + 3;
        return fourth > DateOnly.MaxValue.DayNumber ? LastYear + 1 : fourth < 0 ? 0 : DateOnly.FromDayNumber(fourth).Year;
    }

    // The year's first week holds its 4th of January. What lies outside of the calendar is only compared with.
    private long FirstWeekOf(long year)
    {
        var fourth = 3 + (year < 1 ? -366 : year > LastYear ? DateOnly.MaxValue.DayNumber + 1L : new DateOnly((int)year, 1, 1).DayNumber);
        return (FloorDiv(fourth - WeekShift, 7) * 7) + WeekShift;
    }

    private static long FloorDiv(long value, int by) => (value < 0 ? value - by + 1 : value) / by;
}
