using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Scheduler.Host.Text;

/// <summary>
/// Instants as text: RFC 3339, and what Python's <c>isoformat()</c> writes, because the replaced service's clients send that. Without an
/// offset an instant is UTC.
/// </summary>
internal static class InstantText
{
    /// <summary>What an instant must look like, for error messages.</summary>
    public const string Expected = "an RFC 3339 date and time, like 2027-01-31T09:00:00Z";

    private const int MaxOffsetHours = 23;

    /// <summary>Writes an instant as answers do.</summary>
    public static string Write(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    /// <summary>Reads an instant; false when the text is not one, or lies outside the years 1 to 9999.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out DateTimeOffset instant)
    {
        instant = default;
        var rest = text.AsSpan();
        if (!TryDate(ref rest, out var date) || rest.IsEmpty || rest[0] is not ('T' or 't' or ' '))
            return false;
        rest = rest[1..];
        if (!TryTime(ref rest, out var time) || !TryOffset(rest, out var offset))
            return false;
        var ticks = date.Ticks + time - offset;
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        instant = new DateTimeOffset(ticks, TimeSpan.Zero);
        return true;
    }

    private static bool TryDate(ref ReadOnlySpan<char> rest, out DateTime date)
    {
        date = default;
        if (!TryDigits(ref rest, 4, out var year) || !TrySkip(ref rest, '-')
            || !TryDigits(ref rest, 2, out var month) || !TrySkip(ref rest, '-')
            || !TryDigits(ref rest, 2, out var day))
        {
            return false;
        }

        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;
        date = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc);
        return true;
    }

    private static bool TryTime(ref ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        if (!TryDigits(ref rest, 2, out var hour) || !TrySkip(ref rest, ':') || !TryDigits(ref rest, 2, out var minute))
            return false;
        var second = 0;
        if (TrySkip(ref rest, ':') && !TryDigits(ref rest, 2, out second))
            return false;
        if (hour > 23 || minute > 59 || second > 59)
            return false;
        ticks = new TimeSpan(hour, minute, second).Ticks;
        if (!TrySkip(ref rest, '.'))
            return true;
        var digits = 0;
        var unit = TimeSpan.TicksPerSecond;
        for (; digits < rest.Length && char.IsAsciiDigit(rest[digits]); digits++)
        {
            unit /= 10;
            ticks += (rest[digits] - '0') * unit;
        }

        rest = rest[digits..];
        return digits > 0;
    }

    private static bool TryOffset(ReadOnlySpan<char> rest, out long ticks)
    {
        ticks = 0;
        if (rest.IsEmpty || rest is "Z" or "z")
            return true;
        if (rest[0] is not ('+' or '-'))
            return false;
        var sign = rest[0] == '-' ? -1 : 1;
        rest = rest[1..];
        if (!TryDigits(ref rest, 2, out var hours) || hours > MaxOffsetHours)
            return false;
        var minutes = 0;
        if (!rest.IsEmpty)
        {
            TrySkip(ref rest, ':');
            if (!TryDigits(ref rest, 2, out minutes) || minutes > 59 || !rest.IsEmpty)
                return false;
        }

        ticks = sign * new TimeSpan(hours, minutes, 0).Ticks;
        return true;
    }

    private static bool TryDigits(ref ReadOnlySpan<char> rest, int count, out int value)
    {
        value = 0;
        if (rest.Length < count)
            return false;
        foreach (var c in rest[..count])
        {
            if (!char.IsAsciiDigit(c))
                return false;
            value = (value * 10) + (c - '0');
        }

        rest = rest[count..];
        return true;
    }

    private static bool TrySkip(ref ReadOnlySpan<char> rest, char expected)
    {
        if (rest.IsEmpty || rest[0] != expected)
            return false;
        rest = rest[1..];
        return true;
    }
}
