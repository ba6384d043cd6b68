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

/// <summary>
/// Fires when a cron rule says so, in the local time of a time zone. Day of month and day of week must both match.
/// <para>
/// A rule has a fixed hour when its second, minute and hour are numbers or lists of numbers; then <paramref name="Gap"/> and
/// <paramref name="Overlap"/> hold. With a <c>*</c>, a range or a step in one of these it follows elapsed time: it fires at every instant whose
/// local time matches, so an hour that comes twice fires twice, and one that is left out never was.
/// </para>
/// </summary>
/// <param name="Expression">Five fields, or six with seconds, or a macro.</param>
/// <param name="TimeZone">An IANA time zone.</param>
/// <param name="Gap">For rules with a fixed hour.</param>
/// <param name="Overlap">For rules with a fixed hour.</param>
/// <param name="Exclusions">Days of that time zone on which nothing fires.</param>
public sealed record CronSchedule(string Expression, string TimeZone, DstGap Gap, DstOverlap Overlap, ValueList<DateRange> Exclusions) : Schedule
{
    /// <summary>Before exclusions.</summary>
    internal CronLine Line => new(CronRule.Of(Expression), TimeZones.Get(TimeZone), Gap, Overlap);

    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after)
    {
        var (line, zone, excluded) = (Line, TimeZones.Get(TimeZone), ExcludedDays.Of(Exclusions));
        var from = after.UtcTicks + 1;
        while (line.Next(from) is { } at)
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
        var (line, zone, excluded) = (Line, TimeZones.Get(TimeZone), ExcludedDays.Of(Exclusions));
        var from = until.UtcTicks;
        while (line.Previous(from) is { } at && at > known.UtcTicks)
        {
            from = excluded.Before(zone, at);
            if (from == at)
                return new DateTimeOffset(at, TimeSpan.Zero);
        }

        return known;
    }
}
