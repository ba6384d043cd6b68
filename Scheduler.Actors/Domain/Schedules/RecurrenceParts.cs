using System.Runtime.InteropServices;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>What the periods of a recurrence rule are.</summary>
internal enum RecurrenceFrequency
{
    /// <summary>Days.</summary>
    Daily,

    /// <summary>Weeks.</summary>
    Weekly,

    /// <summary>Months.</summary>
    Monthly,

    /// <summary>Years; with <c>BYWEEKNO</c> those that weeks belong to.</summary>
    Yearly,
}

/// <summary>One value of <c>BYDAY</c>.</summary>
/// <param name="Nth">Which one, from the beginning or, negative, from the end; 0 for each.</param>
/// <param name="Day">The day of the week.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecurrenceDay(int Nth, DayOfWeek Day);

/// <summary>The parts of a recurrence rule that ask for days; empty where the rule does not have one.</summary>
internal sealed record RecurrenceParts(int[] Months, int[] WeekNumbers, int[] YearDays, int[] MonthDays, RecurrenceDay[] Days);

/// <summary>How many days may still be looked at: bounds the work of a question by what it does, and not by time, so that the answer is always the same.</summary>
internal sealed class RecurrenceFuel(long left)
{
    public long Left { get; set; } = left;

    public bool IsSpent => Left < 0;
}
