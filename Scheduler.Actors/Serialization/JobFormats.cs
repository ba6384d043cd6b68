using System.Buffers;
using System.Collections.Frozen;
using System.Runtime.Serialization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization.Dtos;

namespace Scheduler.Actors.Serialization;

/// <summary>All formats, by type and by manifest, and the writing and reading of one value.</summary>
internal static class JobFormats
{
    // Above this a buffer is not kept for the next value: one large output must not stay in every thread's memory.
    private const int LargestKeptBuffer = 64 * 1024;

    private static readonly Format<JobState, StateDto> State =
        new("job.state.v1", JobJsonContext.Default.StateDto, StateMapping.ToDto, StateMapping.FromDto);

    private static readonly FrozenDictionary<Type, Format> ByType = All.ToFrozenDictionary(f => f.Type);

    private static readonly FrozenDictionary<string, Format> ByManifest = All.ToFrozenDictionary(f => f.Manifest, StringComparer.Ordinal);

    // Stored, not shown in a web page: escaping every non-ASCII character would only make names longer. Nothing is validated again: the
    // DTOs can't be written wrongly, and raw values were checked where they entered.
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    public static IEnumerable<Format> All => [.. EventFormats.All, State, .. MessageFormats.All];

    public static Format Of(object value) =>
        ByType.TryGetValue(value.GetType(), out var format) ? format : throw new SerializationException($"No format for {value.GetType()}.");

    /// <summary>The value as UTF-8 JSON.</summary>
    public static byte[] Write(object value) => Write(Of(value), value);

    public static byte[] Write(Format format, object value)
    {
        var buffer = _buffer ??= new ArrayBufferWriter<byte>(1024);
        var writer = _writer ??= new Utf8JsonWriter(buffer, WriterOptions);
        try
        {
            format.Write(writer, value);
            writer.Flush();
            return buffer.WrittenSpan.ToArray();
        }
        finally
        {
            if (buffer.Capacity > LargestKeptBuffer)
            {
                _buffer = null;
                _writer = null;
            }
            else
            {
                buffer.ResetWrittenCount();
                writer.Reset();
            }
        }
    }

    /// <summary>The value that was written under <paramref name="manifest"/>.</summary>
    /// <exception cref="SerializationException">The manifest is unknown, or the JSON is not of its shape.</exception>
    public static object Read(ReadOnlySpan<byte> json, string manifest) =>
        ByManifest.TryGetValue(manifest, out var format) ? Read(format, json) : throw new SerializationException($"Unknown manifest '{manifest}'.");

    public static JobState ReadState(ReadOnlySpan<byte> json) => (JobState)Read(State, json);

    private static object Read(Format format, ReadOnlySpan<byte> json)
    {
        try
        {
            return format.Read(json);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new SerializationException($"Not a {format.Manifest}: {e.Message}", e);
        }
    }
}
