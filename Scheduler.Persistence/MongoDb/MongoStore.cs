using Akka.Event;
using Akka.Persistence;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Journal and snapshots in one MongoDB database, which any number of nodes share. Nothing touches the network before the first call, and
/// a database that can't be opened is tried again with each one.
/// </summary>
internal sealed class MongoStore : IPersistenceStore, IEventStore, ISnapshotArchive
{
    private const int IdsARead = 1_000;

    private readonly TimeProvider _time;
    private readonly ILoggingAdapter _log;
    private readonly MongoConnection _connection;
    private readonly MongoCalls _calls;
    private readonly MongoDeletions _deletions = new();
    private readonly MongoWriteLane[] _lanes;
    private readonly SemaphoreSlim _following = new(1, 1);
    private volatile MongoTail? _follower;

    public MongoStore(MongoStoreSettings settings, TimeProvider time, ILoggingAdapter? log = null)
    {
        _time = time;
        _log = log ?? NoLogger.Instance;
        _connection = new MongoConnection(settings);
        _calls = new MongoCalls(_connection);
        var commit = new MongoCommit(_connection, _deletions);
        _lanes = [.. Enumerable.Range(0, settings.Lanes).Select(_ => new MongoWriteLane(settings, commit))];
    }

    public IEventStore Events => this;

    public ISnapshotArchive Snapshots => this;

    public EventTail Tail { get; } = new(MongoTailSettings.Overlap);

    public bool ReadsTagsByIndex => true;

    public long Overlap => MongoTailSettings.Overlap;

