using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <content>How a batch is stored where the server has no transactions.</content>
internal sealed partial class MongoCommit
{
    private const int Attempts = 4;

    // Less than a document can be, which one write is kept as until it is done.
    private const long LargestWrite = 15 << 20;

    /// <summary>Each persistence id's writes in their order; those of several events by way of <see cref="MongoUnfinished"/>.</summary>
    private async Task StoreByPartsAsync(MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        while (batch.Count > 0)
        {
            var (single, several) = (new List<MongoWrite>(), new List<MongoWrite>());
            var blocked = new HashSet<string>(StringComparer.Ordinal);
            foreach (var write in batch)
            {
                if (blocked.Contains(write.PersistenceId))
                    continue;
                if (write.Events.Count == 1)
                {
                    single.Add(write);
                    continue;
                }

                blocked.Add(write.PersistenceId);
                several.Add(write);
            }

            await InsertInOrderAsync(collections, single, cancellationToken);
            await InsertWholeAsync(collections, Open(several), cancellationToken);
            batch = Open(batch);
        }
    }

    /// <summary>What is left of an ordered insert that is cut off is its beginning, which leaves no hole in anybody's history.</summary>
    private async Task InsertInOrderAsync(MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        while (batch.Count > 0)
        {
            try
            {
                await collections.Events.InsertManyAsync(batch.Select(static write => write.Documents[0]), s_ordered, cancellationToken);
                Stored(batch);
                return;
            }
            catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteConcernError is null && e.WriteErrors.Count == 1)
            {
                var refused = e.WriteErrors[0].Index;
                Stored(batch[..refused]);
                RefuseNamed(batch, e);
                batch = Open(batch);
            }
            catch (Exception e) when (!MongoFailures.IsBeforeSending(e))
            {
                await LookUpAsync(collections, batch, e, isOver: false);
                return;
            }
        }
    }

    /// <summary>Writes of several events, one of each persistence id.</summary>
    private async Task InsertWholeAsync(MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        foreach (var write in batch.Where(static write => write.Bytes > LargestWrite))
        {
            write.Decide(
                AppendStatus.NotStored,
                new StoreException(
                    $"Events {write.Events[0].SequenceNr} to {write.Events[^1].SequenceNr} of '{write.PersistenceId}' can't be stored in "
                    + $"'{_settings.Name}': one write of {write.Bytes} bytes, and without transactions the limit is {LargestWrite}."));
        }

        var kept = await KeepAsync(collections, Open(batch), cancellationToken);
        if (kept.Count == 0)
            return;
        try
        {
            // Each event when the one before it is stored, whoever stored that: a server gives a command's documents their orderings when it reads them, so one that
            // a reader has meanwhile finished could end up behind its successor.
            var open = kept;
            for (var i = 0; i < kept.Keys.Max(static write => write.Documents.Length); i++)
            {
                var part = i;
                open = await InsertPartAsync(collections, open, write => write.Documents.Skip(part).Take(1), cancellationToken);
            }

            await ForgetAsync(collections, kept, cancellationToken);
            Stored(Open([.. kept.Keys]));
        }
        catch (Exception e)
        {
            // From here on whoever reads will finish it.
            await LookUpAsync(collections, Open([.. kept.Keys]), e, isOver: false);
        }
    }

    /// <summary>Keeps the writes as unfinished ones: nothing of any is stored before.</summary>
    private async Task<Dictionary<MongoWrite, BsonDocument>> KeepAsync(MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        var kept = new Dictionary<MongoWrite, BsonDocument>();
        for (var attempt = 1; batch.Count > 0; attempt++)
        {
            await RefuseStoredAsync(collections, batch, cancellationToken);
            batch = Open(batch);
            if (batch.Count == 0)
                break;
            var documents = batch.ConvertAll(static write => MongoUnfinished.ToDocument(write.PersistenceId, write.Documents));
            var inTheWay = new List<MongoWrite>();
            try
            {
                await collections.Unfinished.InsertManyAsync(documents, s_unordered, cancellationToken);
            }
            catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteConcernError is null && e.UnprocessedRequests.Count == 0)
            {
                foreach (var error in e.WriteErrors)
                {
                    var write = batch[error.Index];
                    if (error.Code == MongoFailures.DuplicateKey && attempt < Attempts)
                        inTheWay.Add(write);
                    else
                        write.Decide(AppendStatus.NotStored, MongoFailures.Explain(_settings.Name, e));
                }
            }
            catch (Exception e) when (!MongoFailures.IsBeforeSending(e))
            {
                await LookUpAsync(collections, batch, e, isOver: false);
                break;
            }

            for (var i = 0; i < batch.Count; i++)
            {
                if (!batch[i].IsDecided && !inTheWay.Contains(batch[i]))
                    kept.Add(batch[i], documents[i]);
            }

            // Left by a former incarnation, or another one is writing: after it the numbers may be taken.
            batch = inTheWay;
            if (batch.Count > 0)
                await MongoUnfinished.FinishAsync(collections, batch.Select(static write => write.PersistenceId), cancellationToken);
        }

        return kept;
    }

    /// <summary>Inserts a part of each write; returns those that met nothing, the others being finished one by one.</summary>
    private static async Task<Dictionary<MongoWrite, BsonDocument>> InsertPartAsync(
        MongoCollections collections,
        Dictionary<MongoWrite, BsonDocument> kept,
        Func<MongoWrite, IEnumerable<BsonDocument>> part,
        CancellationToken cancellationToken)
    {
        var rows = kept.Keys.SelectMany(write => part(write).Select(document => (Write: write, Document: document))).ToList();
        if (rows.Count == 0)
            return kept;
        try
        {
            await collections.Events.InsertManyAsync(rows.Select(static row => row.Document), s_unordered, cancellationToken);
            return kept;
        }
        catch (MongoBulkWriteException<BsonDocument> e)
            when (e.WriteConcernError is null && e.UnprocessedRequests.Count == 0 && e.WriteErrors.All(static one => one.Code == MongoFailures.DuplicateKey))
        {
            var met = e.WriteErrors.Select(error => rows[error.Index].Write).ToHashSet();
            foreach (var write in met)
            {
                var taken = await MongoUnfinished.FinishAsync(collections, kept[write], cancellationToken);
                if (taken is null)
                    write.Decide(AppendStatus.Stored);
                else
                    write.Refuse(write.Events.First(one => MongoEventDocuments.IdOf(one.PersistenceId, one.SequenceNr) == taken));
            }

            return kept.Where(one => !met.Contains(one.Key)).ToDictionary(static one => one.Key, static one => one.Value);
        }
    }

    private static async Task ForgetAsync(
        MongoCollections collections, Dictionary<MongoWrite, BsonDocument> kept, CancellationToken cancellationToken)
    {
        try
        {
            await MongoUnfinished.ForgetAsync(collections, kept.Values, cancellationToken);
        }
        catch (Exception e) when (e is MongoException or TimeoutException or OperationCanceledException or IOException)
        {
            // All of it is stored. Who comes upon it finds nothing missing, and forgets it.
        }
    }
}
