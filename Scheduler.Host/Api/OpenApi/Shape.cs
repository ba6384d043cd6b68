using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>The shapes that JSON values of this API have.</summary>
internal static class Shape
{
    /// <summary>Text.</summary>
    public static OpenApiSchema Text(string description, int? maxLength = null, int? minLength = null) => new()
    {
        Type = JsonSchemaType.String,
        Description = description,
        MaxLength = maxLength,
        MinLength = minLength,
    };

    /// <summary>One of some words.</summary>
    public static OpenApiSchema Word(string description, IEnumerable<string> words, string? otherwise = null) => new()
    {
        Type = JsonSchemaType.String,
        Description = description,
        Enum = [.. words.Select(w => (JsonNode)w)],
        Default = otherwise,
    };

    /// <summary>A whole number.</summary>
    public static OpenApiSchema Whole(string description, long? least = null, long? most = null, long? otherwise = null) => new()
    {
        Type = JsonSchemaType.Integer,
        Description = description,
        Minimum = least?.ToString(CultureInfo.InvariantCulture),
        Maximum = most?.ToString(CultureInfo.InvariantCulture),
        Default = otherwise,
    };

    /// <summary>Any number.</summary>
    public static OpenApiSchema Fraction(string description, double least, double most) => new()
    {
        Type = JsonSchemaType.Number,
        Description = description,
        Minimum = least.ToString(CultureInfo.InvariantCulture),
        Maximum = most.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>An instant. Requests may leave the offset out; it is then UTC.</summary>
    public static OpenApiSchema Instant(string description) => new()
    {
        Type = JsonSchemaType.String,
        Format = "date-time",
        Description = description,
    };

    /// <summary>An array.</summary>
    public static OpenApiSchema List(string description, IOpenApiSchema item, int? maxItems = null, bool isDistinct = false) => new()
    {
        Type = JsonSchemaType.Array,
        Description = description,
        Items = item,
        MaxItems = maxItems,
        UniqueItems = isDistinct ? true : null,
    };

    /// <summary>An object that the scheduler carries and does not interpret.</summary>
    public static OpenApiSchema AnyObject(string description) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
    };

    /// <summary>A value that the scheduler carries and does not interpret.</summary>
    public static OpenApiSchema Any(string description) => new() { Description = description };

    /// <summary>An object with these members and no others.</summary>
    public static OpenApiSchema Closed(string description, IEnumerable<string> required, IEnumerable<KeyValuePair<string, IOpenApiSchema>> members) => new()
    {
        Type = JsonSchemaType.Object,
        Description = description,
        Required = new HashSet<string>(required, StringComparer.Ordinal),
        Properties = new Dictionary<string, IOpenApiSchema>(members, StringComparer.Ordinal),
        AdditionalPropertiesAllowed = false,
    };

    /// <summary>A component by its name.</summary>
    public static OpenApiSchemaReference Of(string component) => new(component);

    /// <summary>The same, or null.</summary>
    public static IOpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is not OpenApiSchema own)
            return new OpenApiSchema { OneOf = [new OpenApiSchema { Type = JsonSchemaType.Null }, schema] };
        var copy = (OpenApiSchema)own.CreateShallowCopy();
        if (copy.Type is { } type)
            copy.Type = type | JsonSchemaType.Null;
        if (copy.Enum is { } words)
            copy.Enum = [.. words, JsonNullSentinel.JsonNull];
        return copy;
    }
}
