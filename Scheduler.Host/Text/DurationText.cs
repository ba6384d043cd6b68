using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Xml;

namespace Scheduler.Host.Text;

/// <summary>
/// Durations as text: ISO 8601 with weeks, days, hours, minutes and seconds. Years and months are refused, because they have no fixed
/// length. Durations are whole milliseconds, rounded up.
/// </summary>
internal static class DurationText
{
    /// <summary>What a duration must look like, for error messages.</summary>
    public const string Expected = "an ISO 8601 duration, like PT90S or P1DT12H, or a number of seconds";

    private static readonly (char Unit, decimal Seconds)[] DateUnits = [('W', 604_800), ('D', 86_400)];

    private static readonly (char Unit, decimal Seconds)[] TimeUnits = [('H', 3_600), ('M', 60), ('S', 1)];

    /// <summary>Reads an ISO 8601 duration, maybe negative; false when the text is not one, or is out of range.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration)
    {
        duration = default;
        var rest = text.AsSpan();
        var isNegative = rest.StartsWith('-');
        if (isNegative)
            rest = rest[1..];
        if (!rest.StartsWith('P'))
            return false;
        rest = rest[1..];
        var time = rest.IndexOf('T');
        var seconds = 0m;
        if (time == rest.Length - 1 || rest.IsEmpty)
            return false;
        if (!TryAdd(time < 0 ? rest : rest[..time], DateUnits, ref seconds) || (time >= 0 && !TryAdd(rest[(time + 1)..], TimeUnits, ref seconds)))
            return false;
        return TryFromSeconds(isNegative ? -seconds : seconds, out duration);
    }

    /// <summary>A number of seconds as a duration; false when it is out of range.</summary>
    public static bool TryFromSeconds(decimal seconds, out TimeSpan duration)
    {
        duration = default;
        if (Math.Abs(seconds) > (decimal)TimeSpan.MaxValue.TotalSeconds - 1)
            return false;
        duration = TimeSpan.FromTicks((long)decimal.Ceiling(seconds * 1000) * TimeSpan.TicksPerMillisecond);
        return true;
    }

    /// <summary>The shortest ISO 8601 text.</summary>
    public static string Format(TimeSpan duration) => XmlConvert.ToString(duration);

    private static bool TryAdd(ReadOnlySpan<char> rest, (char Unit, decimal Seconds)[] units, ref decimal sum)
    {
        var next = 0;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept("0123456789.");
            if (digits <= 0 || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
                return false;
            var unit = -1;
            for (var i = next; i < units.Length && unit < 0; i++)
            {
                if (units[i].Unit == rest[digits])
                    unit = i;
            }

            // Only the smallest unit may have a fraction, and units come in order, each at most once.
            var isLast = digits == rest.Length - 1;
            if (unit < 0 || (!isLast && rest[..digits].Contains('.')))
                return false;
            if (value > (decimal)TimeSpan.MaxValue.TotalSeconds)
                return false;
            sum += value * units[unit].Seconds;
            next = unit + 1;
            rest = rest[(digits + 1)..];
        }

        return true;
    }
}
