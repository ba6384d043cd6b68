using System.Runtime.InteropServices;
using NodaTime;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>
/// A stretch of time in which a time zone keeps one offset. Between its bounds local time and instants are one and the same line, moved
/// by <paramref name="Offset"/>; gaps and overlaps lie only where two spans meet. All numbers are ticks since the year 1, instants in UTC.
/// </summary>
/// <param name="Start">Its first instant; <see cref="long.MinValue"/> when it has always been so.</param>
/// <param name="End">The first instant after it; <see cref="long.MaxValue"/> when it will always be so.</param>
/// <param name="Offset">Local time minus UTC.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ZoneSpan(long Start, long End, long Offset)
{
    /// <summary>More than any two offsets differ by, and than any offset is.</summary>
    public const long Day = TimeSpan.TicksPerDay;

    /// <summary>The last instant that there is.</summary>
    public static readonly long Last = DateTime.MaxValue.Ticks;

    public bool HasStart => Start != long.MinValue;

    public bool HasEnd => End != long.MaxValue;

    /// <summary>The local time at which it begins.</summary>
    public long LocalStart => HasStart ? Start + Offset : long.MinValue;

    /// <summary>The local time at which it ends, itself outside.</summary>
    public long LocalEnd => HasEnd ? End + Offset : long.MaxValue;

    /// <summary>The span that holds an instant.</summary>
    public static ZoneSpan At(DateTimeZone zone, long instant)
    {
        var interval = zone.GetZoneInterval(NodaTime.Instant.FromUnixTimeTicks(Math.Clamp(instant, 0, Last) - DateTime.UnixEpoch.Ticks));
        return new(
            interval.HasStart ? interval.Start.ToUnixTimeTicks() + DateTime.UnixEpoch.Ticks : long.MinValue,
            interval.HasEnd ? interval.End.ToUnixTimeTicks() + DateTime.UnixEpoch.Ticks : long.MaxValue,
            interval.WallOffset.Ticks);
    }

    /// <summary>The one before it; only where it has a start.</summary>
    public ZoneSpan Before(DateTimeZone zone) => At(zone, Start - 1);

    /// <summary>The one after it; only where it has an end.</summary>
    public ZoneSpan After(DateTimeZone zone) => At(zone, End);

    /// <summary>The instant of a local time as RFC 5545 reads it: one that comes twice is the first, one that is left out has the offset before.</summary>
    public static long Of(DateTimeZone zone, long local, out bool leftOut)
    {
        var mapping = zone.MapLocal(LocalDateTime.FromDateTime(new DateTime(Math.Clamp(local, 0, Last), DateTimeKind.Unspecified)));
        leftOut = mapping.Count == 0;
        return local - mapping.EarlyInterval.WallOffset.Ticks;
    }
}
