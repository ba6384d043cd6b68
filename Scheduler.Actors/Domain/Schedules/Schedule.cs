namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// The rule that yields fire times. A closed hierarchy; all arithmetic is a pure function of the rule and an instant, and takes constant
/// or logarithmic time whatever lies between that instant and the next fire time. Whole milliseconds in, whole milliseconds out.
/// </summary>
public abstract record Schedule
{
    /// <summary>Beyond this many fire times, counting them one by one is left to whoever asks for an audit.</summary>
    public const int MaxCounted = 1_000;

    private protected Schedule()
    {
    }

    /// <summary>Whether it fires more than once, as a rule.</summary>
    public virtual bool IsRecurring => true;

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
