using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Calls of the database other than writes of events: so many at a time, each within its time, and with errors in words. The driver
/// refuses callers when too many wait for its connections; here they wait.
/// </summary>
internal sealed class MongoCalls(MongoConnection connection) : IDisposable
{
    private readonly SemaphoreSlim _places = new(connection.Settings.ConcurrentCalls);

    public async Task<T> RunAsync<T>(Func<MongoCollections, CancellationToken, Task<T>> call, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            patience.CancelAfter(connection.Settings.CallTimeout);
            return await call(await connection.OpenAsync(patience.Token), patience.Token);
        }
        catch (Exception e) when (IsFailure(e, cancellationToken))
        {
            throw MongoFailures.Explain(connection.Settings.Name, e);
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Hands on the documents of a query; each of the database's answers has its time.</summary>
    /// <param name="find">The query.</param>
    /// <param name="onDocument">False ends it.</param>
    /// <param name="cancellationToken">Ends it too.</param>
    public async Task ReadAsync(
        Func<MongoCollections, IFindFluent<BsonDocument, BsonDocument>> find, Func<BsonDocument, bool> onDocument, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
        try
        {
            using var cursor = await AnswerAsync(async token => await find(await connection.OpenAsync(token)).ToCursorAsync(token));
            while (await AnswerAsync(cursor.MoveNextAsync))
            {
                foreach (var document in cursor.Current)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (!onDocument(document))
                        return;
                }
            }

            async Task<T> AnswerAsync<T>(Func<CancellationToken, Task<T>> ask)
            {
                // Of this answer alone: what its documents are handled in doesn't count.
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                patience.CancelAfter(connection.Settings.CallTimeout);
                try
                {
                    return await ask(patience.Token);
                }
                catch (Exception e) when (IsFailure(e, cancellationToken))
                {
                    throw MongoFailures.Explain(connection.Settings.Name, e);
                }
            }
        }
        finally
        {
            _places.Release();
        }
    }

    public void Dispose() => _places.Dispose();

    private static bool IsFailure(Exception e, CancellationToken asked) => e is OperationCanceledException
        ? !asked.IsCancellationRequested
        : e is MongoException or TimeoutException or IOException or BsonException;
}
