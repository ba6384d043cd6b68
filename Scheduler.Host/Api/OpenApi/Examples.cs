using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>Examples, each under a name.</summary>
internal static class Examples
{
    /// <summary>An example that is JSON text.</summary>
    public static KeyValuePair<string, IOpenApiExample> Json(string name, string summary, string json) => Of(name, summary, JsonNode.Parse(json));

    /// <summary>An example that is what the API would write.</summary>
    public static KeyValuePair<string, IOpenApiExample> Written<T>(string name, string summary, T value, JsonTypeInfo<T> type) =>
        Of(name, summary, JsonSerializer.SerializeToNode(value, type));

    /// <summary>An example that is text.</summary>
    public static KeyValuePair<string, IOpenApiExample> Text(string name, string summary, string text) => Of(name, summary, JsonValue.Create(text));

    private static KeyValuePair<string, IOpenApiExample> Of(string name, string summary, JsonNode? value) => new(name, new OpenApiExample
    {
        Summary = summary,
        Value = value,
    });
}
