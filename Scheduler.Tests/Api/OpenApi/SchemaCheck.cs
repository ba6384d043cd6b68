using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Scheduler.Tests.Api.OpenApi;

/// <summary>As much of JSON Schema as the document uses to say what a value is.</summary>
internal sealed class SchemaCheck(Description document)
{
    /// <summary>What is wrong with <paramref name="value"/>.</summary>
    public IReadOnlyList<string> Errors(JsonElement schema, JsonElement value, string path)
    {
        schema = document.Resolve(schema);
        var errors = new List<string>();
        if (schema.TryGetProperty("type", out var type) && !Types(type).Any(t => Is(t, value)))
            return [$"{path} is {value.GetRawText()}, not {type.GetRawText()}"];
        if (schema.TryGetProperty("enum", out var words) && !words.EnumerateArray().Any(w => JsonElement.DeepEquals(w, value)))
            errors.Add($"{path} is {value.GetRawText()}, not one of {words.GetRawText()}");
        if (schema.TryGetProperty("anyOf", out var any) && !any.EnumerateArray().Any(s => Errors(s, value, path).Count == 0))
            errors.Add($"{path} is none of what it may be: {string.Join("; ", any.EnumerateArray().SelectMany(s => Errors(s, value, path)))}");
        if (schema.TryGetProperty("oneOf", out var one) && one.EnumerateArray().Count(s => Errors(s, value, path).Count == 0) != 1)
            errors.Add($"{path} is not exactly one of what it may be: {value.GetRawText()}");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                errors.AddRange(OfObject(schema, value, path));
                break;
            case JsonValueKind.Array when schema.TryGetProperty("items", out var items):
                errors.AddRange(value.EnumerateArray().SelectMany((item, i) => Errors(items, item, $"{path}[{i}]")));
                break;
            case JsonValueKind.String:
                errors.AddRange(OfText(schema, value.GetString()!, path));
                break;
            case JsonValueKind.Number:
                errors.AddRange(OfNumber(schema, value.GetDecimal(), path));
                break;
            default:
                break;
        }

        return errors;
    }

    private IEnumerable<string> OfObject(JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(n => n.GetString()!).Where(n => !value.TryGetProperty(n, out _)))
                yield return $"{path} has no {name}";
        }

        foreach (var member in value.EnumerateObject())
        {
            if (schema.TryGetProperty("properties", out var members) && members.TryGetProperty(member.Name, out var known))
            {
                foreach (var error in Errors(known, member.Value, $"{path}.{member.Name}"))
                    yield return error;
            }
            else if (schema.TryGetProperty("additionalProperties", out var others))
            {
                if (others.ValueKind is JsonValueKind.False)
                    yield return $"{path} has an unknown member {member.Name}";
                else if (others.ValueKind is JsonValueKind.Object)
                {
                    foreach (var error in Errors(others, member.Value, $"{path}.{member.Name}"))
                        yield return error;
                }
            }
        }
    }

    private static IEnumerable<string> OfText(JsonElement schema, string text, string path)
    {
        if (schema.TryGetProperty("pattern", out var pattern) && !Regex.IsMatch(text, pattern.GetString()!, RegexOptions.None, TimeSpan.FromSeconds(1)))
            yield return $"{path} is '{text}', which does not match {pattern}";
        if (schema.TryGetProperty("maxLength", out var most) && text.EnumerateRunes().Count() > most.GetInt32())
            yield return $"{path} is too long";
        if (schema.TryGetProperty("format", out var format) && format.ValueEquals("date-time")
            && !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
        {
            yield return $"{path} is '{text}', which is no date and time";
        }
    }

    private static IEnumerable<string> OfNumber(JsonElement schema, decimal number, string path)
    {
        if (schema.TryGetProperty("minimum", out var least) && number < least.GetDecimal())
            yield return $"{path} is {number}, below {least}";
        if (schema.TryGetProperty("maximum", out var most) && number > most.GetDecimal())
            yield return $"{path} is {number}, above {most}";
    }

    private static IEnumerable<string> Types(JsonElement type) =>
        type.ValueKind is JsonValueKind.Array ? type.EnumerateArray().Select(t => t.GetString()!) : [type.GetString()!];

    private static bool Is(string type, JsonElement value) => type switch
    {
        "object" => value.ValueKind is JsonValueKind.Object,
        "array" => value.ValueKind is JsonValueKind.Array,
        "string" => value.ValueKind is JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "null" => value.ValueKind is JsonValueKind.Null,
        "number" => value.ValueKind is JsonValueKind.Number,
        "integer" => value.ValueKind is JsonValueKind.Number && decimal.IsInteger(value.GetDecimal()),
        _ => throw new InvalidOperationException($"No rule for the type {type}."),
    };
}
