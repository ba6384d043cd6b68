using System.Security.Cryptography;

namespace Scheduler.Host.Api.Reading;

/// <summary>What a request under an idempotency key is known by: its body, byte by byte, as a client that repeats a request sends it.</summary>
internal static class BodyHash
{
    /// <summary>SHA-256 of <paramref name="body"/> in hex. Kept in journals: another one would refuse every repetition.</summary>
    public static string Of(ReadOnlySpan<byte> body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
