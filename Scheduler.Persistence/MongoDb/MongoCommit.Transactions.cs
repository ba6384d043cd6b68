using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <content>
/// How a batch is stored where the server has transactions. One that another transaction is in the way of is stored by no one: the server doesn't say who of the
/// batch is concerned, so it is taken apart until those are alone. They go on being tried by themselves, and so do their next writes, since what is in the way may be
/// a dead node's transaction, which the server ends after a minute.
/// </content>
internal sealed partial class MongoCommit
{
    // At once, of all lanes together: far below what servers hold open.
    private const int PartsAtOnce = 32;
    private const int AloneAtOnce = 16;

    // It ends at the first document that can't be inserted. Unordered, a server that waits for locks waits for each (2026-11: two seconds for each event that a dead node had
    // left, and meanwhile the transaction itself was in everybody's way).
    private static readonly InsertManyOptions s_ordered = new() { IsOrdered = true };

    // A connection that breaks is no conflict: the same batch is tried again.
    private const int Tries = 3;

    private static readonly TimeSpan s_conflictsRemembered = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(500);

    private readonly SemaphoreSlim _parts = new(PartsAtOnce);
    private readonly SemaphoreSlim _alone = new(AloneAtOnce);
    private readonly ConcurrentDictionary<string, long> _conflicting = new(StringComparer.Ordinal);
    private readonly MongoSessions _sessions = connection.Sessions;

    private async Task<IReadOnlyList<MongoStraggler>> StoreTogetherAsync(
        MongoCollections collections, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        await deletions.LookAsync(collections, cancellationToken);
        var (known, others) = (new List<MongoWrite>(), new List<MongoWrite>(batch.Count));
        foreach (var write in batch)
            (IsConflicting(write.PersistenceId) ? known : others).Add(write);
        var alone = Stragglers(known);
        foreach (var one in alone)
            _ = StoreAloneAsync(collections, one);
        var (conflicted, _) = await TryAsync(collections, others);
        if (conflicted.Count == 0)
            return alone;
        var apart = Stragglers(conflicted);
        _ = TakeApartAsync(collections, apart, TimeProvider.System.GetTimestamp());
        return [.. alone, .. apart];
    }

    private static List<MongoStraggler> Stragglers(List<MongoWrite> writes) =>
        [.. writes.GroupBy(static write => write.PersistenceId, StringComparer.Ordinal).Select(static own => new MongoStraggler([.. own]))];

    private bool IsConflicting(string persistenceId) =>
        _conflicting.TryGetValue(persistenceId, out var since) && TimeProvider.System.GetElapsedTime(since) < s_conflictsRemembered;

    /// <summary>Each part has its own outcome, and none waits for another.</summary>
    private async Task TakeApartAsync(MongoCollections collections, IReadOnlyList<MongoStraggler> stragglers, long began)
    {
        if (stragglers.Count == 1)
            await StoreAloneAsync(collections, stragglers[0]);
        else if (stragglers.Count > 1)
            await Task.WhenAll(stragglers.Chunk((stragglers.Count + PartsAtOnce - 1) / PartsAtOnce).Select(StorePartAsync));

        async Task StorePartAsync(MongoStraggler[] part)
        {
            await _parts.WaitAsync();
            try
            {
                var writes = part.SelectMany(static one => one.Writes).ToList();
                if (TimeProvider.System.GetElapsedTime(began) > _settings.CallTimeout)
                    NotStored(writes, InTheWay(part[0].PersistenceId, cause: null));
                else
                    await TryAsync(collections, writes);
            }
            finally
            {
                _parts.Release();
            }

            await TakeApartAsync(collections, [.. part.Where(static one => !one.TryFinish())], began);
        }
    }

