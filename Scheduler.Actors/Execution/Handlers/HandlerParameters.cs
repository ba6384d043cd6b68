using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Execution.Handlers;

/// <summary>Reads a job's parameters as the type that a handler takes, and says what is wrong with them without a word of that type.</summary>
internal static class HandlerParameters
{
    private static readonly JsonText s_none = new("{}");

    /// <summary>How parameters are read and outputs written.</summary>
    public static JsonSerializerOptions Json { get; } = Options();

    /// <summary>Reads them.</summary>
    /// <param name="parameters">A JSON object; null for an empty one.</param>
    /// <param name="value">What was read; the type's default when something is wrong.</param>
    /// <returns>What is wrong; empty for nothing.</returns>
    public static IReadOnlyList<ParameterError> Read<T>(JsonText? parameters, out T? value)
    {
        value = default;
        using var json = JsonDocument.Parse((parameters ?? s_none).Raw);
        var errors = Members(json.RootElement, Json.GetTypeInfo(typeof(T))).ToList();
        if (errors.Count > 0)
            return errors;
        try
        {
            value = json.RootElement.Deserialize<T>(Json);
        }
        catch (JsonException e)
        {
            return [new ParameterError(PathOf(e), "is not what the handler takes there")];
        }

        return value is null ? [new ParameterError("", "must not be null")] : Annotated(value);
    }

    /// <summary>What the type's own members say: the serializer would name the first only, and the type.</summary>
    private static IEnumerable<ParameterError> Members(JsonElement json, JsonTypeInfo type)
    {
        if (type.Kind is not JsonTypeInfoKind.Object)
            yield break;
        var known = type.Properties.Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject().Where(m => !known.Contains(m.Name)))
            yield return new ParameterError(member.Name, known.Count == 0 ? "is unknown: the handler takes none" : $"is unknown; known: {string.Join(", ", known)}");
        foreach (var property in type.Properties.Where(p => IsRequired(p) && !json.TryGetProperty(p.Name, out _)))
            yield return new ParameterError(property.Name, "is required");
    }

    private static bool IsRequired(JsonPropertyInfo property) => property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false };

    private static IReadOnlyList<ParameterError> Annotated(object value)
    {
        var found = new List<ValidationResult>();
        Validator.TryValidateObject(value, new ValidationContext(value), found, validateAllProperties: true);
        return
        [
            .. found.SelectMany(
                result => result.MemberNames.DefaultIfEmpty(""),
                (result, member) => new ParameterError(JsonNamingPolicy.SnakeCaseLower.ConvertName(member), $"is not valid: {result.ErrorMessage}")),
        ];
    }

    /// <summary><c>$.rows[2].name</c> without its beginning.</summary>
    private static string PathOf(JsonException e) => e.Path is { Length: > 2 } path ? path[2..] : "";

    private static JsonSerializerOptions Options()
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
