using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>A gap's sentence. Instants are written as the API writes them; nothing is written for what holds.</summary>
[InterpolatedStringHandler]
internal readonly struct GapText
{
    private const string InstantFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";

    private readonly StringBuilder? _text;

    public GapText(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (24 * formattedCount));

    public GapText(int literalLength, int formattedCount, bool holds, out bool isWanted)
    {
        isWanted = !holds;
        _text = isWanted ? new StringBuilder(literalLength + (24 * formattedCount)) : null;
    }

    public void AppendLiteral(string text) => _text?.Append(text);

    public void AppendFormatted(DateTimeOffset instant) => _text?.Append(instant.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture));

    public void AppendFormatted(DateTimeOffset? instant)
    {
        if (instant is { } known)
            AppendFormatted(known);
        else
            AppendLiteral("nothing");
    }

    public void AppendFormatted<T>(T value) => _text?.Append(CultureInfo.InvariantCulture, $"{value}");

    public string ToText() => _text?.ToString() ?? "";
}
