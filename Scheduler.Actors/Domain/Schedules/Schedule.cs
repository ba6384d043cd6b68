namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// The rule that yields fire times. A closed hierarchy; all arithmetic is a pure function of the rule and an instant, and takes constant
/// or logarithmic time whatever lies between that instant and the next fire time. Whole milliseconds in, whole milliseconds out.
/// </summary>
public abstract record Schedule
{
    /// <summary>Beyond this many fire times, counting them one by one is left to whoever asks for an audit.</summary>
    public const int MaxCounted = 1_000;

    // By how much a change of rules moves local times, as a rule.
    private static readonly TimeSpan MostMoved = TimeSpan.FromHours(2);

    private protected Schedule()
    {
    }

    /// <summary>Whether it fires more than once, as a rule.</summary>
    public virtual bool IsRecurring => true;

    /// <summary>The time zone of which the rules decide when it fires; null where none do. UTC has no rules.</summary>
    public virtual string? ZoneId => null;

    /// <summary>
    /// Up to when fire times are resolved by the time-zone data in use, where <paramref name="cursor"/> was the last one by other data. Never before it.
    /// </summary>
    /// <param name="cursor">The last fire time that was resolved.</param>
    /// <param name="offset">Local time minus UTC then, by those data; null when nobody knows.</param>
    internal virtual DateTimeOffset ResolvedUpTo(DateTimeOffset cursor, TimeSpan? offset) => cursor;

    /// <summary>The only fire time of a schedule that has no more than one; null for one that is recurring.</summary>
    public virtual DateTimeOffset? Only() => null;

    /// <summary>The first fire time after <paramref name="after"/>; null when there is none.</summary>
    /// <param name="after">Itself not a result.</param>
    public abstract DateTimeOffset? Next(DateTimeOffset after);

    /// <summary>The same schedule with everything that the client left open filled in: what an event holds.</summary>
    /// <param name="before">
    /// What it replaces; null for nothing. An omitted anchor keeps that one's while <c>start_at</c> is the same, and an unchanged delay its
    /// instant, so that a definition which is put again at every deployment changes nothing.
    /// </param>
    /// <param name="startAt">Nothing fires before it; null for no bound.</param>
    /// <param name="hash">The job's: what it stands for where a schedule asks for a value that differs between jobs.</param>
    /// <param name="at">When the definition is accepted.</param>
    public virtual Schedule Resolve(FireTimes? before, DateTimeOffset? startAt, uint hash, DateTimeOffset at) => this;

    /// <summary>The anchor of a schedule that names none: the one that it had, else where it starts, else now.</summary>
    private protected static DateTimeOffset AnchorOf(DateTimeOffset? kept, FireTimes? before, DateTimeOffset? startAt, DateTimeOffset at) =>
        kept is { } anchor && (startAt is null || startAt == before?.StartAt) ? anchor : startAt ?? at;

    /// <summary>Where the local time of what was resolved last is by the data in use.</summary>
    private protected DateTimeOffset AtSameLocalTime(DateTimeOffset cursor, TimeSpan? offset)
    {
        if (offset is { } known)
        {
            var at = ZoneSpan.Of(TimeZones.Get(ZoneId!), cursor.UtcTicks + known.Ticks, out _);
            return Instant.Max(cursor, new DateTimeOffset(Math.Clamp(at, 0, ZoneSpan.Last), TimeSpan.Zero));
        }

        // Of plans from before offsets were kept: a cursor that is no fire time by these data was moved by them, and not far.
        return Next(cursor.AddTicks(-1)) is { } next && next - cursor <= MostMoved ? next : cursor;
    }

    /// <summary>The last fire time that is not after <paramref name="until"/>, found without walking from the one to the other.</summary>
    /// <param name="known">A fire time, not after <paramref name="until"/>.</param>
    /// <param name="until">An instant.</param>
    public virtual DateTimeOffset Last(DateTimeOffset known, DateTimeOffset until)
    {
        // The next one after an instant never goes back as the instant advances, so halving what is left finds the last.
        var last = known;
        var beyond = until;
        while (beyond - last >= TimeSpan.FromMilliseconds(1))
        {
            var middle = Instant.Max(last, Instant.Floor(last + ((beyond - last) / 2)));
            if (Next(middle) is { } next && next <= until)
                last = next;
            else if (middle > last)
                beyond = middle;
            else
                break;
        }

        return last;
    }

    /// <summary>The last <paramref name="limit"/> fire times between two of them, both included, oldest first.</summary>
    /// <param name="first">A fire time.</param>
    /// <param name="last">A fire time, not before <paramref name="first"/>.</param>
    /// <param name="limit">How many at most.</param>
    public virtual ValueList<DateTimeOffset> Latest(DateTimeOffset first, DateTimeOffset last, int limit)
    {
        var latest = new List<DateTimeOffset>();
        for (var at = last; latest.Count < limit; at = Last(first, at - TimeSpan.FromMilliseconds(1)))
        {
            latest.Add(at);
            if (at <= first)
                break;
        }

        latest.Reverse();
        return ValueList.From(latest);
    }

    /// <summary>How many fire times lie between two of them, both included; null when there are more than that, and no formula for them.</summary>
    /// <param name="first">A fire time.</param>
    /// <param name="last">A fire time, not before <paramref name="first"/>.</param>
    /// <param name="most">How many are counted one by one.</param>
    public virtual long? Count(DateTimeOffset first, DateTimeOffset last, long most = MaxCounted)
    {
        var count = 1L;
        for (var at = first; at < last && Next(at) is { } next && next <= last; at = next)
        {
            if (++count > most)
                return null;
        }

        return count;
    }
}

/// <summary>Fires once, at <paramref name="At"/>; when that is in the past, as soon as the job is created.</summary>
/// <param name="At">The nominal instant, a whole millisecond.</param>
public sealed record OneOffSchedule(DateTimeOffset At) : Schedule
{
    /// <inheritdoc />
    public override bool IsRecurring => false;

    /// <inheritdoc />
    public override DateTimeOffset? Only() => At;

    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after) => after < At ? At : null;
}

/// <summary>
/// Fires once, <paramref name="Delay"/> after the definition was accepted. Keeps the instant that this gave, so that nothing asks the
/// clock again.
/// </summary>
/// <param name="Delay">Zero or more.</param>
/// <param name="At">The nominal instant, a whole millisecond; null until it is resolved.</param>
public sealed record DelaySchedule(TimeSpan Delay, DateTimeOffset? At = null) : Schedule
{
    /// <inheritdoc />
    public override bool IsRecurring => false;

    /// <inheritdoc />
    public override DateTimeOffset? Only() => At ?? throw new InvalidOperationException("This delay has not been resolved.");

    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset after) => after < Only() ? At : null;

    /// <inheritdoc />
    public override Schedule Resolve(FireTimes? before, DateTimeOffset? startAt, uint hash, DateTimeOffset at) =>
        At is not null ? this : before?.Schedule is DelaySchedule { At: not null } same && same.Delay == Delay ? same : this with { At = Instant.After(at, Delay) };
}
