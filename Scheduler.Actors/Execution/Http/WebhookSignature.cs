using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Scheduler.Actors.Execution.Http;

/// <summary>Signs a request after the Standard Webhooks specification, version 1: HMAC-SHA256 over <c>id.timestamp.body</c>.</summary>
internal static class WebhookSignature
{
    public const string IdField = "webhook-id";
    public const string TimestampField = "webhook-timestamp";
    public const string SignatureField = "webhook-signature";

    /// <summary>The three fields of a request.</summary>
    /// <param name="id">The run's id: the same for each of its attempts.</param>
    /// <param name="now">When it is sent; receivers refuse what is old.</param>
    /// <param name="body">The bytes that are sent.</param>
    /// <param name="keys">One signature for each.</param>
    public static IEnumerable<KeyValuePair<string, string>> Of(string id, DateTimeOffset now, ReadOnlySpan<byte> body, IReadOnlyList<byte[]> keys)
    {
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return
        [
            new(IdField, id),
            new(TimestampField, timestamp),
            new(SignatureField, string.Join(' ', keys.Select(k => $"v1,{Convert.ToBase64String(HMACSHA256.HashData(k, signed))}"))),
        ];
    }
}
