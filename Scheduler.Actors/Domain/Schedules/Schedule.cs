namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// The rule that yields fire times. A closed hierarchy; all arithmetic is a pure function of the rule and an instant, and takes the same
/// time whatever lies between that instant and the next fire time.
/// </summary>
public abstract record Schedule
{
    private protected Schedule()
    {
    }

    /// <summary>The first fire time after <paramref name="cursor"/>, a whole millisecond; null when there is none.</summary>
    /// <param name="cursor">The last fire time that is resolved; null when none is.</param>
    public abstract DateTimeOffset? Next(DateTimeOffset? cursor);
}

/// <summary>Fires once, at <paramref name="At"/>; when that is in the past, as soon as the job is created.</summary>
/// <param name="At">The nominal instant, a whole millisecond.</param>
public sealed record OneOffSchedule(DateTimeOffset At) : Schedule
{
    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset? cursor) => cursor is null || cursor < At ? At : null;
}

/// <summary>
/// Fires once, <paramref name="Delay"/> after the definition was accepted. Keeps the instant that this gave, so that nothing asks the
/// clock again.
/// </summary>
/// <param name="Delay">Zero or more.</param>
/// <param name="At">The nominal instant, a whole millisecond.</param>
public sealed record DelaySchedule(TimeSpan Delay, DateTimeOffset At) : Schedule
{
    /// <inheritdoc />
    public override DateTimeOffset? Next(DateTimeOffset? cursor) => cursor is null || cursor < At ? At : null;
}
