using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>Status codes that an <see cref="HttpTarget"/> may answer with, both ends included: <c>204</c>, <c>200-299</c>.</summary>
/// <param name="First">The lowest, from 200.</param>
/// <param name="Last">The highest, up to 599.</param>
public sealed record StatusRange(int First, int Last)
{
    /// <summary>The lowest code that ends a request.</summary>
    public const int Least = 200;

    /// <summary>The highest code.</summary>
    public const int Most = 599;

    /// <summary>Whether <paramref name="status"/> is one of them.</summary>
    public bool Contains(int status) => status >= First && status <= Last;

    /// <summary>Reads a code or a range; false when the text is neither, or out of bounds.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out StatusRange? range)
    {
        range = null;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        var first = dash < 0 ? text : text[..dash];
        if (!int.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || !int.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var to))
        {
            return false;
        }

        range = from >= Least && to <= Most && from <= to ? new StatusRange(from, to) : null;
        return range is not null;
    }

    /// <inheritdoc />
    public override string ToString() => First == Last ? $"{First}" : $"{First}-{Last}";
}
