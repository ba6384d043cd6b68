using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Http;

/// <summary>One request of an attempt with everything filled in: the first, or one that a redirect asked for.</summary>
internal sealed record HttpCall
{
    /// <summary>Carries the run id: the same for each attempt, so that the receiver can tell a repetition.</summary>
    private const string IdempotencyKey = "Idempotency-Key";
    private const string ContentType = "Content-Type";

    private static readonly string[] OwnFields =
        [IdempotencyKey, TraceParent.Field, WebhookSignature.IdField, WebhookSignature.TimestampField, WebhookSignature.SignatureField];

    /// <summary>What may follow a redirect to another origin: whatever else a job sends may be a credential, by any name.</summary>
    private static readonly string[] PublicFields = ["Accept", "Accept-Language", ContentType, "User-Agent"];

    /// <summary>The method.</summary>
    public required HttpMethod Method { get; init; }

    /// <summary>Where to.</summary>
    public required Uri Url { get; init; }

    /// <summary>The job's own header fields.</summary>
    public required ValueList<HttpHeader> Headers { get; init; }

    /// <summary>The bytes of the body; null for none.</summary>
    public required byte[]? Body { get; init; }

    /// <summary>What the body is, unless a header says otherwise.</summary>
    public required string BodyType { get; init; }

    /// <summary>Whether the first request went to another origin: nothing is signed for a stranger.</summary>
    public bool IsAbroad { get; init; }

    /// <summary>An attempt's first request.</summary>
    /// <exception cref="NonRetryableException">With its placeholders filled it is no request.</exception>
    public static HttpCall Of(HttpTarget target, Attempt attempt)
    {
        var url = Placeholders.InUrl(target.Url, attempt);
        return new HttpCall
        {
            Method = new HttpMethod(target.Method),
            Url = Uri.TryCreate(url, UriKind.Absolute, out var uri) && IsHttp(uri) ? uri : throw new NonRetryableException("With its placeholders filled the target's url is no http or https address."),
            Headers = ValueList.From(target.Headers.Select(h => h with { Value = Placeholders.InHeader(h.Value, attempt) })),
            Body = target switch
            {
                { Body: { } json } => Encoding.UTF8.GetBytes(Placeholders.InJson(json, attempt).Raw),
                { Text: { } text } => Encoding.UTF8.GetBytes(Placeholders.InText(text, attempt)),
                _ => null,
            },
            BodyType = target.Body is null ? "text/plain; charset=utf-8" : MediaTypeNames.Application.Json,
        };
    }

    /// <summary>The request that <paramref name="response"/>'s redirect asks for; null when it is none.</summary>
    /// <exception cref="NonRetryableException">It leads where this scheduler does not follow.</exception>
    public HttpCall? Redirected(HttpResponseMessage response)
    {
        if (response.StatusCode is not (HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect) || response.Headers.Location is not { } location)
        {
            return null;
        }

        var to = location.IsAbsoluteUri ? location : new Uri(Url, location);
        if (!IsHttp(to) || to.UserInfo.Length > 0)
            throw new NonRetryableException($"The target answered {(int)response.StatusCode} with a Location that is no http or https address.");
        if (Url.Scheme == Uri.UriSchemeHttps && to.Scheme == Uri.UriSchemeHttp)
            throw new NonRetryableException($"The target answered {(int)response.StatusCode} with a Location that leaves https for http.");
        var isAbroad = IsAbroad || Uri.Compare(Url, to, UriComponents.SchemeAndServer, UriFormat.SafeUnescaped, StringComparison.OrdinalIgnoreCase) != 0;
        var toGet = (response.StatusCode is HttpStatusCode.SeeOther && Method != HttpMethod.Head)
            || (response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found && Method == HttpMethod.Post);
        return this with
        {
            Method = toGet ? HttpMethod.Get : Method,
            Body = toGet ? null : Body,
            Url = to,
            Headers = isAbroad ? Headers.RemoveAll(h => !PublicFields.Contains(h.Name, StringComparer.OrdinalIgnoreCase)) : Headers,
            IsAbroad = isAbroad,
        };
    }

    /// <summary>The message to send.</summary>
    /// <param name="attempt">Whose it is.</param>
    /// <param name="keys">What to sign it with; empty for no signature.</param>
    /// <param name="now">When it is sent.</param>
    public HttpRequestMessage ToMessage(Attempt attempt, IReadOnlyList<byte[]> keys, DateTimeOffset now)
    {
        // Never without content, be it empty: .NET's client sends a request without any up to four times by itself when a used connection
        // closes unanswered, though the receiver may have read it (2026-11: one attempt, four calls). Content rules that out.
        var message = new HttpRequestMessage(Method, Url)
        {
            Content = new ByteArrayContent(Body ?? []),
            // Not HTTP/2: a receiver may refuse a request there that it has read (GOAWAY, REFUSED_STREAM), and .NET's client then sends it again by
            // itself. One attempt is one call.
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (Body is not null)
            message.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(BodyType);
        foreach (var header in Headers.Where(h => !OwnFields.Contains(h.Name, StringComparer.OrdinalIgnoreCase)))
            Add(message, header);
        message.Headers.Add(IdempotencyKey, attempt.RunId.Value);
        message.Headers.Add(TraceParent.Field, TraceParent.Of(attempt));
        if (keys.Count == 0 || IsAbroad)
            return message;
        foreach (var (name, value) in WebhookSignature.Of(attempt.RunId.Value, now, Body, keys))
            message.Headers.Add(name, value);
        return message;
    }

    private static bool IsHttp(Uri url) => url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps;

    private static void Add(HttpRequestMessage message, HttpHeader header)
    {
        if (message.Headers.TryAddWithoutValidation(header.Name, header.Value) || message.Content is not { } content)
            return;
        content.Headers.Remove(header.Name);
        content.Headers.TryAddWithoutValidation(header.Name, header.Value);
    }
}
