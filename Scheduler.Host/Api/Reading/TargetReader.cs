using System.Buffers;
using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads what a run does.</summary>
internal sealed class TargetReader(JobHandlers handlers, AmqpConnectionNames connections, SecretNames? secrets = null)
{
    internal const int MaxUrlLength = 2048;
    internal const int MaxHeaders = 64;
    internal const int MaxHeaderLength = 4096;
    internal const int MaxTextLength = 1 << 18;
    internal const int MaxSecretLength = 128;
    internal const int MaxKeptHeaders = 16;
    internal const int MaxRanges = 16;
    internal const string DefaultMethod = "POST";

    /// <summary>The kinds, of which a target has one.</summary>
    internal static readonly string[] Kinds = ["handler", "http", "amqp"];

    internal static readonly string[] Fields = [.. Kinds, "version"];

    internal static readonly string[] HttpFields = ["method", "url", "headers", "body", "text", "secret", "success", "follow_redirects", "keep_headers"];

    internal static readonly string[] Methods = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

    /// <summary>What the scheduler, or HTTP itself, decides.</summary>
    internal static readonly string[] ReservedHeaders =
    [
        "Connection", "Content-Length", "Expect", "Host", "Idempotency-Key", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
        "webhook-id", "webhook-signature", "webhook-timestamp", "traceparent",
    ];

    private static readonly SearchValues<char> Token =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private readonly AmqpTargetReader _amqp = new(connections);

    /// <summary>The target of the job that <paramref name="job"/> reads; null when it is left out, or wrong.</summary>
    /// <param name="job">The job.</param>
    /// <param name="parameters">Its parameters, which must fit the handler where this node has that; null for none.</param>
    public TargetContract? Read(ObjectReader job, JsonText? parameters)
    {
        if (!job.TryObject("target", Fields, out var target))
            return null;
        if (Kinds.Count(f => target.TryGet(f, out _)) != 1)
        {
            job.Error("target", $"must have exactly one of: {string.Join(", ", Kinds)}");
            return null;
        }

        if (target.TryGet("handler", out _))
            return Handler(job, target, parameters);
        if (target.TryGet("version", out _))
            target.Error("version", "is a handler's only");
        if (target.TryObject("http", HttpFields, out var http))
            return new TargetContract { Http = Http(http) };
        if (target.TryObject("amqp", AmqpTargetReader.Fields, out var amqp))
            return new TargetContract { Amqp = _amqp.Read(amqp) };
        return null;
    }

    /// <summary>One that this node does not have is taken: another node may, or will. The job waits for it and says so.</summary>
    private TargetContract? Handler(ObjectReader job, ObjectReader target, JsonText? parameters)
    {
        var version = target.Number("version", 1, HandlerTarget.MaxVersion);
        if (target.Text("handler", HandlerTarget.MaxNameLength) is not { } name)
            return null;
        if (!HandlerTarget.IsName(name))
        {
            target.Error("handler", "must be letters, digits, '.', '_' and '-'");
            return null;
        }

        foreach (var error in handlers.Find(new HandlerTarget(name) { Version = version ?? 1 })?.Check(parameters) ?? [])
            job.Error(error.Path.Length == 0 ? "parameters" : $"parameters.{error.Path}", error.Message);
        return new TargetContract { Handler = name, Version = version is 1 ? null : version };
    }

    private HttpTargetContract? Http(ObjectReader http)
    {
        var method = Method(http);
        var url = Url(http);
        var headers = Headers(http);
        var body = Body(http);
        var more = new HttpTargetContract(method, url ?? "", headers, body)
        {
            Text = Text(http, hasBody: body is not null),
            Secret = Secret(http),
            Success = Success(http),
            FollowRedirects = http.Flag("follow_redirects"),
            KeepHeaders = KeepHeaders(http),
        };
        return url is null ? null : more;
    }

    private static string? Text(ObjectReader http, bool hasBody)
    {
        if (http.Text("text", MaxTextLength) is not { } text)
            return null;
        if (hasBody)
            http.Error("text", "must not be there beside body: one of them is sent");
        RefuseUnknown(http, "text", Placeholders.Unknown(text));
        return text;
    }

    private string? Secret(ObjectReader http)
    {
        if (http.Text("secret", MaxSecretLength) is not { } name)
            return null;
        if (name.Length == 0)
            http.Error("secret", "must not be empty; leave it out, or send null, for no signature");
        else if (secrets is { All: var known } && !known.Contains(name, StringComparer.Ordinal))
            http.Error("secret", known.Count == 0 ? "is not a secret that this scheduler has: it has none" : $"is not a secret that this scheduler has; known: {string.Join(", ", known)}");
        return name;
    }

