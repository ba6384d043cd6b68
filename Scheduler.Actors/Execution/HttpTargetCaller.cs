using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution;

/// <summary>
/// Calls webhooks. Any answer of the 2xx class is a success. One of the 4xx class says that the request itself is wrong, which no other attempt
/// would change, unless it speaks of time or load; all others may be retried, and not before the answer's <c>Retry-After</c>.
/// </summary>
internal sealed class HttpTargetCaller(HttpClient client, TimeProvider clock)
{
    /// <summary>Carries the run id: the same for each attempt, so that the receiver can tell a repetition.</summary>
    private const string IdempotencyKey = "Idempotency-Key";

    public async Task<JsonText?> CallAsync(HttpTarget target, Attempt attempt, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(target.Method), Placeholders.InUrl(target.Url, attempt));
        if (target.Body is { } body)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Placeholders.InJson(body, attempt).Raw)) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };
        foreach (var header in target.Headers)
            Add(request, header with { Value = Placeholders.InHeader(header.Value, attempt) });
        request.Headers.Remove(IdempotencyKey);
        request.Headers.Add(IdempotencyKey, attempt.RunId.Value);

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return response.IsSuccessStatusCode ? new JsonText($$"""{"status":{{(int)response.StatusCode}}}""") : throw Failure(response);
    }

    private static bool IsForGood(HttpStatusCode status) =>
        status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            and not (HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests);

    private Exception Failure(HttpResponseMessage response)
    {
        var message = $"The target answered {(int)response.StatusCode} {response.ReasonPhrase}.";
        if (IsForGood(response.StatusCode))
            return new NonRetryableException(message);
        return RetryAfter.Of(response, clock.GetUtcNow()) is { } after
            ? new RetryLaterException(after, message)
            : new HttpRequestException(message, inner: null, response.StatusCode);
    }

    private static void Add(HttpRequestMessage request, HttpHeader header)
    {
        if (request.Headers.TryAddWithoutValidation(header.Name, header.Value))
            return;
        if (request.Content is not { } content)
            return;
        content.Headers.Remove(header.Name);
        content.Headers.TryAddWithoutValidation(header.Name, header.Value);
    }
}