    private async Task StoreAloneAsync(MongoCollections collections, MongoStraggler straggler)
    {
        var began = TimeProvider.System.GetTimestamp();
        _conflicting[straggler.PersistenceId] = began;
        Exception? conflict = null;
        for (var attempt = 1; !straggler.TryFinish(); attempt++)
        {
            if (conflict is not null)
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(20 * attempt, s_longestPause.TotalMilliseconds)), TimeProvider.System);
            await _alone.WaitAsync();
            try
            {
                if (TimeProvider.System.GetElapsedTime(began) > _settings.CallTimeout)
                {
                    NotStored(straggler.Writes, InTheWay(straggler.PersistenceId, conflict));
                }
                else
                {
                    (_, conflict) = await TryAsync(collections, straggler.Writes);
                    if (conflict is null)
                        _conflicting.TryRemove(straggler.PersistenceId, out _);
                }
            }
            finally
            {
                _alone.Release();
            }
        }
    }

    private StoreException InTheWay(string persistenceId, Exception? cause) => new(
        $"Events of '{persistenceId}' can't be stored in '{_settings.Name}' now: another transaction is in the way, as a node that died leaves one until the server "
        + "ends it. Nothing was stored.",
        cause);

    /// <summary>Decides all writes, or none but duplicates where there was a conflict: then they are answered, and nothing of them is stored. Doesn't fail.</summary>
    private async Task<(List<MongoWrite> Conflicted, Exception? Cause)> TryAsync(MongoCollections collections, List<MongoWrite> writes)
    {
        for (var failures = 0; writes.Count > 0;)
        {
            // From the first insert to the commit: what is committed later than this, readers don't count on.
            using var limit = new CancellationTokenSource(_settings.TransactionLimit);
            var failure = await TransactAsync(collections, writes, limit.Token);
            var open = Open(writes);
            if (failure is null)
                break;
            // A server may wait for the other transaction longer than this one may take.
            if (MongoFailures.IsConflict(failure) || failure is OperationCanceledException)
                return (open, failure);
            // Where somebody was refused, the others go on without them.
            if (open.Count == writes.Count && (!MongoFailures.IsTransient(failure) || ++failures == Tries))
                NotStored(open, failure);
            else if (failures > 0)
                await Task.Delay(TimeSpan.FromMilliseconds(20 * failures), TimeProvider.System);
            writes = Open(open);
        }

        return ([], null);
    }

    /// <summary>One transaction. Null when it decided all of them; else why it was aborted. Doesn't fail.</summary>
    private async Task<Exception?> TransactAsync(MongoCollections collections, List<MongoWrite> writes, CancellationToken limit)
    {
        IClientSessionHandle session;
        try
        {
            session = await _sessions.StartAsync(collections, limit);
        }
        catch (Exception e)
        {
            return e;
        }

        using (session)
        {
            if (await InsertAsync(collections, session, writes, limit) is { } failure)
                return failure;
            // Those that were refused meanwhile aren't in it.
            if (Open(writes) is { Count: > 0 } inserted)
                await CommitAsync(collections, session, inserted, limit);
            return null;
        }
    }

    /// <summary>Null when all that is open is inserted, or nothing is left to insert; else why not, and the transaction is aborted.</summary>
    private async Task<Exception?> InsertAsync(
        MongoCollections collections, IClientSessionHandle session, List<MongoWrite> writes, CancellationToken cancellationToken)
    {
        using var rest = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        rest.CancelAfter(_settings.TransactionLimit * 0.6);
        try
        {
            session.StartTransaction(new TransactionOptions(writeConcern: MongoConnection.Durable));
            // In the transaction: a deletion that comes meanwhile conflicts with it.
            await deletions.RefuseAsync(collections, session, writes, rest.Token);
            var open = Open(writes);
            if (open.Count == 0)
                await AbortAsync(session);
            else
                await collections.Events.InsertManyAsync(session, open.SelectMany(static write => write.Documents), s_ordered, rest.Token);
            return null;
        }
        catch (Exception e)
        {
            await AbortAsync(session);
            return e is MongoBulkWriteException<BsonDocument> { WriteErrors.Count: > 0 } named
                ? await RefuseAsync(collections, Open(writes), named, cancellationToken)
                : e;
        }
    }

    /// <summary>Answers what was given, or why it can't be told who else has to be refused.</summary>
    private async Task<Exception> RefuseAsync(
        MongoCollections collections, List<MongoWrite> inserted, MongoBulkWriteException<BsonDocument> named, CancellationToken cancellationToken)
    {
        try
        {
            RefuseNamed(inserted, named);
            await RefuseStoredAsync(collections, Open(inserted), cancellationToken);
            return named;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task CommitAsync(
        MongoCollections collections, IClientSessionHandle session, List<MongoWrite> batch, CancellationToken cancellationToken)
    {
        Exception cause;
        try
        {
            await session.CommitTransactionAsync(cancellationToken);
            Stored(batch);
            return;
        }
        catch (Exception e)
        {
            cause = e;
        }

        var isOver = MongoFailures.IsOver(cause);
        if (!isOver && !cancellationToken.IsCancellationRequested)
        {
            try
            {
                // Committing twice is committing once. Not the whole transaction, though: it might meet itself.
                await session.CommitTransactionAsync(cancellationToken);
                Stored(batch);
                return;
            }
            catch (Exception again)
            {
                isOver = MongoFailures.IsOver(again);
            }
        }

        // A server that was restarted after the commit says "no such transaction" of what it stored. Only the journal knows.
        await LookUpAsync(collections, batch, cause, isOver);
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
}
