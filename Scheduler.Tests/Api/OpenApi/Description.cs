using System.Globalization;
using System.Net;
using System.Text.Json;
using Scheduler.Host.Api.OpenApi;
using Xunit;

namespace Scheduler.Tests.Api.OpenApi;

/// <summary>The document that the API is described by, to be asked.</summary>
internal sealed class Description
{
    /// <summary>The headers that the document must name where they are sent; others are the server's business.</summary>
    private static readonly string[] DescribedHeaders = ["ETag", "Location", "Link", "Idempotent-Replayed", "Retry-After", "Accept-Patch"];

    private static readonly Lazy<Task<Description>> Once = new(ReadAsync);

    private Description(JsonElement root) => Root = root;

    /// <summary>The document.</summary>
    public JsonElement Root { get; }

    /// <summary>Its schemas by name.</summary>
    public JsonElement Schemas => Root.GetProperty("components").GetProperty("schemas");

    /// <summary>All its operations.</summary>
    public IEnumerable<(string Method, string Path, JsonElement Operation)> Operations =>
        from path in Root.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select (operation.Name.ToUpperInvariant(), path.Name, operation.Value);

    /// <summary>The document.</summary>
    public static Task<Description> OfApi => Once.Value;

    /// <summary>What a reference refers to; anything else as it is.</summary>
    public JsonElement Resolve(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object || !element.TryGetProperty("$ref", out var reference))
            return element;
        var target = Root;
        foreach (var step in reference.GetString()!.Split('/').Skip(1))
            Assert.True(target.TryGetProperty(step, out target), $"{reference} leads nowhere.");
        return Resolve(target);
    }

    /// <summary>The names of a schema's members.</summary>
    public IEnumerable<string> Members(string schema) => Schemas.GetProperty(schema).GetProperty("properties").EnumerateObject().Select(p => p.Name);

    /// <summary>Checks an answer of a call, if the document has the call: its status, headers, media type and body are as described.</summary>
    public void Check(HttpRequestMessage request, ApiAnswer answer)
    {
        var path = request.RequestUri!.OriginalString.Split('?')[0];
        if (Uri.TryCreate(path, UriKind.Absolute, out var address))
            path = address.AbsolutePath;
        var calls = Operations.Where(o => o.Method == request.Method.Method && IsAt(path, o.Path)).ToArray();
        if (calls is [var call])
            Check($"{call.Method} {call.Path}", call.Operation, answer);
    }

    private void Check(string call, JsonElement operation, ApiAnswer answer)
    {
        var responses = operation.GetProperty("responses");
        var status = ((int)answer.Status).ToString(CultureInfo.InvariantCulture);
        if (!responses.TryGetProperty(status, out var reference))
        {
            Assert.True(answer.Status is HttpStatusCode.InternalServerError, $"{call} does not say that it answers {status}: {answer.Text}");
            reference = responses.GetProperty("default");
        }

        var response = Resolve(reference);
        var described = response.TryGetProperty("headers", out var headers) ? headers.EnumerateObject().Select(h => h.Name).ToArray() : [];
        Assert.All(DescribedHeaders.Where(h => answer.Headers.NonValidated.Contains(h)), h => Assert.Contains(h, described));
        if (!response.TryGetProperty("content", out var content))
        {
            Assert.Empty(answer.Text);
            return;
        }

        var type = answer.ContentHeaders.ContentType?.MediaType ?? "none";
        Assert.True(content.TryGetProperty(type, out var body), $"{call} does not say that it answers {type}.");
        Check(body.GetProperty("schema"), answer.Text, $"{call} {status}");
        if (type == "application/problem+json" && answer.Status is not HttpStatusCode.InternalServerError)
            Assert.Contains(answer.Json.GetProperty("type").GetString()!, body.GetProperty("examples").EnumerateObject().Select(e => e.Name));
    }

    /// <summary>Checks a body, or each line of one.</summary>
    public void Check(JsonElement schema, string text, string what)
    {
        if (!schema.TryGetProperty("contentSchema", out var line))
        {
            using var json = JsonDocument.Parse(text);
            Check(schema, json.RootElement, what);
            return;
        }

        foreach (var part in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Check(line, part, what);
    }

    /// <summary>Checks a value.</summary>
    public void Check(JsonElement schema, JsonElement value, string what) => Assert.Equal([], new SchemaCheck(this).Errors(schema, value, what));

    /// <summary>Whether a path is routed by a template; with the character NUL it is refused before it is routed.</summary>
    private static bool IsAt(string path, string template)
    {
        var (parts, places) = (path.Split('/'), template.Split('/'));
        return parts.Length == places.Length && parts.Zip(places).All(p => p.Second == "{id}" ? !p.First.Contains("%00", StringComparison.Ordinal) : p.First == p.Second);
    }

    private static async Task<Description> ReadAsync()
    {
        using var json = JsonDocument.Parse(await ApiDocument.WriteAsync());
        return new Description(json.RootElement.Clone());
    }
}
