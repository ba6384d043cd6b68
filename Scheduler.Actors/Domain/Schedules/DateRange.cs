using System.Globalization;
using System.Runtime.InteropServices;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>Whole days of a time zone, first and last included.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day, not before the first.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct DateRange(DateOnly First, DateOnly Last)
{
    private const string Format = "yyyy-MM-dd";

    /// <summary>Reads <c>2026-12-25</c>, or <c>2026-12-24/2027-01-01</c>; false for anything else, and for a range that ends before it begins.</summary>
    public static bool TryParse(string? text, out DateRange range)
    {
        range = default;
        var parts = text?.Split('/');
        if (parts is not { Length: 1 or 2 } || !TryDay(parts[0], out var first) || !TryDay(parts[^1], out var last) || last < first)
            return false;
        range = new DateRange(first, last);
        return true;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => First == Last ? Day(First) : $"{Day(First)}/{Day(Last)}";

    private static string Day(DateOnly day) => day.ToString(Format, CultureInfo.InvariantCulture);

    private static bool TryDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
}
