using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Persistence;

/// <summary>
/// A journal in MongoDB with as little of the layout as it takes to follow it, and one node that follows it. What specs write here, other
/// nodes wrote.
/// </summary>
internal sealed class FollowedJournal : IEventStore, IAsyncDisposable
{
    private readonly string _connectionString;

    private FollowedJournal(string connectionString)
    {
        _connectionString = connectionString;
        var url = MongoUrl.Create(connectionString);
        Client = new MongoClient(url);
        Journal = Client.GetDatabase(url.DatabaseName).GetCollection<BsonDocument>("EventJournal");
    }

    public IMongoClient Client { get; }

    public IMongoCollection<BsonDocument> Journal { get; }

    public MongoTail? Follower { get; private set; }

    public EventTail Tail { get; } = new(MongoTailSettings.Overlap);

    public bool ReadsTagsByIndex => true;

    public long Overlap => MongoTailSettings.Overlap;

    /// <summary>Makes the collection and its indexes, and follows it.</summary>
    /// <param name="settings">How it is followed.</param>
    /// <param name="port">Followed through this port of the loopback; by the server's own without one.</param>
    public static async Task<FollowedJournal> StartAsync(MongoTailSettings? settings = null, Func<MongoUrl, int>? port = null)
    {
        var journal = new FollowedJournal(MongoServer.NewDatabase());
        var keys = Builders<BsonDocument>.IndexKeys;
        await journal.Journal.Indexes.CreateManyAsync(
            [new CreateIndexModel<BsonDocument>(keys.Ascending("Ordering")), new CreateIndexModel<BsonDocument>(keys.Ascending("Tags").Ascending("Ordering"))]);
        await journal.FollowAsync(settings ?? new MongoTailSettings(), port);
        return journal;
    }

    public static BsonDocument Event(string id, long sequenceNr, params string[] tags) => new()
    {
        { "_id", $"{id}_{sequenceNr}" },
        { "PersistenceId", id },
        { "SequenceNr", sequenceNr },
        { "Ordering", new BsonTimestamp(0, 0) },
        { "Tags", new BsonArray(tags) },
    };

    public Task InsertAsync(params BsonDocument[] documents) => Journal.InsertManyAsync(documents, new InsertManyOptions { IsOrdered = false });

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<EventPage> ReadAsync(string? tag, long fromExclusive, long toInclusive, int limit, CancellationToken cancellationToken)
    {
        var filter = Builders<BsonDocument>.Filter.Gt("Ordering", new BsonTimestamp(fromExclusive)) & Builders<BsonDocument>.Filter.Lte("Ordering", new BsonTimestamp(toInclusive));
        if (tag is not null)
            filter &= Builders<BsonDocument>.Filter.Eq("Tags", tag);
        var found = await Journal.Find(filter).Sort(Builders<BsonDocument>.Sort.Ascending("Ordering")).Limit(limit).ToListAsync(cancellationToken);
        return new EventPage(found.ConvertAll(Read), found.Count < limit ? toInclusive : JournalProbe.OrderingOf(found[^1]));
    }

    public async Task<long> ReadMaxOrderingAsync(CancellationToken cancellationToken)
    {
        var last = await Journal.Find(FilterDefinition<BsonDocument>.Empty).Sort(Builders<BsonDocument>.Sort.Descending("Ordering")).FirstOrDefaultAsync(cancellationToken);
        return last is null ? 0 : JournalProbe.OrderingOf(last);
    }

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<AtomicRecords> writes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task ReplayAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr, long limit, Predicate<EventRecord> onEvent, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task DeleteAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> ReadPersistenceIdsAsync(string? after, long upTo, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public async ValueTask DisposeAsync()
    {
        if (Follower is not null)
            await Follower.DisposeAsync();
        MongoServer.Drop(_connectionString);
    }

    private async Task FollowAsync(MongoTailSettings settings, Func<MongoUrl, int>? port)
    {
        var url = MongoUrl.Create(_connectionString);
        var followed = Journal;
        if (port is not null)
        {
            var through = new MongoUrlBuilder(_connectionString) { Server = new MongoServerAddress("127.0.0.1", port(url)) }.ToMongoUrl();
            followed = new MongoClient(through).GetDatabase(url.DatabaseName).GetCollection<BsonDocument>(Journal.CollectionNamespace.CollectionName);
        }

        Follower = new MongoTail(followed, Read, Tail, TimeProvider.System, settings);
        await Follower.StartAsync(CancellationToken.None);
    }

    private static EventRecord Read(BsonDocument document)
    {
        if (document.Contains("Broken"))
            throw new UnreadableEventException(document["PersistenceId"].AsString, document["SequenceNr"].AsInt64, JournalProbe.OrderingOf(document), new FormatException());
        return new EventRecord
        {
            PersistenceId = document["PersistenceId"].AsString,
            SequenceNr = document["SequenceNr"].AsInt64,
            Timestamp = 1,
            Tags = [.. document["Tags"].AsBsonArray.Select(tag => tag.AsString)],
            SerializerId = 4301,
            Manifest = "happened.v1",
            Payload = [],
            WriterId = "w",
            Ordering = JournalProbe.OrderingOf(document),
        };
    }
}
