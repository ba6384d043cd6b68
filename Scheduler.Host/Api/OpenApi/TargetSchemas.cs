using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What a run does.</summary>
internal static class TargetSchemas
{
    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        yield return new(Components.Target, new OpenApiSchema
        {
            Description = "What a run does: exactly one kind of target.",
            OneOf = [.. TargetReader.Kinds.Select(f => Shape.Closed(Description(f), [f], Members(f)))],
            Default = new JsonObject { ["handler"] = HandlerTarget.Default.Name },
        });
        yield return new(Components.HttpTarget, Shape.Closed(
            "An HTTP request. A status of `success` completes the run; the run's id is sent as `Idempotency-Key`. Placeholders are filled in `url`, header values, `body` and `text`: " + string.Join(", ", Placeholders.Names.Select(n => $"`{{{{{n}}}}}`")) + ".",
            ["url"],
            TargetReader.HttpFields.Select(f => KeyValuePair.Create(f, f == "url" ? OfHttp(f) : Shape.OrNull(OfHttp(f))))));
        yield return new(Components.AmqpTarget, AmqpSchema.Target());
    }

    private static string Description(string kind) => kind switch
    {
        "handler" => "Code in the scheduler's process.",
        "http" => "An HTTP request.",
        "amqp" => "A message for an AMQP 0-9-1 broker.",
        _ => throw new InvalidOperationException($"No description of the target '{kind}'."),
    };

    private static IEnumerable<KeyValuePair<string, IOpenApiSchema>> Members(string kind)
    {
        yield return KeyValuePair.Create(kind, Kind(kind));
        if (kind == "handler")
            yield return KeyValuePair.Create("version", Shape.OrNull(Shape.Whole("The handler's version.", 1, HandlerTarget.MaxVersion, 1)));
    }

    private static IOpenApiSchema Kind(string kind) => kind switch
    {
        "handler" => Shape.Text("The name that the handler is registered under. One that no node has is waited for.", HandlerTarget.MaxNameLength, minLength: 1),
        "http" => Shape.Of(Components.HttpTarget),
        "amqp" => Shape.Of(Components.AmqpTarget),
        _ => throw new InvalidOperationException($"No shape for the target '{kind}'."),
    };

    private static OpenApiSchema OfHttp(string name) => name switch
    {
        "method" => Shape.Word("In any case.", TargetReader.Methods, TargetReader.DefaultMethod),
        "url" => Url(),
        "headers" => Headers(),
        "body" => Shape.Any("Any JSON value; left out, no body is sent. A string that is one placeholder becomes its value, with its type."),
        "text" => Shape.Text("Sent instead of `body`, as `text/plain` unless `headers` has a `Content-Type`.", TargetReader.MaxTextLength),
        "secret" => Shape.Text("The name of a secret of the scheduler's configuration: the request is signed with it after the Standard Webhooks specification.", TargetReader.MaxSecretLength, minLength: 1),
        "success" => Success(),
        "follow_redirects" => new OpenApiSchema { Type = JsonSchemaType.Boolean, Description = $"Whether up to {HttpTargetOptions.MostRedirects} redirects are followed.", Default = false },
        "keep_headers" => Shape.List("The header fields of the answer that are kept in the run's `output`.", Shape.Text("A field name.", TargetReader.MaxHeaderLength, minLength: 1), TargetReader.MaxKeptHeaders),
        _ => throw new InvalidOperationException($"No shape for an HTTP target's '{name}'."),
    };

    private static OpenApiSchema Success()
    {
        var code = Shape.Text("A status code, or a range of them: `200-299`.");
        code.Type = JsonSchemaType.String | JsonSchemaType.Integer;
        return Shape.List("What completes the run; left out, the 2xx class.", code, TargetReader.MaxRanges);
    }

    private static OpenApiSchema Url()
    {
        var url = Shape.Text("An absolute http or https address without user name or password.", TargetReader.MaxUrlLength);
        url.Format = "uri";
        return url;
    }

    private static OpenApiSchema Headers()
    {
        var headers = Shape.AnyObject($"What the scheduler or HTTP itself decides cannot be set: {string.Join(", ", TargetReader.ReservedHeaders)}.");
        headers.MaxProperties = TargetReader.MaxHeaders;
        headers.AdditionalProperties = Shape.Text("Printable ASCII.", TargetReader.MaxHeaderLength);
        return headers;
    }
}