    private static List<string>? Success(ObjectReader http)
    {
        const string Expected = "must be a status code from 200 to 599, or a range of them like \"200-299\"";
        var ranges = new List<string>();
        foreach (var (path, item) in http.Items("success", MaxRanges))
        {
            var text = item.ValueKind is JsonValueKind.Number ? item.GetRawText() : http.TextOf(item, http.PathOf(path), MaxHeaderLength);
            if (text is null)
                continue;
            if (StatusRange.TryParse(text, out var range))
                ranges.Add(range.ToString());
            else
                http.Error(path, Expected);
        }

        return ranges.Count == 0 ? null : ranges;
    }

    private static List<string>? KeepHeaders(ObjectReader http)
    {
        var names = new List<string>();
        foreach (var (path, item) in http.Items("keep_headers", MaxKeptHeaders))
        {
            if (http.TextOf(item, http.PathOf(path), MaxHeaderLength) is not { } name)
                continue;
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token))
                http.Error(path, "is not an HTTP field name");
            else if (names.Contains(name, StringComparer.OrdinalIgnoreCase))
                http.Error(path, "is there already: field names do not differ by case");
            else
                names.Add(name);
        }

        return names.Count == 0 ? null : names;
    }

    private static string Method(ObjectReader http)
    {
        if (http.Text("method") is not { } text)
            return DefaultMethod;
        var method = text.ToUpperInvariant();
        if (!Methods.Contains(method, StringComparer.Ordinal))
            http.Error("method", $"must be one of: {string.Join(", ", Methods)}");
        return method;
    }

    private static string? Url(ObjectReader http)
    {
        if (!http.TryGet("url", out _))
        {
            http.Error("url", "is required");
            return null;
        }

        if (http.Text("url", MaxUrlLength) is not { } text)
            return null;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps) || url.Host.Length == 0)
        {
            http.Error("url", "must be an absolute http or https address");
            return null;
        }

        if (url.UserInfo.Length > 0)
        {
            http.Error("url", "must not hold a user name or password, since it is shown to whoever reads the job");
            return null;
        }

        RefuseUnknown(http, "url", Placeholders.Unknown(text));

        return text.Trim();
    }

    private static Dictionary<string, string> Headers(ObjectReader http)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!http.TryGet("headers", out var value))
            return headers;
        if (value.ValueKind is not JsonValueKind.Object)
        {
            http.Error("headers", $"must be an object of strings, not {ObjectReader.Kind(value)}");
            return headers;
        }

        if (value.EnumerateObject().Count() > MaxHeaders)
        {
            http.Error("headers", $"must be at most {MaxHeaders} headers");
            return headers;
        }

        foreach (var header in value.EnumerateObject())
            Header(http, header, headers);
        return headers;
    }

    private static void Header(ObjectReader http, JsonProperty header, Dictionary<string, string> headers)
    {
        if (!CarriedJson.TryName(header, out var name) || name.Length == 0 || name.AsSpan().ContainsAnyExcept(Token))
        {
            http.Error("headers", "has a name that is not an HTTP field name");
            return;
        }

        var path = http.PathOf($"headers.{name}");
        if (ReservedHeaders.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            http.Error($"headers.{name}", "cannot be set: the scheduler sets it, or HTTP does");
            return;
        }

        if (http.TextOf(header.Value, path, MaxHeaderLength) is not { } text)
            return;
        if (text.Any(c => c is not ('\t' or (>= ' ' and <= '~'))))
            http.Error($"headers.{name}", "must be printable ASCII");
        else if (Placeholders.Unknown(text) is { Count: > 0 } unknown)
            RefuseUnknown(http, $"headers.{name}", unknown);
        else if (!headers.TryAdd(name, text))
            http.Error($"headers.{name}", "is there already: field names do not differ by case");
    }

    private static JsonText? Body(ObjectReader http)
    {
        if (!http.TryGet("body", out var value))
            return null;
        if (CarriedJson.TryRead(value, out var json))
        {
            RefuseUnknown(http, "body", Placeholders.Unknown(json));
            return json;
        }

        http.Error("body", "must be text throughout: a string in it holds half of a surrogate pair");
        return null;
    }

    internal static void RefuseUnknown(ObjectReader target, string name, IReadOnlyList<string> unknown)
    {
        foreach (var placeholder in unknown)
            target.Error(name, $"has {{{{{placeholder}}}}}, which is no placeholder that can stand there; known, in values: {string.Join(", ", Placeholders.Names.Select(n => $"{{{{{n}}}}}"))}");
    }
}
