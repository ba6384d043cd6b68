using System.Globalization;
using System.Net.Mime;
using System.Text;
using RabbitMQ.Client;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>What an attempt publishes, ready for the wire.</summary>
/// <param name="Exchange">The exchange.</param>
/// <param name="RoutingKey">The routing key.</param>
/// <param name="Properties">All properties; used by one publish only, which may add to their headers.</param>
/// <param name="Body">The body.</param>
internal sealed record AmqpMessage(string Exchange, string RoutingKey, BasicProperties Properties, ReadOnlyMemory<byte> Body)
{
    private const string AppId = "scheduler";
    private const string FireTimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>All headers go in one frame, and the least limit in use is 128 KiB: a larger one would close the connection of all.</summary>
    private const int MaxHeaderBytes = 64 * 1024;

    /// <summary>The message of an attempt.</summary>
    /// <param name="target">What to publish.</param>
    /// <param name="attempt">For what.</param>
    /// <param name="now">The message's timestamp.</param>
    /// <exception cref="NonRetryableException">A placeholder cannot be filled in, or what is filled in does not fit into headers.</exception>
    public static AmqpMessage Of(AmqpTarget target, Attempt attempt, DateTimeOffset now) => new(
        target.Exchange,
        target.RoutingKey,
        Describe(target, attempt, now),
        Encoding.UTF8.GetBytes(target.Body is { } body ? Placeholders.InJson(body, attempt).Raw : target.Text is { } text ? Placeholders.InText(text, attempt) : ""));

    private static BasicProperties Describe(AmqpTarget target, Attempt attempt, DateTimeOffset now)
    {
        var properties = new BasicProperties
        {
            MessageId = attempt.RunId.Value,
            AppId = AppId,
            Timestamp = new AmqpTimestamp(now.ToUnixTimeSeconds()),
            Persistent = target.IsPersistent,
            Headers = Headers(target, attempt),
        };
        if ((target.ContentType ?? DefaultContentType(target)) is { } contentType)
        {
            properties.ContentType = contentType;
            properties.ContentEncoding = Encoding.UTF8.WebName;
        }

        // Rounded up: a message may wait as long as was asked, at least.
        if (target.Ttl is { } ttl)
            properties.Expiration = Math.Ceiling(ttl.TotalMilliseconds).ToString("F0", CultureInfo.InvariantCulture);
        if (target.Priority is { } priority)
            properties.Priority = (byte)priority;
        if (target.CorrelationId is { } correlation)
            properties.CorrelationId = correlation;
        if (target.ReplyTo is { } replyTo)
            properties.ReplyTo = replyTo;
        if (target.Type is { } type)
            properties.Type = type;
        return properties;
    }

    private static string? DefaultContentType(AmqpTarget target) =>
        target.Body is not null ? MediaTypeNames.Application.Json : target.Text is not null ? MediaTypeNames.Text.Plain : null;

    private static Dictionary<string, object?> Headers(AmqpTarget target, Attempt attempt)
    {
        var headers = new Dictionary<string, object?>(StringComparer.Ordinal);
        if (target.Headers is { } own)
        {
            var filled = Placeholders.InJson(own, attempt);
            if (Encoding.UTF8.GetByteCount(filled.Raw) > MaxHeaderBytes)
                throw new NonRetryableException($"The headers have more than {MaxHeaderBytes} bytes once their placeholders are filled in.");
            headers = AmqpTable.Of(filled);
        }

        headers[AmqpHeaders.JobId] = attempt.JobId.Value;
        headers[AmqpHeaders.RunId] = attempt.RunId.Value;
        headers[AmqpHeaders.Attempt] = attempt.Number;
        headers[AmqpHeaders.FireTime] = attempt.FireTime.UtcDateTime.ToString(FireTimeFormat, CultureInfo.InvariantCulture);
        headers[AmqpHeaders.TraceParent] = TraceParent.Of(attempt);
        return headers;
    }
}
