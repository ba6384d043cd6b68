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

/// <summary>When a cron rule fires that restricts the day of month and the day of week: where neither field begins with <c>*</c> or <c>?</c>.</summary>
public enum DayMatch
{
    /// <summary>On days that match both, as Quartz, Cronos and Celery read it. What definitions mean that are older than the question.</summary>
    Both,

    /// <summary>On days that match at least one, as crontab(5) and Kubernetes read it.</summary>
    Either,
}

/// <summary>
/// Fires when a cron rule says so, in the local time of a time zone.
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
    /// <summary>
    /// Which of its day fields must match; null until it is resolved, and for ever where the expression restricts both and nobody said: then it
    /// may not be used. Without effect on other expressions.
    /// </summary>
    public DayMatch? DayMatch { get; init; }

    /// <summary>Whether both day fields say something, so that <see cref="DayMatch"/> matters.</summary>
    public bool RestrictsBothDays => CronRule.RestrictsBothDays(Expression);

    /// <summary>The job's hash, which <c>H</c> stands for, so that it is the same after every change of the code; null where the expression has none.</summary>
    public uint? Hash { get; init; }

    /// <summary>Whether it can be read in two ways, and nobody said in which.</summary>
    internal bool IsAmbiguous => DayMatch is null && RestrictsBothDays;

    /// <inheritdoc />
    public override string? ZoneId => TimeZone == IntervalSchedule.Utc ? null : TimeZone;

    /// <inheritdoc />
    internal override DateTimeOffset ResolvedUpTo(DateTimeOffset cursor, TimeSpan? offset) =>
        Rule.HasEveryHour ? cursor : AtSameLocalTime(cursor, offset);

    /// <summary>On a line of local time.</summary>
    internal CronRule Rule => CronRule.Of(
        Expression,
        IsAmbiguous ? throw new InvalidOperationException("Nobody said how this rule reads its day fields.") : DayMatch ?? Schedules.DayMatch.Both,
        Hash ?? 0);

    /// <summary>Before exclusions.</summary>
    internal CronLine Line => new(Rule, TimeZones.Get(TimeZone), Gap, Overlap);

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
    public override Schedule Resolve(FireTimes? before, DateTimeOffset? startAt, uint hash, DateTimeOffset at)
    {
        var kept = before?.Schedule is CronSchedule same && same.Expression == Expression ? same.DayMatch : null;
        return this with
        {
            DayMatch = DayMatch ?? kept ?? (RestrictsBothDays ? null : Schedules.DayMatch.Both),
            Hash = CronRule.IsHashed(Expression) ? Hash ?? hash : null,
        };
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
