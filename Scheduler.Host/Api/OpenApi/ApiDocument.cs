using Microsoft.OpenApi;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>
/// The API, described: an OpenAPI 3.1 document, the same on every node. It is made of the tables that requests are read with and of the
/// contracts that answers are written from; by hand it only says what things mean.
/// </summary>
internal static class ApiDocument
{
    private const string Description =
        """
        Jobs that fire on time, are retried, and are never lost.

        Times are RFC 3339 and mean UTC without an offset. Durations are ISO 8601, or a number of seconds. Errors are RFC 9457
        `application/problem+json`, with every invalid field named at once; unknown fields and parameters are errors. A `GET` answers a `HEAD`
        as well. Once a call was answered, lists and jobs show it through any node.
        """;

    /// <summary>The document's text.</summary>
    public static async Task<byte[]> WriteAsync()
    {
        using var text = new MemoryStream();
        await Create().SerializeAsJsonAsync(text, OpenApiSpecVersion.OpenApi3_1, CancellationToken.None);
        return text.ToArray();
    }

    /// <summary>The document.</summary>
    public static OpenApiDocument Create()
    {
        var document = new OpenApiDocument
        {
            Info = new OpenApiInfo
            {
                Title = "Scheduler",
                Version = "1",
                Description = Description.ReplaceLineEndings("\n"),
            },
            Servers = [new OpenApiServer { Url = "/" }],
            Paths = [],
            Tags = new HashSet<OpenApiTag>(Tags.All()),
            Components = new OpenApiComponents
            {
                Schemas = new Dictionary<string, IOpenApiSchema>(Schemas(), StringComparer.Ordinal),
                Responses = new Dictionary<string, IOpenApiResponse>(ProblemResponses.All(), StringComparer.Ordinal),
                Examples = new Dictionary<string, IOpenApiExample>(SharedExamples.All, StringComparer.Ordinal),
                Headers = new Dictionary<string, IOpenApiHeader>(Headers.All, StringComparer.Ordinal),
            },
        };
        foreach (var call in Calls())
            call.AddTo(document);
        return document;
    }

    private static IEnumerable<Call> Calls() => [.. JobCalls.All(), .. RunCalls.All(), .. OperationsCalls.All()];

    private static IEnumerable<KeyValuePair<string, IOpenApiSchema>> Schemas() =>
    [
        .. DefinitionSchemas.All(),
        .. CommandSchemas.All(),
        .. JobSchemas.All(),
        .. RunSchemas.All(),
        .. OperationsSchemas.All(),
    ];
}
