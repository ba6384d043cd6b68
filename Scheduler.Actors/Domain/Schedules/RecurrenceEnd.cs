using System.Globalization;
using System.Runtime.InteropServices;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>The end of a recurrence rule: the last instant, or the last local time, that may be one of its fire times.</summary>
/// <param name="Instant">In ticks; <see cref="long.MaxValue"/> for none.</param>
/// <param name="Local">In ticks; <see cref="long.MaxValue"/> for none.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecurrenceEnd(long Instant, long Local)
{
    public static readonly RecurrenceEnd Never = new(long.MaxValue, long.MaxValue);

    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;

    /// <summary>Reads the value of <c>UNTIL</c>: an instant, a local time, or a day, which counts in full.</summary>
    public static bool TryParse(string text, out RecurrenceEnd end)
    {
        var format = text.Length switch
        {
            8 => "yyyyMMdd",
            15 => "yyyyMMdd'T'HHmmss",
            _ => "yyyyMMdd'T'HHmmss'Z'",
        };
        var isRead = DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, Utc, out var time);
        end = text.Length switch
        {
            8 => new(long.MaxValue, time.Ticks + TimeSpan.TicksPerDay - 1),
            15 => new(long.MaxValue, time.Ticks),
            _ => new(time.Ticks, long.MaxValue),
        };
        return isRead;
    }
}
