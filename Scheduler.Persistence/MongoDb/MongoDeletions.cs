using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Fences off sequence numbers whose events were deleted: <c>_id</c> no longer does. The layout tells only of entities whose events were
/// deleted up to the highest number. While nobody ever deleted so, asking costs one small read a second; another node's first deletion
/// is learnt of within that second.
/// </summary>
internal sealed class MongoDeletions
{
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    private volatile bool _any;
    private long _lookedAt;

    /// <summary>This node deleted, or is about to.</summary>
    public void Note() => _any = true;

    /// <summary>Refuses those writes of a batch whose numbers were deleted.</summary>
    /// <param name="collections">Where.</param>
    /// <param name="session">Whose transaction the writes are in; null for none.</param>
    /// <param name="batch">The writes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RefuseAsync(MongoCollections collections, IClientSessionHandle? session, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        // In a transaction it has been looked before.
        if (!_any && (session is not null || !await LookAsync(collections, cancellationToken)))
            return;
        var ids = Builders<BsonDocument>.Filter.In("_id", batch.Select(write => write.PersistenceId).Distinct(StringComparer.Ordinal));
        var found = await (session is null ? collections.Metadata.Find(ids) : collections.Metadata.Find(session, ids)).ToListAsync(cancellationToken);
        if (found.Count == 0)
            return;
        var highest = found.ToDictionary(one => one["_id"].AsString, one => one[MongoEventDocuments.SequenceNr].ToInt64(), StringComparer.Ordinal);
        foreach (var write in batch)
        {
            if (highest.TryGetValue(write.PersistenceId, out var deleted) && write.Events.FirstOrDefault(one => one.SequenceNr <= deleted) is { } taken)
                write.Refuse(taken);
        }
    }

    /// <summary>Whether anybody ever deleted, as was known a second ago.</summary>
    public async Task<bool> LookAsync(MongoCollections collections, CancellationToken cancellationToken)
    {
        if (_any)
            return true;
        var looked = Volatile.Read(ref _lookedAt);
        if (looked != 0 && TimeProvider.System.GetElapsedTime(looked) < s_pause)
            return false;
        var now = TimeProvider.System.GetTimestamp();
        if (await collections.Metadata.Find(FilterDefinition<BsonDocument>.Empty).Limit(1).AnyAsync(cancellationToken))
            _any = true;
        Volatile.Write(ref _lookedAt, now);
        return _any;
    }
}
