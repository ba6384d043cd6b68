namespace Scheduler.Actors.Domain.Schedules;

/// <summary>What becomes of a fire time that falls into the hour which a clock change leaves out.</summary>
public enum DstGap
{
    /// <summary>It moves to the first instant after the gap.</summary>
    Shift,

    /// <summary>It never was one.</summary>
    Skip,
}

/// <summary>What becomes of a fire time that falls into the hour which a clock change repeats.</summary>
public enum DstOverlap
{
    /// <summary>It fires the first time.</summary>
    First,

    /// <summary>It fires the second time.</summary>
    Last,

    /// <summary>It fires both times.</summary>
    Both,
}

/// <summary>Fires when a cron rule says so.</summary>
/// <param name="Expression">Five fields, or six with seconds, or a macro.</param>
/// <param name="TimeZone">An IANA time zone.</param>
/// <param name="Gap">For rules with a fixed hour.</param>
/// <param name="Overlap">For rules with a fixed hour.</param>
/// <param name="Exclusions">Days of that time zone on which nothing fires.</param>
public sealed record CronSchedule(string Expression, string TimeZone, DstGap Gap, DstOverlap Overlap, ValueList<DateRange> Exclusions) : Schedule
{
    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after) => throw new NotSupportedException("Follows.");
}
