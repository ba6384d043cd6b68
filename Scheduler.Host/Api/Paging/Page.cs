using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Scheduler.Host.Api.Paging;

/// <summary>
/// One page of a list: written item by item while the store reads on, and full when it has so many bytes. So a page takes the same memory
/// whatever its rows are, and whether there is another one is known before the first byte is sent.
/// </summary>
/// <typeparam name="TItem">What an item is.</typeparam>
/// <param name="contract">How it is written.</param>
/// <param name="fields">Which of its members.</param>
internal sealed class Page<TItem>(JsonTypeInfo<TItem> contract, FieldSelection fields)
{
    /// <summary>How many bytes a page has at most, unless its only item has more.</summary>
    internal const int MostBytes = 4 << 20;

    /// <summary>How many bytes of rows are read for one page, also of members that it leaves out.</summary>
    internal const int MostRead = 64 << 20;

    private readonly SegmentedBytes _json = new();
    private readonly ArrayBufferWriter<byte> _item = new(4096);
    private readonly ArrayBufferWriter<byte> _selected = new(256);
    private long _read;

    /// <summary>How many items it has.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an item, unless the page has no room for it.</summary>
    /// <param name="item">The item.</param>
    /// <param name="read">How many bytes were read for it.</param>
    public bool TryAdd(TItem item, int read)
    {
        if (Count > 0 && _read + read > MostRead)
            return false;
        var json = Write(item);
        if (Count > 0 && _json.Length + json.Length > MostBytes)
            return false;
        _read += read;
        _json.Append(Count == 0 ? "["u8 : ","u8);
        _json.Append(json);
        Count++;
        return true;
    }

    /// <summary>
    /// Sends it, a piece at a time: not more than one is on its way to a client that reads slowly, and one that takes a piece more slowly than
    /// <see cref="SlowReaders.LeastBytesPerSecond"/> is cut off. The server's own limit of that name counts what the operating system has buffered as read (2026-11: 240 clients that did not
    /// read at all held 1.6 GB for nine minutes).
    /// </summary>
    /// <param name="context">Where to.</param>
    /// <param name="time">Measures the client; null for the machine's time.</param>
    public async Task WriteAsync(HttpContext context, TimeProvider? time = null)
    {
        _json.Append(Count == 0 ? "[]"u8 : "]"u8);
        Answer.Begin(context, _json.Length);
        for (var piece = _json.Take(); !piece.IsEmpty; piece = _json.Take())
        {
            var write = context.Response.BodyWriter.WriteAsync(piece, context.RequestAborted);
            if (write.IsCompletedSuccessfully)
                continue;
            try
            {
                await write.AsTask().WaitAsync(SlowReaders.GracePeriod + TimeSpan.FromSeconds(piece.Length / SlowReaders.LeastBytesPerSecond), time ?? TimeProvider.System);
            }
            catch (TimeoutException)
            {
                context.Abort();
                return;
            }
        }
    }

    private ReadOnlySpan<byte> Write(TItem item)
    {
        _item.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_item, Answer.Writing))
            JsonSerializer.Serialize(writer, item, contract);
        if (fields.IsWhole(_item.WrittenSpan))
            return _item.WrittenSpan;
        _selected.ResetWrittenCount();
        fields.Write(_item.WrittenSpan, _selected);
        return _selected.WrittenSpan;
    }
}
