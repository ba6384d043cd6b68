using System.Runtime.InteropServices;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>How a day depends on its month.</summary>
internal enum CronDayKind
{
    /// <summary>So many days before the last: <c>L</c>, <c>L-3</c>.</summary>
    Last,

    /// <summary>The weekday nearest to that: <c>LW</c>, <c>L-3W</c>.</summary>
    WeekdayNearLast,

    /// <summary>The weekday nearest to a day of the month: <c>15W</c>.</summary>
    WeekdayNear,

    /// <summary>The first, second … of a day of the week: <c>FRI#2</c>.</summary>
    Nth,

    /// <summary>The last of a day of the week: <c>5L</c>.</summary>
    LastOfWeekday,
}

/// <summary>A day that depends on its month.</summary>
/// <param name="Kind">How.</param>
/// <param name="Value">The day of the month, the day of the week (0 is Sunday), or how many days before the last.</param>
/// <param name="Nth">Which one, from 1.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct CronDay(CronDayKind Kind, int Value, int Nth)
{
    /// <summary>The day, as a bit; none when that month has none.</summary>
    public ulong In(CronMonth month) => Kind switch
    {
        CronDayKind.Last => month.Bit(month.Length - Value),
        CronDayKind.WeekdayNearLast => month.WeekdayNear(month.Length - Value),
        CronDayKind.WeekdayNear => month.WeekdayNear(Value),
        CronDayKind.Nth => month.Bit(month.FirstOf(Value) + (7 * (Nth - 1))),
        CronDayKind.LastOfWeekday => month.Bit(month.FirstOf(Value) + ((month.Length - month.FirstOf(Value)) / 7 * 7)),
        _ => throw new InvalidOperationException($"No rule for {Kind}."),
    };
}
