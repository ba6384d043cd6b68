using Google.Protobuf;
using MongoDB.Bson;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>Events as documents, field by field and type by type as the official plugin writes them.</summary>
internal static class MongoEventDocuments
{
    public const string PersistenceId = "PersistenceId";
    public const string SequenceNr = "SequenceNr";
    public const string Ordering = "Ordering";
    public const string Tags = "Tags";
    public const string Payload = "Payload";

    // Taken as fixed by the BSON serializer's convention, whatever the runtime calls its core library.
    private const string ByteArray = "System.Byte[], System.Private.CoreLib";

    /// <summary>The only unique key: a taken sequence number is a duplicate of it.</summary>
    public static string IdOf(string persistenceId, long sequenceNr) => $"{persistenceId}_{sequenceNr}";

    public static BsonDocument ToDocument(EventRecord record) => new()
    {
        { "_id", IdOf(record.PersistenceId, record.SequenceNr) },
        { PersistenceId, record.PersistenceId },
        { SequenceNr, new BsonInt64(record.SequenceNr) },
        { "IsDeleted", BsonBoolean.False },
        { Payload, Wrap(SerializedMessage.OfEvent(record)) },
        { "Manifest", "" },
        // The server fills it in, one by one: the order of insertion, not of commits.
        { Ordering, new BsonTimestamp(0, 0) },
        { Tags, record.Tags is { } tags ? new BsonArray(tags) : BsonNull.Value },
        { "SerializerId", BsonNull.Value },
    };

    /// <summary>The event of a document.</summary>
    /// <exception cref="UnreadableEventException">It isn't of this layout.</exception>
    public static EventRecord ToRecord(BsonDocument document)
    {
        var persistenceId = document[PersistenceId].AsString;
        var sequenceNr = document[SequenceNr].ToInt64();
        var ordering = document[Ordering].AsBsonTimestamp;
        try
        {
            if (!document.GetValue("SerializerId", BsonNull.Value).IsBsonNull)
                throw new FormatException("Its document is of an older layout of Akka.Persistence.MongoDb, which isn't supported.");
            return SerializedMessage.ToEvent(
                Unwrap(document[Payload]),
                persistenceId,
                sequenceNr,
                (long)ordering.Value,
                DateTimeOffset.FromUnixTimeSeconds((uint)ordering.Timestamp).UtcTicks,
                document.GetValue(Tags, BsonNull.Value) is BsonArray tags ? [.. tags.Select(tag => tag.AsString)] : null);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or InvalidProtocolBufferException or KeyNotFoundException)
        {
            throw new UnreadableEventException(persistenceId, sequenceNr, (long)ordering.Value, e);
        }
    }

    /// <summary>Bytes with their type beside them, as the official plugin's serializer puts a field that is declared as an object.</summary>
    public static BsonDocument Wrap(byte[] bytes) => new()
    {
        { "_t", ByteArray },
        { "_v", new BsonBinaryData(bytes, BsonBinarySubType.Binary) },
    };

    /// <summary>Reads what <see cref="Wrap"/> writes, and bytes without a type.</summary>
    /// <exception cref="FormatException">There are no bytes: it is of another layout.</exception>
    public static byte[] Unwrap(BsonValue value) => value switch
    {
        BsonBinaryData binary => binary.Bytes,
        BsonDocument document when document.TryGetValue("_v", out var wrapped) && wrapped is BsonBinaryData binary => binary.Bytes,
        _ => throw new FormatException("Its payload isn't bytes: it is of another layout of Akka.Persistence.MongoDb, which isn't supported."),
    };
}
