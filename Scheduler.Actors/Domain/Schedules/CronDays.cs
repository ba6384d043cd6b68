using System.Numerics;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>The days of a cron rule, counted from the first of the year 1, which is day 0.</summary>
/// <param name="daysOfMonth">The third field of five.</param>
/// <param name="months">The fourth.</param>
/// <param name="daysOfWeek">The fifth.</param>
/// <param name="either">Whether one matching day field is enough.</param>
internal sealed class CronDays(CronSet daysOfMonth, CronSet months, CronSet daysOfWeek, bool either)
{
    // After 400 years the calendar comes again, to the day of the week; what did not come by then never does.
    private const int Patience = (400 * 12) + 1;
    private const int LastYear = 9999;

    public bool Has(int day)
    {
        var date = DateOnly.FromDayNumber(day);
        return months.Has(date.Month) && (In(date.Year, date.Month) >> date.Day & 1) != 0;
    }

    /// <summary>The first day that is not before <paramref name="from"/>; null when there is none up to the year 9999.</summary>
    public int? From(int from)
    {
        var date = DateOnly.FromDayNumber(from);
        var (year, month, wanted) = (date.Year, date.Month, ulong.MaxValue << date.Day);
        for (var left = Patience; left > 0 && year <= LastYear; left--)
        {
            if (months.Has(month) && (In(year, month) & wanted) is not 0 and var days)
                return new DateOnly(year, month, BitOperations.TrailingZeroCount(days)).DayNumber;
            wanted = ulong.MaxValue;
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1);
        }

        return null;
    }

    /// <summary>The last day that is not after <paramref name="until"/>; null when there is none from the year 1.</summary>
    public int? Until(int until)
    {
        var date = DateOnly.FromDayNumber(until);
        var (year, month, wanted) = (date.Year, date.Month, (2UL << date.Day) - 1);
        for (var left = Patience; left > 0 && year > 0; left--)
        {
            if (months.Has(month) && (In(year, month) & wanted) is not 0 and var days)
                return new DateOnly(year, month, 63 - BitOperations.LeadingZeroCount(days)).DayNumber;
            wanted = ulong.MaxValue;
            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1);
        }

        return null;
    }

    private ulong In(int year, int month)
    {
        var shape = CronMonth.Of(year, month);
        var (days, weekdays) = (daysOfMonth.Bits & shape.All, shape.DaysOf(daysOfWeek.Bits));
        foreach (var day in daysOfMonth.Days)
            days |= day.In(shape);
        foreach (var day in daysOfWeek.Days)
            weekdays |= day.In(shape);
        return either ? days | weekdays : days & weekdays;
    }
}
