using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Stores a batch of atomic writes. They share a transaction, where the server has them; else each single event of another entity is stored independently of
/// the rest, in one unordered insert. What is in the way of others (a taken number, another writer's open transaction) is refused, or goes on, by itself, and the
/// rest goes on without it.
/// </summary>
internal sealed partial class MongoCommit(MongoConnection connection, MongoDeletions deletions)
{
    private static readonly InsertManyOptions s_unordered = new() { IsOrdered = false };

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly MongoStoreSettings _settings = connection.Settings;

    /// <summary>Decides every write of the batch, but for those that are answered: these go on by themselves, one persistence id each. Doesn't fail.</summary>
    public async Task<IReadOnlyList<MongoStraggler>> StoreAsync(List<MongoWrite> batch)
    {
        try
        {
            using var deadline = new CancellationTokenSource(_settings.CallTimeout);
            var collections = await connection.OpenAsync(deadline.Token);
            if (collections.HasTransactions)
                return await StoreTogetherAsync(collections, batch, deadline.Token);
            await deletions.RefuseAsync(collections, session: null, batch, deadline.Token);
            var open = Open(batch);
            if (IsIndependent(open))
                await InsertAsync(collections, open, deadline.Token);
            else
                await StoreByPartsAsync(collections, open, deadline.Token);
        }
        catch (Exception e)
        {
            // Whatever may have been stored was decided where it was sent.
            NotStored(batch, e);
        }

        return [];
    }

    private static List<MongoWrite> Open(List<MongoWrite> batch) => batch.FindAll(static write => !write.IsDecided);

    private void NotStored(List<MongoWrite> batch, Exception cause)
    {
        foreach (var write in Open(batch))
            write.Decide(AppendStatus.NotStored, MongoFailures.Explain(_settings.Name, cause));
    }

    /// <summary>
    /// Half of an unordered insert may be lost by a crash. That breaks nothing where no two of its events belong to one history.
    /// </summary>
    private static bool IsIndependent(List<MongoWrite> batch)
    {
        if (batch.Exists(static write => write.Events.Count > 1))
            return false;
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return batch.TrueForAll(write => ids.Add(write.PersistenceId));
    }

    private async Task InsertAsync(MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
            return;
        try
        {
            await collections.Events.InsertManyAsync(batch.Select(static write => write.Documents[0]), s_unordered, cancellationToken);
            Stored(batch);
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteConcernError is null && e.UnprocessedRequests.Count == 0)
        {
            RefuseNamed(batch, e);
            Stored(Open(batch));
        }
        catch (Exception e) when (!MongoFailures.IsBeforeSending(e))
        {
            // The server may still be at it: what isn't there now may be there later.
            await LookUpAsync(collections, batch, e, isOver: false);
        }
    }

    private static void Stored(List<MongoWrite> batch)
    {
        foreach (var write in batch)
            write.Decide(AppendStatus.Stored);
    }

    private void RefuseNamed(List<MongoWrite> batch, MongoBulkWriteException<BsonDocument> e)
    {
        var rows = batch.SelectMany(static write => write.Events.Select(one => (Write: write, Event: one))).ToList();
        foreach (var error in e.WriteErrors.OrderBy(static one => one.Index))
        {
            var (write, taken) = rows[error.Index];
            if (error.Code == MongoFailures.DuplicateKey)
            {
                write.Refuse(taken);
            }
            else
            {
                write.Decide(
                    AppendStatus.NotStored,
                    new StoreException(
                        $"Event {taken.SequenceNr} of '{taken.PersistenceId}' can't be stored in '{_settings.Name}': {error.Message} (code {error.Code})", e));
            }
        }
    }

    /// <summary>A transaction ends with the first taken number, and doesn't tell of further ones.</summary>
    private static async Task RefuseStoredAsync(MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        if (batch.Count == 0)
            return;
        var stored = await FindAsync(collections, batch, ReadConcern.Local, cancellationToken);
        foreach (var write in batch)
        {
            if (write.Events.FirstOrDefault(one => stored.ContainsKey(MongoEventDocuments.IdOf(one.PersistenceId, one.SequenceNr))) is { } taken)
                write.Refuse(taken);
        }
    }

    /// <summary>Decides by what is in the journal, where it can be told.</summary>
    private async Task LookUpAsync(MongoCollections collections, List<MongoWrite> batch, Exception cause, bool isOver)
    {
        Dictionary<string, BsonDocument>? stored = null;
        try
        {
            using var grace = new CancellationTokenSource(s_grace);
            Dictionary<string, BsonDocument>? found = await FindAsync(collections, batch, ReadConcern.Local, grace.Token);
            if (found.Count > 0)
                found = await FindAsync(collections, batch, collections.Events.Settings.ReadConcern, grace.Token) is { } durable && durable.Count == found.Count ? durable : null;
            stored = found;
        }
        catch (Exception)
        {
            // Whatever it was: then it can't be told, and "not stored" would be a guess.
            stored = null;
        }

        // From the last to the first: one that isn't stored decides those after it, and these are known better here.
        for (var i = batch.Count - 1; i >= 0; i--)
        {
            var status = Judge(batch[i], stored, isOver);
            batch[i].Decide(status, status == AppendStatus.Stored ? null : MongoFailures.Explain(_settings.Name, cause));
        }
    }

    private static AppendStatus Judge(MongoWrite write, Dictionary<string, BsonDocument>? stored, bool isOver)
    {
        if (stored is null)
            return AppendStatus.Unknown;
        // The bytes name the incarnation that wrote them.
        var own = write.Documents.Count(one =>
            stored.TryGetValue(one["_id"].AsString, out var found) && found[MongoEventDocuments.Payload] == one[MongoEventDocuments.Payload]);
        if (own == write.Documents.Length)
            return AppendStatus.Stored;
        return own == 0 && isOver ? AppendStatus.NotStored : AppendStatus.Unknown;
    }

    private static async Task<Dictionary<string, BsonDocument>> FindAsync(
        MongoCollections collections, List<MongoWrite> batch, ReadConcern concern, CancellationToken cancellationToken)
    {
        var ids = batch.SelectMany(static write => write.Documents.Select(one => one["_id"]));
        var found = await collections.Events
            .WithReadConcern(concern)
            .Find(Builders<BsonDocument>.Filter.In("_id", ids))
            .Project<BsonDocument>(Builders<BsonDocument>.Projection.Include(MongoEventDocuments.Payload))
            .ToListAsync(cancellationToken);
        return found.ToDictionary(one => one["_id"].AsString, StringComparer.Ordinal);
    }
}
