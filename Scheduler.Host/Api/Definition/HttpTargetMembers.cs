using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Definition;

/// <summary>An HTTP request.</summary>
internal static class HttpTargetMembers
{
    private const int MaxUrlLength = 2048;
    private const int MaxHeaders = 64;
    private const int MaxHeaderLength = 4096;
    private const int MaxTextLength = 1 << 18;
    private const int MaxSecretLength = 128;
    private const int MaxKeptHeaders = 16;
    private const int MaxRanges = 16;

    /// <summary>What the scheduler, or HTTP itself, decides.</summary>
    internal static readonly string[] ReservedHeaders =
    [
        "Connection", "Content-Length", "Expect", "Host", "Idempotency-Key", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "webhook-id", "webhook-signature", "webhook-timestamp", "traceparent",
    ];

    private static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    private static readonly Kind<string> Method = new(
        (reader, name, out method) => (method = reader.Word(name, Methods, ignoreCase: true)?.ToUpperInvariant()!) is not null,
        (json, method) => json.WriteStringValue(method),
        () => Shape.Word("", Methods));

    private static readonly Kind<string> Url = Kinds.Text(MaxUrlLength).Where(CheckUrl);

    private static readonly Kind<ValueList<HttpHeader>> Headers = new(TryReadHeaders, WriteHeaders, () =>
    {
        var headers = Shape.AnyObject("");
        headers.MaxProperties = MaxHeaders;
        headers.AdditionalProperties = Shape.Text("Printable ASCII.", MaxHeaderLength);
        return headers;
    });

    private static readonly Kind<ValueList<StatusRange>> Ranges = Kinds.List<StatusRange>(
        MaxRanges,
        Shape.Text("A status code, or a range of them: `204`, `200-299`. Requests may have a code as a number."),
        (text, _, out range) => StatusRange.TryParse(text, out range!) ? null : "must be a status code from 200 to 599, or a range of them like \"200-299\"",
        takesNumbers: true);

    private static readonly Kind<ValueList<string>> FieldNames = Kinds.List<string>(
        MaxKeptHeaders,
        Shape.Text("A field name.", MaxHeaderLength, minLength: 1),
        (text, before, out name) =>
        {
            name = text;
            return !TargetKinds.IsFieldName(text) ? "is not an HTTP field name"
                : before.Contains(text, StringComparer.OrdinalIgnoreCase) ? "is there already: field names do not differ by case"
                : null;
        });

    /// <summary>What nothing is said of yet.</summary>
    public static readonly HttpTarget Start = new("POST", "", [], Body: null);

