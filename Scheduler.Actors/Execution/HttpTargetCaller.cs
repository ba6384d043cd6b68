using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution;

/// <summary>Calls webhooks. Any answer of the 2xx class is a success.</summary>
internal sealed class HttpTargetCaller(HttpClient client)
{
    /// <summary>Carries the run id: the same for each attempt, so that the receiver can tell a repetition.</summary>
    private const string IdempotencyKey = "Idempotency-Key";

    public async Task<JsonText?> CallAsync(HttpTarget target, Attempt attempt, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(target.Method), target.Url);
        if (target.Body is { } body)
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body.Raw)) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };
        foreach (var header in target.Headers)
            Add(request, header);
        request.Headers.Remove(IdempotencyKey);
        request.Headers.Add(IdempotencyKey, attempt.RunId.Value);

        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode)
            throw new HttpRequestException($"The target answered {status} {response.ReasonPhrase}.", inner: null, response.StatusCode);
        return new JsonText($$"""{"status":{{status}}}""");
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
