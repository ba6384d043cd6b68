namespace Scheduler.Host.Api.Paging;

/// <summary>
/// Bytes that grow without ever being copied together: one array of megabytes would be a large object, which the garbage collector
/// gives back late. What was sent is let go of, piece by piece.
/// </summary>
internal sealed class SegmentedBytes
{
    private const int FirstSegment = 4 * 1024;
    private const int FurtherSegment = 64 * 1024;

    private readonly Queue<(byte[] Bytes, int Length)> _full = new();
    private byte[] _last = [];
    private int _used;

    /// <summary>How many there are.</summary>
    public int Length { get; private set; }

    /// <summary>Adds some.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        while (true)
        {
            var fits = Math.Min(bytes.Length, _last.Length - _used);
            bytes[..fits].CopyTo(_last.AsSpan(_used));
            _used += fits;
            bytes = bytes[fits..];
            if (bytes.IsEmpty)
                return;
            if (_used > 0)
                _full.Enqueue((_last, _used));
            (_last, _used) = (new byte[_full.Count == 0 && bytes.Length <= FirstSegment ? FirstSegment : FurtherSegment], 0);
        }
    }

    /// <summary>Takes the next piece out; empty when there is none left.</summary>
    public ReadOnlyMemory<byte> Take()
    {
        if (_full.TryDequeue(out var segment))
            return segment.Bytes.AsMemory(0, segment.Length);
        var rest = _last.AsMemory(0, _used);
        (_last, _used) = ([], 0);
        return rest;
    }
}
