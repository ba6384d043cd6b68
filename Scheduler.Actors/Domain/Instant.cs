namespace Scheduler.Actors.Domain;

/// <summary>
/// Rounding of instants. Whatever enters an event is UTC and a whole millisecond, so that it is the same after a round trip through
/// any store and any client.
/// </summary>
public static class Instant
{
    /// <summary>The millisecond that <paramref name="instant"/> lies in; for what has happened.</summary>
    public static DateTimeOffset Floor(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);

    /// <summary>The first whole millisecond at or after <paramref name="instant"/>; for fire times, which must never be early.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The result lies after the year 9999.</exception>
    public static DateTimeOffset Ceiling(DateTimeOffset instant)
    {
        var rest = instant.UtcTicks % TimeSpan.TicksPerMillisecond;
        return new(rest == 0 ? instant.UtcTicks : instant.UtcTicks - rest + TimeSpan.TicksPerMillisecond, TimeSpan.Zero);
    }

    /// <summary>
    /// The first whole millisecond at or after <paramref name="start"/> + <paramref name="wait"/>; the last one that there is when that
    /// lies beyond it, so that an absurd wait is a long one and no fault.
    /// </summary>
    public static DateTimeOffset After(DateTimeOffset start, TimeSpan wait)
    {
        var last = Floor(DateTimeOffset.MaxValue);
        return wait >= last - start ? last : Ceiling(start + wait);
    }

    /// <summary>The instant that lies <paramref name="span"/> before <paramref name="end"/>; the first one that there is when that lies before it.</summary>
    public static DateTimeOffset Before(DateTimeOffset end, TimeSpan span) =>
        span >= end - DateTimeOffset.MinValue ? DateTimeOffset.MinValue : end - span;

    /// <summary>The later of two instants.</summary>
    public static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a >= b ? a : b;

    /// <summary>The earlier of two instants, where null means never.</summary>
    public static DateTimeOffset? Min(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a <= b ? a : b;
}
