using System.Net;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Http;

/// <summary>
/// Calls webhooks. Any answer that the job counts as a success is one, by default the 2xx class. One of the 4xx class says that the request
/// itself is wrong, which no other attempt would change, unless it speaks of time or load; all others may be retried, and not before the
/// answer's <c>Retry-After</c>.
/// </summary>
internal sealed class HttpTargetCaller : IDisposable
{
    /// <summary>How large an answer's header fields may be together, in KiB.</summary>
    public const int MaxHeadersKib = 64;

    private readonly HttpTargetOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _client;

    /// <summary>Opens no connection yet.</summary>
    /// <param name="options">The limits, and what signs.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="resolve">How names become addresses; null for the system's way.</param>
    public HttpTargetCaller(HttpTargetOptions options, TimeProvider clock, ResolveName? resolve = null)
    {
        _options = options;
        _clock = clock;
        _client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = new CheckedConnect(options.Addresses, resolve ?? Dns.GetHostAddressesAsync).ConnectAsync,
            // Connections are kept by origin, each with a limit of its own: one that hangs leaves the others theirs.
            MaxConnectionsPerServer = options.MaxConnectionsPerServer,
            ConnectTimeout = options.ConnectTimeout,
            // Connections are renewed, so that a target which moves is found again, and its new address checked.
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            MaxResponseHeadersLength = MaxHeadersKib,
            AllowAutoRedirect = false,
            UseCookies = false,
            // A proxy would resolve names itself: nothing could be checked.
            UseProxy = false,
            ActivityHeadersPropagator = null,
        })
        {
            // The attempt's own time-out bounds a call.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <inheritdoc />
    public void Dispose() => _client.Dispose();

    /// <summary>Sends the request of an attempt, and keeps the answer.</summary>
    public async Task<JsonText?> CallAsync(HttpTarget target, Attempt attempt, CancellationToken cancellationToken)
    {
        var keys = target.Secret is { } secret ? _options.Secrets.Find(secret) : [];
        var call = HttpCall.Of(target, attempt);
        for (var redirects = 0; ; redirects++)
        {
            using var request = call.ToMessage(attempt, keys, _clock.GetUtcNow());
            using var response = await SendAsync(request, cancellationToken);
            if (target.Accepts((int)response.StatusCode))
                return await HttpAnswer.ReadAsync(response, target.KeepHeaders, _options.BodyTimeout, _clock, cancellationToken);
            call = target.FollowRedirects && call.Redirected(response) is { } next ? next : throw await FailureAsync(response, target, cancellationToken);
            if (redirects == HttpTargetOptions.MostRedirects)
                throw new HttpRequestException($"The target redirected more than {HttpTargetOptions.MostRedirects} times.");
        }
    }

    private static bool IsForGood(HttpStatusCode status) =>
        status is >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError
            and not (HttpStatusCode.RequestTimeout or (HttpStatusCode)425 or HttpStatusCode.TooManyRequests);

    /// <summary>
    /// What was wrong with a TLS handshake; null when it was something else. .NET's own words are "see inner exception", which nobody sees who
    /// reads a run's error.
    /// </summary>
    private static string? Tls(HttpRequestException e)
    {
        if (e.HttpRequestError is not HttpRequestError.SecureConnectionError)
            return null;
        var reasons = new List<string>();
        for (var inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            var reason = inner.Message.Replace(", see inner exception.", ".", StringComparison.Ordinal).Trim();
            if (reason.Length > 0 && !reasons.Contains(reason, StringComparer.Ordinal))
                reasons.Add(reason);
        }

        return reasons.Count == 0 ? e.Message : string.Join(' ', reasons);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e) when (e.InnerException is RefusedAddressException refused)
        {
            throw new NonRetryableException(refused.Message, e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new HttpRequestException($"The target's answer has more than {MaxHeadersKib} KiB of header fields.", e);
        }
        catch (HttpRequestException e) when (Tls(e) is { } why)
        {
            throw new HttpRequestException($"No TLS connection to {request.RequestUri!.Authority} came about: {why}", e);
        }
    }

    private async Task<Exception> FailureAsync(HttpResponseMessage response, HttpTarget target, CancellationToken cancellationToken)
    {
        var message = await HttpAnswer.DescribeAsync(response, target.KeepHeaders, _options.BodyTimeout, _clock, cancellationToken);
        if (IsForGood(response.StatusCode))
            return new NonRetryableException(message);
        return RetryAfter.Of(response, _clock.GetUtcNow()) is { } after
            ? new RetryLaterException(after, message)
            : new HttpRequestException(message, inner: null, response.StatusCode);
    }
}
