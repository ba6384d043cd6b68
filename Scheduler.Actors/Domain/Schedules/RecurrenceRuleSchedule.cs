namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// Fires when a recurrence rule of RFC 5545 says so; <c>DAILY</c> and above. A local time that a clock change leaves out is read with the
/// offset before it, one that comes twice is the first. The anchor is a fire time only if the rule says so.
/// </summary>
/// <param name="Rule">The rule, without <c>RRULE:</c>.</param>
/// <param name="Anchor">The rule's <c>DTSTART</c>; null until it is resolved. Fractions of its second are dropped.</param>
/// <param name="TimeZone">An IANA time zone.</param>
/// <param name="Exclusions">Days of that time zone on which nothing fires. They count towards <c>COUNT</c>.</param>
public sealed record RecurrenceRuleSchedule(string Rule, DateTimeOffset? Anchor, string TimeZone, ValueList<DateRange> Exclusions) : Schedule
{
    /// <inheritdoc />
    public override string? ZoneId => TimeZone == IntervalSchedule.Utc ? null : TimeZone;

    /// <inheritdoc />
    internal override DateTimeOffset ResolvedUpTo(DateTimeOffset cursor, TimeSpan? offset) => AtSameLocalTime(cursor, offset);

    /// <summary>Before exclusions.</summary>
    internal RecurrenceLine Line => new(RecurrenceRule.Of(Rule), TimeZones.Get(TimeZone), Start);

    /// <summary>Whether finding the end of its count takes more work than one request may cause.</summary>
    internal bool CountsTooFar => RecurrenceRule.Of(Rule).CountsTooFar(Start + ZoneSpan.At(TimeZones.Get(TimeZone), Start).Offset);

    private long Start => (Anchor ?? throw new InvalidOperationException("This rule has not been resolved.")).UtcTicks;

    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after) =>
        From(after.UtcTicks + 1).Select(at => (DateTimeOffset?)new DateTimeOffset(at, TimeSpan.Zero)).FirstOrDefault();

    /// <inheritdoc />
    public override DateTimeOffset Last(DateTimeOffset known, DateTimeOffset until) => Latest(known, until, 1) is [var last] ? last : known;

    /// <inheritdoc />
    public override ValueList<DateTimeOffset> Latest(DateTimeOffset first, DateTimeOffset last, int limit)
    {
        // Walking is cheaper than asking again for each, so this looks further and further back until it has seen enough.
        for (var back = TimeSpan.TicksPerDay * (limit + 1L); ; back = Math.Min(back, ZoneSpan.Last / 2) * 4)
        {
            var from = Math.Max(first.UtcTicks, last.UtcTicks - back);
            var seen = new Queue<long>();
            foreach (var at in From(from).TakeWhile(at => at <= last.UtcTicks))
            {
                seen.Enqueue(at);
                if (seen.Count > limit)
                    seen.Dequeue();
            }

            if (seen.Count >= limit || from == first.UtcTicks)
                return ValueList.From(seen.Select(at => new DateTimeOffset(at, TimeSpan.Zero)));
        }
    }

    /// <inheritdoc />
    public override long? Count(DateTimeOffset first, DateTimeOffset last, long most = MaxCounted)
    {
        var count = From(first.UtcTicks).TakeWhile(at => at <= last.UtcTicks).Take((int)Math.Min(most, int.MaxValue - 1) + 1).Count();
        return count > most ? null : count;
    }

    /// <inheritdoc />
    public override Schedule Resolve(FireTimes? before, DateTimeOffset? startAt, uint hash, DateTimeOffset at) =>
        Anchor is not null ? this : this with { Anchor = AnchorOf((before?.Schedule as RecurrenceRuleSchedule)?.Anchor, before, startAt, at) };

    private IEnumerable<long> From(long from)
    {
        var (line, zone, excluded) = (Line, TimeZones.Get(TimeZone), ExcludedDays.Of(Exclusions));
        for (var resumed = true; resumed && from <= ZoneSpan.Last;)
        {
            resumed = false;
            foreach (var at in line.From(from))
            {
                from = excluded.Past(zone, at);
                resumed = from > at;
                if (resumed)
                    break;
                yield return at;
            }
        }
    }
}
