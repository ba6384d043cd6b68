using System.Buffers;
using System.Text;
using System.Text.Json;
using Scheduler.Actors.Domain;

namespace Scheduler.Host.Api.Reading;

/// <summary>JSON that the scheduler carries and never interprets: its text without the white space between tokens.</summary>
internal static class CarriedJson
{
    private static readonly SearchValues<char> WhiteSpace = SearchValues.Create(" \t\r\n");

    /// <summary>The value's text; false when a string in it is no text, so that nobody could read it back.</summary>
    public static bool TryRead(JsonElement value, out JsonText json)
    {
        json = default;
        var raw = value.GetRawText();
        if (raw.Contains("\\u", StringComparison.Ordinal) && !IsText(value))
            return false;
        json = new JsonText(raw.AsSpan().ContainsAny(WhiteSpace) ? Compact(raw) : raw);
        return true;
    }

    /// <summary>A string may hold an escaped half of a surrogate pair: well-formed JSON, and no text.</summary>
    public static bool TryText(JsonElement value, out string text)
    {
        try
        {
            text = value.GetString() ?? "";
            return true;
        }
        catch (InvalidOperationException)
        {
            text = "";
            return false;
        }
    }

    /// <summary>A member's name; false when it is no text, for the same reason.</summary>
    public static bool TryName(JsonProperty member, out string name)
    {
        try
        {
            name = member.Name;
            return true;
        }
        catch (InvalidOperationException)
        {
            name = "";
            return false;
        }
    }

    private static bool IsText(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => TryText(value, out _),
        JsonValueKind.Array => value.EnumerateArray().All(IsText),
        JsonValueKind.Object => value.EnumerateObject().All(p => TryName(p, out _) && IsText(p.Value)),
        _ => true,
    };

    private static string Compact(string raw)
    {
        var compact = new StringBuilder(raw.Length);
        var isInString = false;
        for (var i = 0; i < raw.Length; i++)
        {
            var c = raw[i];
            if (isInString && c == '\\')
            {
                compact.Append(c).Append(raw[++i]);
                continue;
            }

            if (c == '"')
                isInString = !isInString;
            if (isInString || !WhiteSpace.Contains(c))
                compact.Append(c);
        }

        return compact.ToString();
    }
}
