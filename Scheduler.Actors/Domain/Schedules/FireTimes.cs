namespace Scheduler.Actors.Domain.Schedules;

/// <summary>The fire times of a job: those of its schedule that lie in its window. What the window leaves out never was one.</summary>
/// <param name="Schedule">The rule, resolved.</param>
/// <param name="StartAt">Nothing fires before it; null for no bound.</param>
/// <param name="EndAt">Nothing fires after it; null for no bound.</param>
public sealed record FireTimes(Schedule Schedule, DateTimeOffset? StartAt, DateTimeOffset? EndAt)
{
    /// <summary>The first fire time of a generation that begins at <paramref name="at"/>; null when it will never fire. A one-off in the past is due.</summary>
    public DateTimeOffset? First(DateTimeOffset at)
    {
        if (Schedule.IsRecurring)
            return Next(at);
        var only = Schedule.Only();
        return only < StartAt || only > EndAt ? null : only;
    }

    /// <summary>The first fire time after <paramref name="after"/>; null when there is none.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        var from = StartAt is { } start && start > after ? start.AddTicks(-1) : after;
        return Schedule.Next(from) is { } next && (EndAt is not { } end || next <= end) ? next : null;
    }

    /// <summary>The last fire time that is not after <paramref name="until"/>.</summary>
    /// <param name="known">A fire time, not after <paramref name="until"/>.</param>
    /// <param name="until">An instant.</param>
    public DateTimeOffset Last(DateTimeOffset known, DateTimeOffset until) =>
        Schedule.Last(known, EndAt is { } end && end < until ? end : until);

    /// <inheritdoc cref="Schedule.Latest"/>
    public ValueList<DateTimeOffset> Latest(DateTimeOffset first, DateTimeOffset last, int limit) => Schedule.Latest(first, last, limit);

    /// <inheritdoc cref="Schedule.Count"/>
    public long? Count(DateTimeOffset first, DateTimeOffset last, long most = Schedule.MaxCounted) => Schedule.Count(first, last, most);
}
