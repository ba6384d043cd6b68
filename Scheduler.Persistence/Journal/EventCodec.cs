using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Serialization;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Journal;

/// <summary>Turns Akka's events and snapshots into records and back, with Akka's serializers.</summary>
internal sealed class EventCodec(ExtendedActorSystem system, TimeProvider time)
{
    private readonly Serialization _serialization = system.Serialization;

    /// <summary>An event, serialized and without its <see cref="Tagged"/>.</summary>
    /// <exception cref="Exception">Whatever the event's serializer throws.</exception>
    public EventRecord ToRecord(IPersistentRepresentation representation)
    {
        var payload = representation.Payload;
        IReadOnlyList<string>? tags = null;
        if (payload is Tagged tagged)
        {
            payload = tagged.Payload;
            tags = [.. tagged.Tags];
            if (!tags.All(EventTags.IsValid))
                throw new ArgumentException("A tag must not be empty, nor contain U+001F.", nameof(representation));
        }

        var (serializerId, manifest, bytes) = Serialize(payload);
        return new EventRecord
        {
            PersistenceId = representation.PersistenceId,
            SequenceNr = representation.SequenceNr,
            Timestamp = time.GetUtcNow().UtcTicks,
            Tags = tags,
            SerializerId = serializerId,
            Manifest = manifest,
            AdapterManifest = representation.Manifest ?? "",
            WriterId = representation.WriterGuid ?? "",
            Payload = bytes,
        };
    }

    /// <summary>The event, as it was stored (without its tags): a new object for each caller.</summary>
    /// <exception cref="UnreadableEventException">Its serializer can't read it.</exception>
    public object EventOf(EventRecord record)
    {
        try
        {
            return Deserialize(record.Payload, record.SerializerId, record.Manifest);
        }
        catch (Exception e)
        {
            throw new UnreadableEventException(record.PersistenceId, record.SequenceNr, record.Ordering, e);
        }
    }

    public IPersistentRepresentation ToRepresentation(EventRecord record) => new Persistent(
        EventOf(record),
        record.SequenceNr,
        record.PersistenceId,
        record.AdapterManifest,
        isDeleted: false,
        ActorRefs.NoSender,
        record.WriterId,
        record.Timestamp);

    public SnapshotRecord ToRecord(SnapshotMetadata metadata, object snapshot)
    {
        var (serializerId, manifest, bytes) = Serialize(snapshot);
        return new SnapshotRecord(metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp.Ticks, serializerId, manifest, bytes);
    }

    public SelectedSnapshot ToSnapshot(SnapshotRecord record) => new(
        new SnapshotMetadata(record.PersistenceId, record.SequenceNr, new DateTime(record.Timestamp, DateTimeKind.Utc)),
        Deserialize(record.Payload, record.SerializerId, record.Manifest));

    private (int SerializerId, string Manifest, byte[] Bytes) Serialize(object payload)
    {
        var serializer = _serialization.FindSerializerFor(payload);
        // With the transport's address, so that actor references in events stay valid elsewhere.
        var bytes = Serialization.WithTransport(system, (serializer, payload), static state => state.serializer.ToBinary(state.payload));
        return (serializer.Identifier, Serialization.ManifestFor(serializer, payload), bytes);
    }

    private object Deserialize(byte[] bytes, int serializerId, string manifest) => Serialization.WithTransport(
        system,
        (_serialization, bytes, serializerId, manifest),
        static state => state._serialization.Deserialize(state.bytes, state.serializerId, state.manifest));
}
