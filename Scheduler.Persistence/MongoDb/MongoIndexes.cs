using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>The official plugin's indexes, with its names and options: none is unique, <c>_id</c> is.</summary>
internal static class MongoIndexes
{
    private const int Attempts = 5;

    /// <summary>Makes collections and indexes that are missing.</summary>
    public static async Task EnsureAsync(MongoCollections collections, CancellationToken cancellationToken)
    {
        var byId = Keys((MongoEventDocuments.PersistenceId, 1), (MongoEventDocuments.SequenceNr, -1));
        await EnsureAsync(
            collections.Events,
            [
                byId,
                Keys((MongoEventDocuments.Ordering, 1)),
                Keys((MongoEventDocuments.Tags, 1), (MongoEventDocuments.Ordering, 1)),
            ],
            cancellationToken);
        await EnsureAsync(collections.Metadata, [Keys((MongoEventDocuments.PersistenceId, 1))], cancellationToken);
        await EnsureAsync(collections.Snapshots, [byId], cancellationToken);
    }

    private static async Task EnsureAsync(IMongoCollection<BsonDocument> collection, BsonDocument[] keys, CancellationToken cancellationToken)
    {
        var models = keys.Select(one => new CreateIndexModel<BsonDocument>(new BsonDocumentIndexKeysDefinition<BsonDocument>(one))).ToArray();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await collection.Indexes.CreateManyAsync(models, cancellationToken);
                return;
            }
            catch (MongoCommandException) when (attempt < Attempts)
            {
                // All nodes of a new cluster begin at once, and some find the collection half made. Making what is there is nothing.
                await Task.Delay(TimeSpan.FromMilliseconds(100 * attempt), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static BsonDocument Keys(params (string Field, int Direction)[] fields) =>
        new(fields.Select(field => new BsonElement(field.Field, field.Direction)));
}
