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
    public override string? ZoneId => Exclusions.Count == 0 || TimeZone == Utc ? null : TimeZone;

    private long Origin => (Anchor ?? throw new InvalidOperationException("This interval has not been resolved.")).UtcTicks;

    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        var (zone, excluded) = (TimeZones.Get(TimeZone), ExcludedDays.Of(Exclusions));
        var from = after.UtcTicks + 1;
        while (PointFrom(from) is { } at)
        {
            from = excluded.Past(zone, at);
            if (from == at)
                return new DateTimeOffset(at, TimeSpan.Zero);
        }

        return null;
    }

    /// <inheritdoc />
    public override DateTimeOffset Last(DateTimeOffset known, DateTimeOffset until)
    {
        var (zone, excluded) = (TimeZones.Get(TimeZone), ExcludedDays.Of(Exclusions));
        var from = until.UtcTicks;
        while (PointUntil(from) is { } at && at > known.UtcTicks)
        {
            from = excluded.Before(zone, at);
            if (from == at)
                return new DateTimeOffset(at, TimeSpan.Zero);
        }

        return known;
    }

    /// <inheritdoc />
    public override long? Count(DateTimeOffset first, DateTimeOffset last, long most = MaxCounted)
    {
        var (from, to) = (first.UtcTicks, Math.Max(first.UtcTicks, last.UtcTicks) + 1);
        var count = Points(from, to);
        foreach (var stretch in ExcludedDays.Of(Exclusions).Between(TimeZones.Get(TimeZone), from, to))
            count -= Points(stretch.From, stretch.To);
        return count;
    }

    /// <inheritdoc />
    public override Schedule Resolve(FireTimes? before, DateTimeOffset? startAt, uint hash, DateTimeOffset at) =>
        Anchor is not null ? this : this with { Anchor = AnchorOf((before?.Schedule as IntervalSchedule)?.Anchor, before, startAt, at) };

    private long? PointFrom(long instant) => Point(instant - 1, 1) is var ticks && ticks <= DateTimeOffset.MaxValue.UtcTicks ? (long)ticks : null;

    private long? PointUntil(long instant) => Point(instant, 0) is var ticks && ticks >= 0 ? (long)ticks : null;

    // The point of the grid that is so many steps after the last one up to an instant.
    private Int128 Point(long instant, int steps) => Origin + ((Int128)(FloorSteps(instant) + steps) * Every.Ticks);

    private long Points(long from, long to) => FloorSteps(to - 1) - FloorSteps(from - 1);

    private long FloorSteps(long instant)
    {
        var steps = Math.DivRem(instant - Origin, Every.Ticks, out var rest);
        return rest < 0 ? steps - 1 : steps;
    }
}
