using System.Globalization;
using Microsoft.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>Describes one call of the API.</summary>
internal sealed class Call
{
    private readonly OpenApiOperation _operation;

    private Call(HttpMethod method, string path, string tag, string id, string summary)
    {
        Method = method;
        Path = path;
        _operation = new OpenApiOperation
        {
            OperationId = id,
            Summary = summary,
            Tags = new HashSet<OpenApiTagReference> { new(tag) },
            Responses = [],
        };
    }

    /// <summary>How it is called.</summary>
    public HttpMethod Method { get; }

    /// <summary>Where, as it is mapped.</summary>
    public string Path { get; }

    /// <summary>Begins to describe a call.</summary>
    /// <param name="call">Method and path: <c>GET /jobs</c>.</param>
    /// <param name="tag">What it is about.</param>
    /// <param name="id">A name for generated clients.</param>
    /// <param name="summary">What it does, in a line.</param>
    public static Call Of(string call, string tag, string id, string summary)
    {
        var space = call.IndexOf(' ', StringComparison.Ordinal);
        return new Call(HttpMethod.Parse(call.AsSpan(0, space)), call[(space + 1)..], tag, id, summary);
    }

    /// <summary>What more there is to know.</summary>
    public Call Saying(string description)
    {
        _operation.Description = description;
        return this;
    }

    /// <summary>What the path, the query and headers say.</summary>
    public Call Takes(params IEnumerable<OpenApiParameter> parameters)
    {
        _operation.Parameters = [.. _operation.Parameters ?? [], .. parameters];
        return this;
    }

    /// <summary>What the body is, in each of some media types. Bodies have bounds, and are read as JSON.</summary>
    public Call Sends(IOpenApiSchema schema, KeyValuePair<string, IOpenApiExample>[] examples, bool isRequired = true, params string[] mediaTypes)
    {
        _operation.RequestBody = new OpenApiRequestBody
        {
            Description = $"At most {RequestBody.MaxBytes.ToString("N0", CultureInfo.InvariantCulture)} bytes of UTF-8, nested at most {RequestBody.MaxDepth} deep.",
            Required = isRequired,
            Content = (mediaTypes.Length == 0 ? [JobEditEndpoints.Json] : mediaTypes).ToDictionary(
                m => m,
                _ => Content(schema, examples),
                StringComparer.Ordinal),
        };
        return Fails(StatusCodes.Status400BadRequest, ProblemResponses.InvalidBody)
            .Fails(StatusCodes.Status413PayloadTooLarge, StatusCodes.Status415UnsupportedMediaType);
    }

    /// <summary>What a stream of lines is.</summary>
    public Call SendsLines(string component, string description, KeyValuePair<string, IOpenApiExample>[] examples, IEnumerable<string> mediaTypes)
    {
        _operation.RequestBody = new OpenApiRequestBody
        {
            Description = description,
            Required = true,
            Content = mediaTypes.ToDictionary(m => m, m => Content(Lines(component, m), examples), StringComparer.Ordinal),
        };
        return Fails(StatusCodes.Status415UnsupportedMediaType);
    }

    /// <summary>An answer that is JSON.</summary>
    public Call Answers(int status, string description, IOpenApiSchema schema, KeyValuePair<string, IOpenApiExample> example, params string[] headers) =>
        Answers(status, description, JobEditEndpoints.Json, Content(schema, example), headers);

    /// <summary>An answer that is a stream of lines.</summary>
    public Call AnswersLines(int status, string description, string component, string mediaType, KeyValuePair<string, IOpenApiExample> example) =>
        Answers(status, description, mediaType, Content(Lines(component, mediaType), example), []);

    /// <summary>An answer that is a file.</summary>
    public Call AnswersBytes(int status, string description, string mediaType) =>
        Answers(status, description, mediaType, new OpenApiMediaType { Schema = new OpenApiSchema { Description = "Bytes." } }, []);

    /// <summary>An answer without a body.</summary>
    public Call AnswersNothing(int status, string description)
    {
        _operation.Responses![Key(status)] = new OpenApiResponse { Description = description };
        return this;
    }

    /// <summary>Problems that are the same for all calls.</summary>
    public Call Fails(params ReadOnlySpan<int> statuses)
    {
        foreach (var status in statuses)
            _operation.Responses![Key(status)] = ProblemResponses.Of(status);
        return this;
    }

    /// <summary>A problem of this call's own.</summary>
    public Call Fails(int status, IOpenApiResponse response)
    {
        _operation.Responses![Key(status)] = response;
        return this;
    }

    /// <summary>Parts that may not work.</summary>
    public Call Needs(OpenApiResponseReference unavailable) => Fails(StatusCodes.Status503ServiceUnavailable, unavailable);

    /// <summary>Puts it into a document, its answers ordered by status.</summary>
    public void AddTo(OpenApiDocument document)
    {
        var responses = new OpenApiResponses();
        foreach (var (status, response) in _operation.Responses!.OrderBy(r => r.Key, StringComparer.Ordinal))
            responses.Add(status, response);
        responses.Add("default", ProblemResponses.OfOthers());
        _operation.Responses = responses;
        if (!document.Paths.TryGetValue(Path, out var item))
            document.Paths.Add(Path, item = new OpenApiPathItem { Operations = [] });
        item.Operations!.Add(Method, _operation);
    }

    private Call Answers(int status, string description, string mediaType, OpenApiMediaType content, string[] headers)
    {
        _operation.Responses![Key(status)] = new OpenApiResponse
        {
            Description = description,
            Headers = Headers.Some(headers),
            Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal) { [mediaType] = content },
        };
        return this;
    }

    private static OpenApiSchema Lines(string component, string mediaType) => new()
    {
        Type = JsonSchemaType.String,
        Description = $"Lines, each of them a {component}.",
        ContentMediaType = mediaType,
        ContentSchema = Shape.Of(component),
    };

    private static OpenApiMediaType Content(IOpenApiSchema schema, params KeyValuePair<string, IOpenApiExample>[] examples) => new()
    {
        Schema = schema,
        Examples = examples.ToDictionary(e => e.Key, e => SharedExamples.ByReference(e), StringComparer.Ordinal),
    };

    private static string Key(int status) => status.ToString(CultureInfo.InvariantCulture);
}
