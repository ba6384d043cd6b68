using System.Text.Json;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Reading;

/// <summary>
/// Reads a JSON object's members one by one and notes what is wrong with each, unknown ones included. A member that is null counts as
/// left out.
/// </summary>
internal readonly struct ObjectReader
{
    /// <summary>The path of the body itself.</summary>
    private const string Body = "body";

    private readonly JsonElement _object;
    private readonly string _path;
    private readonly FieldErrors _errors;

    private readonly string? _hidden;

    private ObjectReader(JsonElement value, string path, FieldErrors errors, string? hidden = null)
    {
        _object = value;
        _path = path;
        _errors = errors;
        _hidden = hidden;
    }

    /// <summary>Begins to read; false, and noted, when <paramref name="value"/> is not an object.</summary>
    /// <param name="value">What should be an object.</param>
    /// <param name="path">Where it is; empty for the body itself.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="known">The names of all members that there are.</param>
    /// <param name="reader">Reads the members.</param>
    /// <param name="alsoKnown">The names of members that there are and that errors do not speak of.</param>
    public static bool TryOpen(JsonElement value, string path, FieldErrors errors, string[] known, out ObjectReader reader, string[]? alsoKnown = null)
    {
        reader = new ObjectReader(value, path, errors);
        if (value.ValueKind is not JsonValueKind.Object)
        {
            errors.Add(path.Length == 0 ? Body : path, $"must be an object, not {Kind(value)}");
            return false;
        }

        foreach (var member in value.EnumerateObject())
            reader.Check(member, known, alsoKnown);
        return true;
    }

    /// <summary>The member's path.</summary>
    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>Notes an error of a member.</summary>
    public void Error(string name, string message) => _errors.Add(PathOf(name), message);

    /// <summary>The member as it is; false when it is left out.</summary>
    public bool TryGet(string name, out JsonElement value) =>
        _object.TryGetProperty(name, out value) && value.ValueKind is not JsonValueKind.Null && name != _hidden;

    /// <summary>The same object, as if a member were left out.</summary>
    public ObjectReader Without(string name) => new(_object, _path, _errors, name);

    /// <summary>Opens a member that is an object; false when it is left out, or is none.</summary>
    public bool TryObject(string name, string[] known, out ObjectReader reader)
    {
        reader = default;
        return TryGet(name, out var value) && TryOpen(value, PathOf(name), _errors, known, out reader);
    }

    /// <summary>A member that is text; null when it is left out, or wrong.</summary>
    public string? Text(string name, int? maxLength = null) =>
        TryGet(name, out var value) ? TextOf(value, PathOf(name), maxLength) : null;

    /// <summary>Reads text; null, and noted, when it is none.</summary>
    public string? TextOf(JsonElement value, string path, int? maxLength = null)
    {
        if (value.ValueKind is not JsonValueKind.String)
        {
            _errors.Add(path, $"must be a string, not {Kind(value)}");
            return null;
        }

        if (!CarriedJson.TryText(value, out var text))
        {
            _errors.Add(path, "must be text: it holds half of a surrogate pair");
            return null;
        }

        if (text.Contains('\0'))
        {
            _errors.Add(path, "must not contain the character NUL");
            return null;
        }

        if (maxLength is { } max && text.Length > max && text.EnumerateRunes().Count() > max)
        {
            _errors.Add(path, $"must have at most {max} characters");
            return null;
        }

        return text;
    }

    /// <summary>A member that is a whole number within bounds; null when it is left out, or wrong.</summary>
    public int? Number(string name, int least, int most) => (int?)LongNumber(name, least, most);

    /// <summary>A member that is a whole number within bounds, and may be large; null when it is left out, or wrong.</summary>
    public long? LongNumber(string name, long least, long most)
    {
        if (!TryGet(name, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out var number)
            && number >= least && number <= most && decimal.IsInteger(number))
        {
            return (long)number;
        }

        var expected = $"must be a whole number from {least} to {most}";
        Error(name, value.ValueKind is JsonValueKind.Number ? expected : $"{expected}, not {Kind(value)}");
        return null;
    }

    /// <summary>A member that is any number within bounds; null when it is left out, or wrong.</summary>
    public double? Fraction(string name, double least, double most)
    {
        if (!TryGet(name, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most)
            return number;
        var expected = $"must be a number from {least} to {most}";
        Error(name, value.ValueKind is JsonValueKind.Number ? expected : $"{expected}, not {Kind(value)}");
        return null;
    }

    /// <summary>A member that is true or false; null when it is left out, or wrong.</summary>
    public bool? Flag(string name)
    {
        if (!TryGet(name, out var value))
            return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        Error(name, $"must be a boolean: true or false, not {Kind(value)}");
        return null;
    }

    /// <summary>The items of a member that is an array, each with its path in this object; none when it is left out, or wrong.</summary>
    public IEnumerable<(string Path, JsonElement Item)> Items(string name, int most)
    {
        if (!TryGet(name, out var value))
            return [];
        if (value.ValueKind is JsonValueKind.Array && value.GetArrayLength() <= most)
            return value.EnumerateArray().Select((item, i) => ($"{name}[{i}]", item));
        Error(name, value.ValueKind is JsonValueKind.Array ? $"must have at most {most} items" : $"must be an array, not {Kind(value)}");
        return [];
    }

    /// <summary>A member that is one of some words; null when it is left out, or wrong.</summary>
    public string? Word(string name, IReadOnlyList<string> words, bool ignoreCase = false)
    {
        if (Text(name) is not { } text)
            return null;
        if (words.Contains(text, ignoreCase ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal))
            return text;
        Error(name, $"must be one of: {string.Join(", ", words)}");
        return null;
    }

    /// <summary>A member that is an instant; null when it is left out, or wrong.</summary>
    public DateTimeOffset? Instant(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (InstantText.TryParse(text, out var instant))
            return instant;
        Error(name, $"must be {InstantText.Expected}, within the years 1 to 9999");
        return null;
    }

    /// <summary>A member that is a duration; null when it is left out, or wrong.</summary>
    public TimeSpan? Duration(string name, TimeSpan least, TimeSpan most)
    {
        if (!TryGet(name, out var value))
            return null;
        TimeSpan duration;
        switch (value.ValueKind)
        {
            case JsonValueKind.Number when value.TryGetDecimal(out var seconds) && DurationText.TryFromSeconds(seconds, out duration):
            case JsonValueKind.String when CarriedJson.TryText(value, out var text) && DurationText.TryParse(text, out duration):
                break;
            case JsonValueKind.Number:
                Error(name, "is out of range");
                return null;
            default:
                Error(name, $"must be {DurationText.Expected}");
                return null;
        }

        if (duration >= least && duration <= most)
            return duration;
        Error(name, $"must be from {DurationText.Format(least)} to {DurationText.Format(most)}");
        return null;
    }

    /// <summary>What kind of value it is, in words.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Null or JsonValueKind.Undefined => "null",
        _ => throw new InvalidOperationException($"No rule for {value.ValueKind}."),
    };

    private void Check(JsonProperty member, string[] known, string[]? alsoKnown)
    {
        if (!CarriedJson.TryName(member, out var name))
        {
            _errors.Add(_path.Length == 0 ? Body : _path, "has a field whose name is no text");
            return;
        }

        if (Array.IndexOf(known, name) >= 0 || (alsoKnown is not null && Array.IndexOf(alsoKnown, name) >= 0))
            return;
        Error(name, NearestName.Find(name, known) is { } nearest
            ? $"is not a known field; did you mean '{nearest}'?"
            : $"is not a known field; known here: {string.Join(", ", known)}");
    }
}
