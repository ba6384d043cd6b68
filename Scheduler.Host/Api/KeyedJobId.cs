using System.Security.Cryptography;
using System.Text;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Host.Api;

/// <summary>
/// The id of the job that an idempotency key creates: RFC 9562's UUID version 5, so that every node and every repetition asks the same
/// job, which then decides.
/// </summary>
internal static class KeyedJobId
{
    private const int UuidLength = 16;

    /// <summary>The name space of creation keys, made for this purpose. A constant for ever: another one would forget all keys.</summary>
    private static readonly Guid Namespace = new("5d1f7cb2-6a2e-4c0f-9a3b-1be0b58f7d64");

    /// <summary>The id that <paramref name="key"/> stands for.</summary>
    public static JobId Of(string key)
    {
        var length = Encoding.UTF8.GetByteCount(key);
        Span<byte> name = stackalloc byte[UuidLength + length];
        Namespace.TryWriteBytes(name, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(key, name[UuidLength..]);

        // Version 5 is SHA-1 by definition, and nothing secret rests on it.
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(name, hash);
        var uuid = hash[..UuidLength];
        uuid[6] = (byte)((uuid[6] & 0x0F) | 0x50);
        uuid[8] = (byte)((uuid[8] & 0x3F) | 0x80);
        return JobId.Parse(new Guid(uuid, bigEndian: true).ToString("D"));
    }
}