    public long MaxEventBytes => _connection.Settings.MaxEventBytes;

    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        var collections = await _connection.OpenAsync(cancellationToken);
        if (_follower is not null)
            return;
        await _following.WaitAsync(cancellationToken);
        try
        {
            if (_follower is not null)
                return;
            var settings = new MongoTailSettings { UseChangeStream = collections.HasTransactions };
            var follower = new MongoTail(collections.Events, MongoEventDocuments.ToRecord, Tail, _time, settings, _log)
            {
                Settle = (documents, token) => MongoUnfinished.SettleAsync(collections, documents, token),
            };
            try
            {
                await follower.StartAsync(cancellationToken);
            }
            catch (Exception e)
            {
                follower.Dispose();
                throw MongoFailures.Explain(_connection.Settings.Name, e);
            }

            _follower = follower;
        }
        finally
        {
            _following.Release();
        }
    }

    /// <summary>What the other nodes know this one by: see <see cref="EndSessionsAsync"/>.</summary>
    public void NameNode(string node) => _connection.Sessions.Node = node;

    /// <summary>Ends what a node has left open in the database.</summary>
    /// <exception cref="StoreException">It can't be opened.</exception>
    public async Task EndSessionsAsync(string node, CancellationToken cancellationToken) =>
        await MongoSessions.EndOfNodeAsync(await _connection.OpenAsync(cancellationToken), node, cancellationToken);

    /// <summary>Which journal it is, and how far it goes.</summary>
    /// <exception cref="StoreException">It can't be read.</exception>
    public async Task<JournalStand> StandAsync(CancellationToken cancellationToken)
    {
        var journal = await _calls.RunAsync(MongoIdentity.ReadAsync, cancellationToken);
        return new JournalStand(journal, Start: null, await ReadMaxOrderingAsync(cancellationToken));
    }

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<AtomicRecords> writes, CancellationToken cancellationToken)
    {
        if (writes.Count == 0)
            return Task.FromResult<IReadOnlyList<AppendOutcome>>([]);
        var id = writes[0].Events[0].PersistenceId;
        // Lanes keep the order of calls for each id; a call that spans ids would need an order between lanes. Akka's have one each.
        if (writes.Any(write => write.Events.Any(one => one.PersistenceId != id)))
            throw new ArgumentException("The writes of one call must belong to one persistence id.", nameof(writes));
        var lane = _lanes[(int)((uint)StringComparer.Ordinal.GetHashCode(id) % (uint)_lanes.Length)];
        return WakeAfterAsync(lane.AppendAsync(new MongoAppend(writes, cancellationToken)));
    }

    public async Task ReplayAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr, long limit, Predicate<EventRecord> onEvent, CancellationToken cancellationToken)
    {
        if (limit <= 0)
            return;
        var left = limit;
        if (!(await _connection.OpenAsync(cancellationToken)).HasTransactions)
            toSequenceNr = Math.Min(toSequenceNr, await ReadHighestSequenceNrAsync(persistenceId, cancellationToken));
        await _calls.ReadAsync(
            collections => collections.Events
                .Find(OfId(persistenceId) & Filter.Gte(MongoEventDocuments.SequenceNr, fromSequenceNr) & Filter.Lte(MongoEventDocuments.SequenceNr, toSequenceNr))
                .Sort(Sort.Ascending(MongoEventDocuments.SequenceNr))
                .Limit(limit > int.MaxValue ? null : (int)limit),
            document => onEvent(MongoEventDocuments.ToRecord(document)) && --left > 0,
            cancellationToken);
    }

    public Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken) => _calls.RunAsync(
        async (collections, token) =>
        {
            while (true)
            {
                var highest = await HighestAsync(collections, persistenceId, token);
                if (collections.HasTransactions)
                    return highest;
                // An event behind which a write isn't whole is highest for only as long as the write is kept as unfinished: at no time
                // between two reads that say the same, when it isn't found there.
                if (!await MongoUnfinished.FinishAsync(collections, [persistenceId], token)
                    && await HighestAsync(collections, persistenceId, token) == highest)
                {
                    return highest;
                }
            }
        },
        cancellationToken);

    public Task DeleteAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) => _calls.RunAsync(
        async (collections, token) =>
        {
            if (!collections.HasTransactions)
                await MongoUnfinished.FinishAsync(collections, [persistenceId], token);
            var highest = await HighestStoredAsync(collections, persistenceId, token);
            if (highest == 0)
                return true;
            // First, so that the number isn't lost if this process is, and so that whoever is finishing a write just now brings nothing
            // back. Also of a part of the events: a number that is free again must be no writer's, who knows less than the journal. It never goes down.
            _deletions.Note();
            await collections.Metadata.UpdateOneAsync(
                Filter.Eq("_id", persistenceId),
                Builders<BsonDocument>.Update
                    .SetOnInsert(MongoEventDocuments.PersistenceId, persistenceId)
                    .Max(MongoEventDocuments.SequenceNr, Math.Min(toSequenceNr, highest)),
                new UpdateOptions { IsUpsert = true },
                token);
            var deleted = await collections.Events.DeleteManyAsync(
                OfId(persistenceId) & Filter.Lte(MongoEventDocuments.SequenceNr, Math.Min(toSequenceNr, highest)), token);
            JournalMetrics.Deleted(deleted.DeletedCount, bytes: null);
            return true;
        },
        cancellationToken);

    public async Task<EventPage> ReadAsync(string? tag, long fromExclusive, long toInclusive, int limit, CancellationToken cancellationToken)
    {
        if (toInclusive <= fromExclusive || limit <= 0)
            return new EventPage([], fromExclusive);
        var filter = Filter.Gt(MongoEventDocuments.Ordering, new BsonTimestamp(fromExclusive))
            & Filter.Lte(MongoEventDocuments.Ordering, new BsonTimestamp(toInclusive));
        if (tag is not null)
            filter = Filter.Eq(MongoEventDocuments.Tags, tag) & filter;
        var events = new List<EventRecord>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var bytes = 0L;
        await _calls.ReadAsync(
            collections => collections.Events.Find(filter).Sort(Sort.Ascending(MongoEventDocuments.Ordering)).Limit(limit),
            document =>
            {
                var record = MongoEventDocuments.ToRecord(document);
                events.Add(record);
                ids.Add(record.PersistenceId);
                bytes += record.Payload.Length;
                return bytes < EventPage.EnoughBytes;
            },
            cancellationToken);
        var isCut = events.Count == limit || bytes >= EventPage.EnoughBytes;
        if (isCut)
            await ReadEqualAsync(events, tag, cancellationToken);
        if (ids.Count > 0 && !(await _connection.OpenAsync(cancellationToken)).HasTransactions)
            await _calls.RunAsync((collections, token) => MongoUnfinished.FinishAsync(collections, ids, token), cancellationToken);
        return new EventPage(events, isCut ? events[^1].Ordering : toInclusive);
    }

    /// <summary>The other events that have the last one's ordering: a page ends between orderings, as positions are orderings.</summary>
    private async Task ReadEqualAsync(List<EventRecord> events, string? tag, CancellationToken cancellationToken)
    {
        var last = events[^1].Ordering;
        var read = events.Where(one => one.Ordering == last).Select(static one => MongoEventDocuments.IdOf(one.PersistenceId, one.SequenceNr)).ToList();
        var filter = Filter.Eq(MongoEventDocuments.Ordering, new BsonTimestamp(last)) & Filter.Nin("_id", read);
        if (tag is not null)
            filter = Filter.Eq(MongoEventDocuments.Tags, tag) & filter;
        await _calls.ReadAsync(
            collections => collections.Events.Find(filter),
            document =>
            {
                events.Add(MongoEventDocuments.ToRecord(document));
                return true;
            },
            cancellationToken);
    }

    public Task<long> ReadMaxOrderingAsync(CancellationToken cancellationToken) => _calls.RunAsync(
        async (collections, token) =>
        {
            var last = await collections.Events.Find(FilterDefinition<BsonDocument>.Empty)
                .Sort(Sort.Descending(MongoEventDocuments.Ordering))
                .Project<BsonDocument>(Only(MongoEventDocuments.Ordering))
                .FirstOrDefaultAsync(token);
            return (long?)last?[MongoEventDocuments.Ordering].AsBsonTimestamp.Value ?? 0;
        },
        cancellationToken);

    public async Task<IReadOnlyList<string>> ReadPersistenceIdsAsync(string? after, long upTo, int limit, CancellationToken cancellationToken)
    {
        // A loose scan of the index: an id with many events costs one read of it, and many with few share one.
        var ids = new List<string>();
        var last = after ?? "";
        while (ids.Count < limit)
        {
            var seen = 0;
            await _calls.ReadAsync(
                collections => collections.Events.Find(Filter.Gt(MongoEventDocuments.PersistenceId, last) & Filter.Lte(MongoEventDocuments.Ordering, new BsonTimestamp(upTo)))
                    .Sort(Sort.Ascending(MongoEventDocuments.PersistenceId).Descending(MongoEventDocuments.SequenceNr))
                    .Project<BsonDocument>(Only(MongoEventDocuments.PersistenceId))
                    .Limit(IdsARead),
                document =>
                {
                    seen++;
                    var id = document[MongoEventDocuments.PersistenceId].AsString;
                    if (ids.Count == 0 || ids[^1] != id)
                        ids.Add(id);
                    return ids.Count < limit;
                },
                cancellationToken);
            if (seen < IdsARead)
                break;
            last = ids[^1];
        }

        return ids;
    }

    public Task CheckAsync(CancellationToken cancellationToken) => _calls.RunAsync(
        async (collections, token) =>
        {
            // In a collection of its own: the official plugin's are read by others.
            await collections.Checks.ReplaceOneAsync(
                Filter.Eq("_id", "check"),
                new BsonDocument { { "_id", "check" }, { "At", _time.GetUtcNow().UtcDateTime } },
                new ReplaceOptions { IsUpsert = true },
                token);
            return true;
        },
        cancellationToken);

    /// <summary>The primary's clock. It waits for no other calls: what is to be measured is the way to the server.</summary>
    public async Task<DateTimeOffset> ReadServerTimeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var collections = await _connection.OpenAsync(cancellationToken);
            var hello = await collections.Client.GetDatabase("admin").RunCommandAsync<BsonDocument>(
                new BsonDocument("hello", 1), ReadPreference.Primary, cancellationToken);
            return new DateTimeOffset(hello["localTime"].ToUniversalTime());
        }
        catch (Exception e) when (e is MongoException or TimeoutException or IOException or KeyNotFoundException)
        {
            throw MongoFailures.Explain(_connection.Settings.Name, e);
        }
    }

    public async Task<SnapshotRecord?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        var found = await _calls.RunAsync(
            (collections, token) => collections.Snapshots.Find(MongoSnapshotDocuments.Matching(persistenceId, criteria))
                .Sort(Sort.Descending(MongoEventDocuments.SequenceNr))
                .FirstOrDefaultAsync(token),
            cancellationToken);
        return found is null ? null : MongoSnapshotDocuments.ToRecord(found);
    }

    public Task SaveAsync(SnapshotRecord snapshot, CancellationToken cancellationToken) => _calls.RunAsync(
        (collections, token) =>
        {
            var document = MongoSnapshotDocuments.ToDocument(snapshot);
            return collections.Snapshots.ReplaceOneAsync(Filter.Eq("_id", document["_id"]), document, new ReplaceOptions { IsUpsert = true }, token);
        },
        cancellationToken);

    public Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) => _calls.RunAsync(
        (collections, token) => collections.Snapshots.DeleteManyAsync(MongoSnapshotDocuments.Matching(persistenceId, criteria), token),
        cancellationToken);

    public void Dispose()
    {
        foreach (var lane in _lanes)
            lane.Complete();
        // Bounded: what waits longer than a call may take isn't written any more.
        Task.WaitAll([.. _lanes.Select(lane => lane.Running)]);
        _follower?.Dispose();
        Tail.Close();
        _following.Dispose();
        _calls.Dispose();
        _connection.Dispose();
    }

    /// <summary>What this node has committed, and what it may have, is published at once and not by the next poll.</summary>
    private async Task<IReadOnlyList<AppendOutcome>> WakeAfterAsync(Task<IReadOnlyList<AppendOutcome>> append)
    {
        try
        {
            return await append;
        }
        finally
        {
            _follower?.Written();
        }
    }

    private static FilterDefinitionBuilder<BsonDocument> Filter => Builders<BsonDocument>.Filter;

    private static SortDefinitionBuilder<BsonDocument> Sort => Builders<BsonDocument>.Sort;

    private static FilterDefinition<BsonDocument> OfId(string persistenceId) => Filter.Eq(MongoEventDocuments.PersistenceId, persistenceId);

    private static ProjectionDefinition<BsonDocument> Only(string field) => Builders<BsonDocument>.Projection.Include(field).Exclude("_id");

    /// <summary>Deleted events included.</summary>
    private static async Task<long> HighestAsync(MongoCollections collections, string persistenceId, CancellationToken cancellationToken)
    {
        var deleted = collections.Metadata.Find(OfId(persistenceId)).FirstOrDefaultAsync(cancellationToken);
        var stored = HighestStoredAsync(collections, persistenceId, cancellationToken);
        await Task.WhenAll(deleted, stored);
        return Math.Max(await stored, (await deleted)?[MongoEventDocuments.SequenceNr].ToInt64() ?? 0);
    }

    private static async Task<long> HighestStoredAsync(MongoCollections collections, string persistenceId, CancellationToken cancellationToken)
    {
        var highest = await collections.Events.Find(OfId(persistenceId))
            .Sort(Sort.Descending(MongoEventDocuments.SequenceNr))
            .Project<BsonDocument>(Only(MongoEventDocuments.SequenceNr))
            .FirstOrDefaultAsync(cancellationToken);
        return highest?[MongoEventDocuments.SequenceNr].ToInt64() ?? 0;
    }
}
