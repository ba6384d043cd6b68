using Akka.Persistence;
using Google.Protobuf;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>Snapshots as documents, as the official plugin writes them.</summary>
internal static class MongoSnapshotDocuments
{
    private const string Timestamp = "Timestamp";
    private const string Snapshot = "Snapshot";

    // Of Akka.Persistence's serializer of snapshots, whose bytes these are.
    private const int AkkaSerializer = 8;
    private const string AkkaManifest = "Akka.Persistence.Serialization.Snapshot, Akka.Persistence";

    public static BsonDocument ToDocument(SnapshotRecord snapshot) => new()
    {
        { "_id", MongoEventDocuments.IdOf(snapshot.PersistenceId, snapshot.SequenceNr) },
        { MongoEventDocuments.PersistenceId, snapshot.PersistenceId },
        { MongoEventDocuments.SequenceNr, new BsonInt64(snapshot.SequenceNr) },
        { Timestamp, new BsonInt64(snapshot.Timestamp) },
        { Snapshot, MongoEventDocuments.Wrap(SerializedMessage.OfPayload(snapshot.SerializerId, snapshot.Payload, snapshot.Manifest)) },
        { "Manifest", AkkaManifest },
        { "SerializerId", AkkaSerializer },
    };

    /// <summary>The snapshot of a document.</summary>
    /// <exception cref="StoreException">It isn't of this layout.</exception>
    public static SnapshotRecord ToRecord(BsonDocument document)
    {
        try
        {
            var payload = SerializedMessage.ToPayload(MongoEventDocuments.Unwrap(document[Snapshot]));
            return new SnapshotRecord(
                document[MongoEventDocuments.PersistenceId].AsString,
                document[MongoEventDocuments.SequenceNr].ToInt64(),
                document[Timestamp].ToInt64(),
                payload.SerializerId,
                payload.Manifest,
                payload.Bytes);
        }
        catch (Exception e) when (e is FormatException or InvalidCastException or InvalidProtocolBufferException or KeyNotFoundException)
        {
            throw new StoreException($"The snapshot '{document.GetValue("_id", BsonNull.Value)}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>Those of one persistence id that meet the criteria.</summary>
    public static FilterDefinition<BsonDocument> Matching(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var filter = Builders<BsonDocument>.Filter;
        return filter.Eq(MongoEventDocuments.PersistenceId, persistenceId)
            & filter.Gte(MongoEventDocuments.SequenceNr, criteria.MinSequenceNr)
            & filter.Lte(MongoEventDocuments.SequenceNr, criteria.MaxSequenceNr)
            & filter.Gte(Timestamp, criteria.MinTimestamp?.Ticks ?? 0)
            & filter.Lte(Timestamp, criteria.MaxTimeStamp.Ticks);
    }
}