    /// <summary>The members.</summary>
    public static readonly Declaration<HttpTarget> All = new Declaration<HttpTarget>(
        Components.HttpTarget,
        "An HTTP request. A status of `success` completes the run; the run's id is sent as `Idempotency-Key`. Placeholders are filled in `url`, header values, `body` and `text`: "
            + string.Join(", ", Placeholders.Names.Select(n => $"`{{{{{n}}}}}`")) + ".",
        Start)
        .Defaulted("method", Method, "Requests may have it in any case.", t => t.Method, (t, method) => t with { Method = method })
        .Required(
            "url",
            Url,
            "An absolute http or https address without user name or password.",
            t => t.Url,
            (t, url) => t with { Url = url.Trim() },
            "\"https://example.org/hooks/{{job.name}}\"")
        .Defaulted(
            "headers",
            Headers,
            $"What the scheduler or HTTP itself decides cannot be set: {string.Join(", ", ReservedHeaders)}.",
            t => t.Headers,
            (t, headers) => t with { Headers = headers },
            example: "{\"X-Team\": \"billing\"}")
        .Optional(
            "body",
            TargetKinds.JsonWithPlaceholders,
            "Any JSON value; left out, no body is sent. A string that is one placeholder becomes its value, with its type.",
            t => t.Body,
            (t, body) => t with { Body = body },
            showsNull: true)
        .Optional(
            "text",
            TargetKinds.TextWithPlaceholders(MaxTextLength),
            "Sent instead of `body`, as `text/plain` unless `headers` has a `Content-Type`.",
            t => t.Text,
            (t, text) => t with { Text = text })
        .Optional(
            "secret",
            Kinds.Text(MaxSecretLength, whenEmpty: "must not be empty; leave it out, or send null, for no signature"),
            "The name of a secret of the scheduler's configuration: the request is signed with it after the Standard Webhooks specification.",
            t => t.Secret,
            (t, secret) => t with { Secret = secret })
        .Defaulted(
            "success",
            Ranges,
            "What completes the run; left out, the 2xx class.",
            t => t.Success,
            (t, ranges) => t with { Success = ranges },
            unless: t => t.Success.Count == 0,
            example: "[\"200-299\", \"304\"]")
        .Defaulted(
            "follow_redirects",
            Kinds.Flag,
            $"Whether up to {HttpTargetOptions.MostRedirects} redirects are followed.",
            t => t.FollowRedirects,
            (t, follows) => t with { FollowRedirects = follows },
            unless: t => !t.FollowRedirects)
        .Defaulted(
            "keep_headers",
            FieldNames,
            "The header fields of the answer that are kept in the run's `output`.",
            t => t.KeepHeaders,
            (t, names) => t with { KeepHeaders = names },
            unless: t => t.KeepHeaders.Count == 0)
        .Completed((reader, target) =>
        {
            if (target is { Body: not null, Text: not null })
                reader.Error("text", "must not be there beside body: one of them is sent");
            return target;
        });

    private static IEnumerable<string> CheckUrl(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
            return ["must be an absolute http or https address"];
        return url.UserInfo.Length > 0
            ? ["must not hold a user name or password, since it is shown to whoever reads the job"]
            : TargetKinds.Refused(Placeholders.Unknown(text));
    }

    private static bool TryReadHeaders(ObjectReader reader, string name, out ValueList<HttpHeader> headers)
    {
        headers = [];
        if (!reader.TryGet(name, out var value))
            return false;
        if (value.ValueKind is not JsonValueKind.Object)
        {
            reader.Error(name, $"must be an object of strings, not {ObjectReader.Kind(value)}");
            return false;
        }

        if (value.EnumerateObject().Count() > MaxHeaders)
        {
            reader.Error(name, $"must be at most {MaxHeaders} headers");
            return false;
        }

        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var header in value.EnumerateObject())
            ReadHeader(reader, name, header, read);
        headers = ValueList.From(read.Select(h => new HttpHeader(h.Key, h.Value)));
        return true;
    }

    private static void ReadHeader(ObjectReader reader, string headers, JsonProperty header, Dictionary<string, string> read)
    {
        if (!CarriedJson.TryName(header, out var name) || !TargetKinds.IsFieldName(name))
        {
            reader.Error(headers, "has a name that is not an HTTP field name");
            return;
        }

        var path = $"{headers}.{name}";
        if (ReservedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            reader.Error(path, "cannot be set: the scheduler sets it, or HTTP does");
            return;
        }

        if (reader.TextOf(header.Value, reader.PathOf(path), MaxHeaderLength) is not { } text)
            return;
        if (text.Any(c => c is not ('\t' or (>= ' ' and <= '~'))))
        {
            reader.Error(path, "must be printable ASCII");
        }
        else if (Placeholders.Unknown(text) is { Count: > 0 } unknown)
        {
            foreach (var problem in TargetKinds.Refused(unknown))
                reader.Error(path, problem);
        }
        else if (!read.TryAdd(name, text))
        {
            reader.Error(path, "is there already: field names do not differ by case");
        }
    }

    private static void WriteHeaders(Utf8JsonWriter json, ValueList<HttpHeader> headers)
    {
        json.WriteStartObject();
        foreach (var header in headers)
            json.WriteString(header.Name, header.Value);
        json.WriteEndObject();
    }
}
