using System.Globalization;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Benchmarks.Journal;

/// <summary>
/// Plain inserts of the journal's documents by the driver alone, with the journal's promise (a majority has them on disk): what the server
/// itself can do.
/// </summary>
internal sealed class BareMongo
{
    private const int PersistenceIds = 1000;

    private static readonly InsertManyOptions s_unordered = new() { IsOrdered = false };

    private readonly string[] _ids = [.. Enumerable.Range(0, PersistenceIds).Select(i => string.Create(CultureInfo.InvariantCulture, $"b-{i}"))];
    private readonly IMongoCollection<BsonDocument> _collection;
    private readonly BsonDocument _example;
    private long _made;

    private BareMongo(IMongoCollection<BsonDocument> collection, BsonDocument example)
    {
        _collection = collection;
        _example = example;
    }

    /// <summary>Makes a collection beside a journal that holds an event already: its documents are copies of that.</summary>
    /// <param name="journal">The journal's collection.</param>
    /// <param name="name">What the new one is called.</param>
    /// <param name="withIndexes">True to give it the journal's indexes; false to leave it with the one of <c>_id</c>.</param>
    public static async Task<BareMongo> BesideAsync(IMongoCollection<BsonDocument> journal, string name, bool withIndexes)
    {
        var collection = journal.Database
            .GetCollection<BsonDocument>(name)
            .WithWriteConcern(WriteConcern.WMajority.With(journal: true));
        if (withIndexes)
        {
            using var indexes = await journal.Indexes.ListAsync();
            await collection.Indexes.CreateManyAsync((await indexes.ToListAsync())
                .Select(index => index["key"].AsBsonDocument)
                .Where(key => !key.Contains("_id"))
                .Select(key => new CreateIndexModel<BsonDocument>(key)));
        }

        var example = await journal.Find(FilterDefinition<BsonDocument>.Empty).FirstAsync();
        return new BareMongo(collection, example);
    }

    /// <summary>Inserts for a while, so many documents a call and so many calls at a time, and says how many documents a second.</summary>
    public async Task<double> InsertManyAsync(TimeSpan time, int documentsPerCall, int callsAtATime)
    {
        var since = TimeProvider.System.GetTimestamp();
        var inserted = await Task.WhenAll(Enumerable.Range(0, callsAtATime).Select(_ => Task.Run(CallAfterCallAsync)));
        return inserted.Sum() / TimeProvider.System.GetElapsedTime(since).TotalSeconds;

        async Task<long> CallAfterCallAsync()
        {
            var documents = 0L;
            while (TimeProvider.System.GetElapsedTime(since) < time)
            {
                await _collection.InsertManyAsync(Enumerable.Range(0, documentsPerCall).Select(_ => Next()), s_unordered);
                documents += documentsPerCall;
            }

            return documents;
        }
    }

    /// <summary>Inserts one document after the other for a while, and says how many a second.</summary>
    public async Task<double> InsertOneAsync(TimeSpan time)
    {
        var documents = 0L;
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < time)
        {
            await _collection.InsertOneAsync(Next());
            documents++;
        }

        return documents / TimeProvider.System.GetElapsedTime(since).TotalSeconds;
    }

    private BsonDocument Next()
    {
        var made = Interlocked.Increment(ref _made) - 1;
        var (id, nr) = (_ids[made % PersistenceIds], (made / PersistenceIds) + 1);
        // The bytes of the payload are shared: only what the server indexes differs.
        var document = (BsonDocument)_example.Clone();
        document["_id"] = $"{id}_{nr}";
        document["PersistenceId"] = id;
        document["SequenceNr"] = nr;
        document["Ordering"] = new BsonTimestamp(0, 0);
        return document;
    }
}
