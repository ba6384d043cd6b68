using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Atomic writes of several events where the server has no transactions. Before the first of its events is inserted, the whole of a write
/// is stored in a collection of its own, as one document: so whoever comes upon a part of it, its writer having died, inserts the rest.
/// A write counts once its first event is inserted, which decides between two writers as well.
/// </summary>
/// <remarks>
/// Readers look here after they have read. Nothing here means that what they read is whole, since a write is forgotten only after its last
/// event was inserted. What is inserted late has a late ordering, so readers by ordering don't miss it.
/// </remarks>
internal static class MongoUnfinished
{
    private const string Id = "_id";
    private const string Write = "Write";
    private const string Events = "Events";

    private static FilterDefinitionBuilder<BsonDocument> Filter => Builders<BsonDocument>.Filter;

    /// <summary>A write as it is kept until it is done: at most one of each persistence id.</summary>
    public static BsonDocument ToDocument(string persistenceId, IEnumerable<BsonDocument> events) => new()
    {
        { Id, persistenceId },
        // Whoever is done with it must not remove the one after it.
        { Write, ObjectId.GenerateNewId() },
        { Events, new BsonArray(events) },
    };

    /// <summary>Finishes what any node left unfinished.</summary>
    public static async Task FinishAllAsync(MongoCollections collections, CancellationToken cancellationToken)
    {
        using var cursor = await collections.Unfinished.FindAsync(FilterDefinition<BsonDocument>.Empty, cancellationToken: cancellationToken);
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            foreach (var write in cursor.Current)
                await FinishAsync(collections, write, cancellationToken);
        }
    }

    /// <summary>Finishes what those persistence ids left unfinished, or are writing just now; false where there was nothing.</summary>
    public static async Task<bool> FinishAsync(MongoCollections collections, IEnumerable<string> persistenceIds, CancellationToken cancellationToken)
    {
        var found = await collections.Unfinished.Find(Filter.In(Id, persistenceIds)).ToListAsync(cancellationToken);
        foreach (var write in found)
            await FinishAsync(collections, write, cancellationToken);
        return found.Count > 0;
    }

    /// <summary>Makes those events whole that were read: none of them is part of an unfinished write afterwards.</summary>
    public static Task SettleAsync(MongoCollections collections, IReadOnlyList<BsonDocument> events, CancellationToken cancellationToken) =>
        collections.HasTransactions || events.Count == 0
            ? Task.CompletedTask
            : FinishAsync(
                collections, events.Select(static one => one[MongoEventDocuments.PersistenceId].AsString).Distinct(StringComparer.Ordinal), cancellationToken);

    /// <summary>
    /// Inserts what is missing of a write, and forgets it. Any number of nodes may do so at once, the writer among them.
    /// </summary>
    /// <returns>Null when all of it is stored; else the id of an event whose number another writer has taken, and nothing is stored.</returns>
    public static async Task<string?> FinishAsync(MongoCollections collections, BsonDocument write, CancellationToken cancellationToken)
    {
        var events = write[Events].AsBsonArray.Select(static one => one.AsBsonDocument).ToList();
        var deletedTo = await DeletedToAsync(collections, events, cancellationToken);
        for (var i = 0; i < events.Count; i++)
        {
            if (SequenceNrOf(events[i]) <= deletedTo || await InsertAsync(collections, events[i], cancellationToken))
                continue;
            // Only where a number was left out, and another writer went on behind it meanwhile, was anything inserted before.
            foreach (var own in events.Take(i))
            {
                await collections.Events.DeleteOneAsync(
                    Filter.Eq(Id, own[Id]) & Filter.Eq(MongoEventDocuments.Payload, own[MongoEventDocuments.Payload]), cancellationToken);
            }

            await ForgetAsync(collections, [write], cancellationToken);
            return events[i][Id].AsString;
        }

        // Who deletes says so first: what was deleted while this was under way, and came back by it, goes again.
        if (await DeletedToAsync(collections, events, cancellationToken) is var now && now > deletedTo)
            await collections.Events.DeleteManyAsync(Filter.In(Id, events.Where(one => SequenceNrOf(one) <= now).Select(static one => one[Id])), cancellationToken);
        await ForgetAsync(collections, [write], cancellationToken);
        return null;
    }

    /// <summary>Forgets writes that are done.</summary>
    public static Task ForgetAsync(MongoCollections collections, IEnumerable<BsonDocument> writes, CancellationToken cancellationToken)
    {
        var list = writes.ToList();
        return collections.Unfinished.DeleteManyAsync(
            Filter.In(Id, list.Select(static one => one[Id])) & Filter.In(Write, list.Select(static one => one[Write])), cancellationToken);
    }

    /// <summary>False when the number is taken by another event.</summary>
    private static async Task<bool> InsertAsync(MongoCollections collections, BsonDocument document, CancellationToken cancellationToken)
    {
        // Where it was kept, the server didn't fill it in.
        document[MongoEventDocuments.Ordering] = new BsonTimestamp(0, 0);
        try
        {
            await collections.Events.InsertOneAsync(document, options: null, cancellationToken);
            return true;
        }
        catch (MongoWriteException e) when (e.WriteError?.Code == MongoFailures.DuplicateKey)
        {
            var stored = await collections.Events.Find(Filter.Eq(Id, document[Id])).FirstOrDefaultAsync(cancellationToken);
            // The bytes name the incarnation that wrote them. One that is gone already was stored and deleted.
            return stored is null || stored[MongoEventDocuments.Payload] == document[MongoEventDocuments.Payload];
        }
    }

    /// <summary>Up to which number these events' persistence id is deleted; 0 for none.</summary>
    private static async Task<long> DeletedToAsync(MongoCollections collections, List<BsonDocument> events, CancellationToken cancellationToken)
    {
        var deleted = await collections.Metadata.Find(Filter.Eq(Id, events[0][MongoEventDocuments.PersistenceId])).FirstOrDefaultAsync(cancellationToken);
        return deleted is null ? 0 : deleted[MongoEventDocuments.SequenceNr].ToInt64();
    }

    private static long SequenceNrOf(BsonDocument document) => document[MongoEventDocuments.SequenceNr].ToInt64();
}
