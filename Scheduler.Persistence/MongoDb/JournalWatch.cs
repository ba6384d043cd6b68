using Akka.Event;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Says as soon as something was written to the journal, where the server has change streams. What was written it doesn't say: streams
/// end, can't be resumed, lag behind under load, and are missing on a standalone server, so nothing depends on them.
/// </summary>
internal sealed class JournalWatch(IMongoCollection<BsonDocument> journal, Action wake, TimeProvider time, TimeSpan retryDelay, ILoggingAdapter log)
    : IAsyncDisposable
{
    private static readonly PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> s_inserts =
        new BsonDocument[] { new("$match", new BsonDocument("operationType", "insert")), new("$project", new BsonDocument("_id", 1)) };

    // A busy journal is asked for what was written fifty times a second, and not after each event.
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);

    private readonly CancellationTokenSource _stop = new();
    private Task _watching = Task.CompletedTask;

    public void Start() => _watching = Task.Run(WatchAsync, CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                using var stream = await journal.WatchAsync(s_inserts, new ChangeStreamOptions { MaxAwaitTime = TimeSpan.FromSeconds(5) }, _stop.Token);
                while (await stream.MoveNextAsync(_stop.Token))
                {
                    if (!stream.Current.Any())
                        continue;
                    wake();
                    await Task.Delay(s_rest, time, _stop.Token);
                }
            }
            catch (MongoCommandException e) when (IsNotSupported(e))
            {
                log.Info("This server has no change streams: what other nodes write is found by polling alone");
                return;
            }
            catch (Exception) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Polling goes on meanwhile, and says what is wrong where that fails too.
                log.Debug("The change stream of the MongoDB journal ended: {0}", e.Message);
            }

            await Task.Delay(retryDelay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A standalone server (40573), and servers that only resemble MongoDB: command or option unknown.</summary>
    private static bool IsNotSupported(MongoCommandException e) => e.Code is 40573 or 40324 or 59 or 115;
}
