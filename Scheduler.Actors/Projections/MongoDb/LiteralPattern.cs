using System.Globalization;
using System.Text;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>A regular expression that has a text in it and means nothing but that text.</summary>
internal static class LiteralPattern
{
    /// <summary>The expression: whatever of ASCII is no letter and no digit stands there by its number.</summary>
    public static string Of(string text)
    {
        var pattern = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (char.IsAscii(c) && !char.IsAsciiLetterOrDigit(c))
                pattern.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                pattern.Append(c);
        }

        return pattern.ToString();
    }
}
