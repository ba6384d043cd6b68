using Akka.Event;
using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Says as soon as something was written to the journal, where the server has change streams. What was written it doesn't say: streams
/// end, can't be resumed, lag behind under load, and are missing on a standalone server, so nothing depends on them.
/// </summary>
/// <remarks>
/// A server fills a stream for each event, this node's own among them. While a node writes much it looks at the journal all the time
/// anyway, so it goes without: what others write is found with its own, or by the next poll.
/// </remarks>
internal sealed class JournalWatch(IMongoCollection<BsonDocument> journal, Action wake, TimeProvider time, TimeSpan retryDelay, ILoggingAdapter log)
    : IAsyncDisposable
{
    private static readonly PipelineDefinition<ChangeStreamDocument<BsonDocument>, BsonDocument> s_inserts =
        new BsonDocument[] { new("$match", new BsonDocument("operationType", "insert")), new("$project", new BsonDocument("_id", 1)) };

    // A busy journal is asked for what was written fifty times a second, and not after each event.
    private static readonly TimeSpan s_rest = TimeSpan.FromMilliseconds(20);

    // Own writes so many times in such a time are more looks at the journal than anybody needs.
    private const int MuchWritten = 25;
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(0.5);

    private readonly CancellationTokenSource _stop = new();
    private long _since;
    private int _written;
    private volatile bool _isOpen;
    private Task _watching = Task.CompletedTask;

    /// <summary>True while a stream is open: not before it is, not while it rests, nor on a server that has none.</summary>
    public bool IsOpen => _isOpen;

    /// <summary>Begins to watch. To be called once.</summary>
    public void Start() => _watching = Task.Run(WatchAsync, CancellationToken.None);

    /// <summary>This node wrote, and has looked or will. Cheap, from any thread.</summary>
    public void Written() => Interlocked.Increment(ref _written);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private async Task WatchAsync()
    {
        _since = time.GetTimestamp();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync();
                // Short of a failure it ended because it is to rest.
                do
                    await Task.Delay(s_window, time, _stop.Token);
                while (IsMuchWritten());
                continue;
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

    /// <summary>Until this node writes much itself.</summary>
    private async Task FollowAsync()
    {
        using var stream = await journal.WatchAsync(s_inserts, new ChangeStreamOptions { MaxAwaitTime = TimeSpan.FromSeconds(5) }, _stop.Token);
        _isOpen = true;
        // What was written until now, the stream doesn't show.
        wake();
        try
        {
            // What it writes comes by the stream as well, so there is no waiting for the answer's full time.
            while (!IsMuchWritten() && await stream.MoveNextAsync(_stop.Token))
            {
                if (!stream.Current.Any())
                    continue;
                wake();
                await Task.Delay(s_rest, time, _stop.Token);
            }
        }
        finally
        {
            _isOpen = false;
        }
    }

    private bool IsMuchWritten()
    {
        var elapsed = time.GetElapsedTime(_since);
        if (elapsed < s_window)
            return false;
        var written = Interlocked.Exchange(ref _written, 0);
        _since = time.GetTimestamp();
        return written >= MuchWritten * (elapsed / s_window);
    }

    /// <summary>A standalone server (40573), and servers that only resemble MongoDB: command or option unknown.</summary>
    private static bool IsNotSupported(MongoCommandException e) => e.Code is 40573 or 40324 or 59 or 115;
}
