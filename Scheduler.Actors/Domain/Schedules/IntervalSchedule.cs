namespace Scheduler.Actors.Domain.Schedules;

/// <summary>Fires on a fixed grid, whatever the runs do: at <paramref name="Anchor"/> and at every whole multiple of <paramref name="Every"/> from there, both ways.</summary>
/// <param name="Every">The distance; at least <see cref="Least"/>, a whole number of milliseconds.</param>
/// <param name="Anchor">A point of the grid; null until it is resolved.</param>
/// <param name="TimeZone">An IANA time zone; only <paramref name="Exclusions"/> need it.</param>
/// <param name="Exclusions">Days of that time zone on which nothing fires.</param>
public sealed record IntervalSchedule(TimeSpan Every, DateTimeOffset? Anchor, string TimeZone, ValueList<DateRange> Exclusions) : Schedule
{
    /// <summary>The shortest distance.</summary>
    public static readonly TimeSpan Least = TimeSpan.FromSeconds(1);

    /// <summary>The time zone of a schedule that names none.</summary>
    public const string Utc = "UTC";

    /// <summary>A grid in UTC without exclusions.</summary>
    public IntervalSchedule(TimeSpan every, DateTimeOffset? anchor = null)
        : this(every, anchor, Utc, [])
    {
    }

    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        var anchor = Anchor ?? throw new InvalidOperationException("This interval has not been resolved.");
        var steps = Math.DivRem(after.UtcTicks - anchor.UtcTicks, Every.Ticks, out var rest) + (rest < 0 ? 0 : 1);
        var ticks = (Int128)anchor.UtcTicks + ((Int128)steps * Every.Ticks);
        return ticks > DateTimeOffset.MaxValue.UtcTicks ? null : new DateTimeOffset((long)ticks, TimeSpan.Zero);
    }

    /// <inheritdoc />
    public override Schedule Resolve(Schedule? before, DateTimeOffset at) =>
        Anchor is not null ? this : this with { Anchor = (before as IntervalSchedule)?.Anchor ?? at };
}
