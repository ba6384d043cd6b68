using Google.Protobuf;
using Scheduler.Persistence.Events;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// The bytes of Akka.Persistence's own protobuf messages, which the official plugin stores. Akka's classes for them are internal, so the
/// few fields are written and read here; whatever else there may be is skipped.
/// </summary>
internal static class SerializedMessage
{
    // PersistentMessage
    private const int Payload = 1;
    private const int SequenceNr = 2;
    private const int PersistenceId = 3;
    private const int AdapterManifest = 12;
    private const int WriterId = 13;
    private const int Timestamp = 14;

    // PersistentPayload, which is a snapshot's layout too
    private const int SerializerId = 1;
    private const int Bytes = 2;
    private const int Manifest = 3;

    /// <summary>A <c>PersistentMessage</c>.</summary>
    public static byte[] OfEvent(EventRecord record)
    {
        var payload = OfPayload(record.SerializerId, record.Payload, record.Manifest);
        using var stream = new MemoryStream(payload.Length + 128);
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(Payload, WireFormat.WireType.LengthDelimited);
            output.WriteLength(payload.Length);
            output.Flush();
            stream.Write(payload);
            if (record.SequenceNr != 0)
            {
                output.WriteTag(SequenceNr, WireFormat.WireType.Varint);
                output.WriteInt64(record.SequenceNr);
            }

            WriteText(output, PersistenceId, record.PersistenceId);
            WriteText(output, AdapterManifest, record.AdapterManifest);
            WriteText(output, WriterId, record.WriterId);
        }

        return stream.ToArray();
    }

    /// <summary>An event out of its bytes. Id and sequence number are the document's: by these it was found.</summary>
    /// <param name="bytes">A <c>PersistentMessage</c>.</param>
    /// <param name="persistenceId">The document's.</param>
    /// <param name="sequenceNr">The document's.</param>
    /// <param name="ordering">The document's.</param>
    /// <param name="writtenAt">In UTC ticks; for those, the rule, that carry no time of their own.</param>
    /// <param name="tags">The document's.</param>
    public static EventRecord ToEvent(
        byte[] bytes, string persistenceId, long sequenceNr, long ordering, long writtenAt, IReadOnlyList<string>? tags)
    {
        using var input = new CodedInputStream(bytes);
        var payload = default(SerializedPayload);
        var (adapterManifest, writerId, timestamp) = ("", "", 0L);
        while (input.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case (Payload << 3) | (uint)WireFormat.WireType.LengthDelimited:
                    payload = ToPayload(input.ReadBytes().ToByteArray());
                    break;
                case (AdapterManifest << 3) | (uint)WireFormat.WireType.LengthDelimited:
                    adapterManifest = input.ReadString();
                    break;
                case (WriterId << 3) | (uint)WireFormat.WireType.LengthDelimited:
                    writerId = input.ReadString();
                    break;
                case (Timestamp << 3) | (uint)WireFormat.WireType.Varint:
                    timestamp = input.ReadInt64();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return new EventRecord
        {
            Ordering = ordering,
            PersistenceId = persistenceId,
            SequenceNr = sequenceNr,
            Timestamp = timestamp > 0 ? timestamp : writtenAt,
            Tags = tags,
            SerializerId = payload.SerializerId,
            Manifest = payload.Manifest ?? "",
            Payload = payload.Bytes ?? [],
            WriterId = writerId,
            AdapterManifest = adapterManifest,
        };
    }

    /// <summary>A <c>PersistentPayload</c>: serialized state or event. Akka leaves out what is empty.</summary>
    public static byte[] OfPayload(int serializerId, byte[] bytes, string manifest)
    {
        using var stream = new MemoryStream(bytes.Length + manifest.Length + 24);
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            if (serializerId != 0)
            {
                output.WriteTag(SerializerId, WireFormat.WireType.Varint);
                output.WriteInt32(serializerId);
            }

            if (bytes.Length > 0)
            {
                output.WriteTag(Bytes, WireFormat.WireType.LengthDelimited);
                output.WriteLength(bytes.Length);
                output.Flush();
                stream.Write(bytes);
            }

            WriteText(output, Manifest, manifest);
        }

        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="OfPayload"/> writes.</summary>
    public static SerializedPayload ToPayload(byte[] bytes)
    {
        using var input = new CodedInputStream(bytes);
        var (serializerId, content, manifest) = (0, Array.Empty<byte>(), "");
        while (input.ReadTag() is var tag and not 0)
        {
            switch (tag)
            {
                case (SerializerId << 3) | (uint)WireFormat.WireType.Varint:
                    serializerId = input.ReadInt32();
                    break;
                case (Bytes << 3) | (uint)WireFormat.WireType.LengthDelimited:
                    content = input.ReadBytes().ToByteArray();
                    break;
                case (Manifest << 3) | (uint)WireFormat.WireType.LengthDelimited:
                    manifest = input.ReadString();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return new SerializedPayload(serializerId, content, manifest);
    }

    private static void WriteText(CodedOutputStream output, int field, string text)
    {
        if (text.Length == 0)
            return;
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }
}

/// <summary>What a serializer made of an object.</summary>
/// <param name="SerializerId">Which serializer.</param>
/// <param name="Bytes">Its bytes.</param>
/// <param name="Manifest">Its manifest; empty when it has none.</param>
internal readonly record struct SerializedPayload(int SerializerId, byte[] Bytes, string Manifest);
