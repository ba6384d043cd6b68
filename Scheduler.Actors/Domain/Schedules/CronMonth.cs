using System.Numerics;
using System.Runtime.InteropServices;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>A month: sets of its days are bits from 1 on.</summary>
/// <param name="Length">How many days it has.</param>
/// <param name="FirstWeekday">The first one's day of the week; 0 is Sunday.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CronMonth(int Length, int FirstWeekday)
{
    public ulong All => (2UL << Length) - 2;

    public static CronMonth Of(int year, int month) => new(DateTime.DaysInMonth(year, month), (int)new DateOnly(year, month, 1).DayOfWeek);

    public ulong Bit(int day) => day >= 1 && day <= Length ? 1UL << day : 0;

    /// <summary>The first day that is that day of the week.</summary>
    public int FirstOf(int weekday) => 1 + ((weekday - FirstWeekday + 7) % 7);

    /// <summary>All days that are one of those days of the week.</summary>
    public ulong DaysOf(ulong weekdays)
    {
        var days = 0UL;
        for (var rest = weekdays; rest != 0; rest &= rest - 1)
        {
            for (var day = FirstOf(BitOperations.TrailingZeroCount(rest)); day <= Length; day += 7)
                days |= 1UL << day;
        }

        return days;
    }

    /// <summary>The day itself, or the Friday or Monday beside it that lies in the same month.</summary>
    public ulong WeekdayNear(int day)
    {
        if (Bit(day) == 0)
            return 0;
        return ((FirstWeekday + day - 1) % 7) switch
        {
            6 => Bit(day == 1 ? 3 : day - 1),
            0 => Bit(day == Length ? day - 2 : day + 1),
            _ => Bit(day),
        };
    }
}
