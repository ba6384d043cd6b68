using System.Runtime.CompilerServices;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Batch;

/// <summary>
/// Cuts a stream into lines, one at a time and only when the next one is asked for: whoever asks slowly makes the client send slowly. A
/// line beyond the bound is passed over without keeping it.
/// </summary>
internal static class BatchLines
{
    private const int FirstBuffer = 16 * 1024;

    private const byte End = (byte)'\n';
    private const byte Return = (byte)'\r';

    /// <summary>The lines that are not blank.</summary>
    public static async IAsyncEnumerable<BatchLine> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[FirstBuffer];
        var (start, length, searched, number, isTooLong) = (0, 0, 0, 1L, false);
        while (true)
        {
            var end = searched + buffer.AsSpan(start + searched, length - searched).IndexOf(End);
            if (end >= searched)
            {
                if (isTooLong || !IsBlank(buffer.AsSpan(start, end)))
                    yield return Line(number, buffer.AsMemory(start, end), isTooLong);
                (start, length, searched, number, isTooLong) = (start + end + 1, length - end - 1, 0, number + 1, false);
                continue;
            }

            if (isTooLong || length > RequestBody.MaxBytes)
                (start, length, isTooLong) = (0, 0, true);
            searched = length;
            buffer = WithRoom(buffer, ref start, length);
            var read = await RequestBody.ReadSomeAsync(stream, buffer.AsMemory(length), cancellationToken);
            if (read == 0)
                break;
            length += read;
        }

        if (isTooLong || !IsBlank(buffer.AsSpan(0, length)))
            yield return Line(number, buffer.AsMemory(0, length), isTooLong);
    }

    private static BatchLine Line(long number, ReadOnlyMemory<byte> bytes, bool isTooLong) =>
        isTooLong || bytes.Length > RequestBody.MaxBytes ? new BatchLine(number, default, IsTooLong: true) : new BatchLine(number, MemoryExtensions.TrimEnd(bytes, Return), IsTooLong: false);

    private static bool IsBlank(ReadOnlySpan<byte> line) => !line.ContainsAnyExcept(" \t\r"u8);

    /// <summary>Moves what is left to the front, and lets the buffer grow when it is full.</summary>
    private static byte[] WithRoom(byte[] buffer, ref int start, int length)
    {
        var next = length < buffer.Length ? buffer : new byte[buffer.Length * 2];
        if (start > 0 || next != buffer)
            buffer.AsSpan(start, length).CopyTo(next);
        start = 0;
        return next;
    }
}
