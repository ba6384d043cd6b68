using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>Which journal a database holds: a document beside the health check's, given once, by whichever node is first.</summary>
internal static class MongoIdentity
{
    private const string Key = "journal";
    private const string Field = "journal_id";

    private static readonly FilterDefinition<BsonDocument> One = new BsonDocument("_id", Key);

    /// <summary>Reads it; gives a journal its id where it has none yet.</summary>
    public static async Task<string> ReadAsync(MongoCollections collections, CancellationToken cancellationToken)
    {
        var first = new BsonDocument("$setOnInsert", new BsonDocument(Field, Guid.NewGuid().ToString("N")));
        try
        {
            await collections.Checks.UpdateOneAsync(One, first, new UpdateOptions { IsUpsert = true }, cancellationToken);
        }
        catch (MongoWriteException e) when (e.WriteError?.Category is ServerErrorCategory.DuplicateKey)
        {
            // Another node was first.
        }

        return (await collections.Checks.Find(One).FirstAsync(cancellationToken))[Field].AsString;
    }
}
