using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Stores a batch of atomic writes. Where each is a single event of another entity, the server stores them independently of each other,
/// in one unordered insert; else they share a transaction, where the server has them. What is in the way of others (a taken number) is refused by itself and the
/// rest goes on without it.
/// </summary>
internal sealed partial class MongoCommit(MongoConnection connection, MongoDeletions deletions)
{
    private const int Attempts = 4;

    private static readonly InsertManyOptions s_unordered = new() { IsOrdered = false };

    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly MongoStoreSettings _settings = connection.Settings;

    /// <summary>Decides every write of the batch; doesn't fail.</summary>
    public async Task StoreAsync(List<MongoWrite> batch)
    {
        try
        {
            using var deadline = new CancellationTokenSource(_settings.CallTimeout);
            var collections = await connection.OpenAsync(deadline.Token);
            await deletions.RefuseAsync(collections, batch, deadline.Token);
            batch = Open(batch);
            if (batch.Count == 0)
                return;
            if (IsIndependent(batch))
                await InsertAsync(collections, batch, deadline.Token);
            else if (!collections.HasTransactions)
                await StoreByPartsAsync(collections, batch, deadline.Token);
            else
                await TransactAsync(collections, batch, deadline.Token);
        }
        catch (Exception e)
        {
            // What leaves the two methods undecided was never committed.
            foreach (var write in Open(batch))
                write.Decide(AppendStatus.NotStored, MongoFailures.Explain(_settings.Name, e));
        }
    }

    private static List<MongoWrite> Open(List<MongoWrite> batch) => batch.FindAll(static write => !write.IsDecided);

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
        try
        {
            await collections.Events.InsertManyAsync(batch.Select(static write => write.Documents[0]), s_unordered, cancellationToken);
            foreach (var write in batch)
                write.Decide(AppendStatus.Stored);
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteConcernError is null && e.UnprocessedRequests.Count == 0)
        {
            RefuseNamed(batch, e);
            foreach (var write in Open(batch))
                write.Decide(AppendStatus.Stored);
        }
        catch (Exception e) when (!MongoFailures.IsBeforeSending(e))
        {
            // The server may still be at it: what isn't there now may be there later.
            await LookUpAsync(collections, batch, e, isOver: false);
        }
    }

    private async Task TransactAsync(MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            using var session = await collections.Client.StartSessionAsync(cancellationToken: cancellationToken);
            session.StartTransaction(new TransactionOptions(writeConcern: MongoConnection.Durable));
            try
            {
                await collections.Events.InsertManyAsync(session, batch.SelectMany(static write => write.Documents), s_unordered, cancellationToken);
            }
            catch (Exception e)
            {
                await AbortAsync(session);
                if (e is MongoBulkWriteException<BsonDocument> { WriteErrors.Count: > 0 } named)
                {
                    RefuseNamed(batch, named);
                    await RefuseStoredAsync(collections, Open(batch), cancellationToken);
                }
                else if (!MongoFailures.IsTransient(e) || attempt == Attempts)
                {
                    throw;
                }
                else if (attempt > 1 && batch.Count > 1)
                {
                    // A second writer's transaction is in the way of somebody here. The others needn't wait for it.
                    var half = batch.Count / 2;
                    await TransactAsync(collections, batch[..half], cancellationToken);
                    await TransactAsync(collections, Open(batch[half..]), cancellationToken);
                    return;
                }
                else
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20 * attempt), TimeProvider.System, cancellationToken);
                }

                batch = Open(batch);
                continue;
            }

            await CommitAsync(collections, session, batch, cancellationToken);
            return;
        }
    }

    private async Task CommitAsync(
        MongoCollections collections, IClientSessionHandle session, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        try
        {
            await session.CommitTransactionAsync(cancellationToken);
        }
        catch (Exception e)
        {
            var isOver = MongoFailures.IsOver(e);
            if (!isOver)
            {
                try
                {
                    // Committing twice is committing once. Not the whole transaction, though: it might meet itself.
                    using var grace = new CancellationTokenSource(s_grace);
                    await session.CommitTransactionAsync(grace.Token);
                    Stored(batch);
                    return;
                }
                catch (Exception again)
                {
                    isOver = MongoFailures.IsOver(again);
                }
            }

            // A server that was restarted after the commit says "no such transaction" of what it stored. Only the journal knows.
            await LookUpAsync(collections, batch, e, isOver);
            return;
        }

        Stored(batch);
    }

    private static void Stored(List<MongoWrite> batch)
    {
        foreach (var write in batch)
            write.Decide(AppendStatus.Stored);
    }

    private static async Task AbortAsync(IClientSessionHandle session)
    {
        try
        {
            // Disposing would do it without a limit to the time.
            using var grace = new CancellationTokenSource(s_grace);
            await session.AbortTransactionAsync(grace.Token);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException or InvalidOperationException)
        {
            // The server aborts by itself what nobody commits.
        }
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
            stored = await FindAsync(collections, batch, ReadConcern.Local, grace.Token);
            if (stored.Count > 0)
                stored = await FindAsync(collections, batch, collections.Events.Settings.ReadConcern, grace.Token) is { } durable && durable.Count == stored.Count ? durable : null;
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException or IOException)
        {
            // Then it can't be told.
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
