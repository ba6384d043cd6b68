using System.Threading.Channels;
using MongoDB.Bson;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Writes the events of some persistence ids, one batch after the other, so that each id's order is kept. Whatever waits when a batch is
/// done goes into the next one: the slower the database, the larger the batches. Several lanes make several batches in flight.
/// </summary>
internal sealed class MongoWriteLane
{
    /// <summary>Less than a document can be: the server's limit is 16 MiB with everything around the event.</summary>
    private const long NearlyTooLarge = 15 << 20;

    private const long TooLarge = 16 << 20;

    private const long EnoughBytes = 8 << 20;

    private readonly MongoStoreSettings _settings;
    private readonly MongoCommit _commit;
    private readonly Channel<MongoAppend> _waiting;
    private readonly Queue<MongoWrite> _next = new();
    private int _documents;

    public MongoWriteLane(MongoStoreSettings settings, MongoCommit commit)
    {
        _settings = settings;
        _commit = commit;
        _waiting = Channel.CreateBounded<MongoAppend>(
            new BoundedChannelOptions(settings.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        Running = Task.Run(RunAsync);
    }

    /// <summary>Ends when everything that waited is decided, after <see cref="Complete"/>.</summary>
    public Task Running { get; }

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(MongoAppend append)
    {
        return _waiting.Writer.TryWrite(append) ? append.Done : WaitAsync();

        async Task<IReadOnlyList<AppendOutcome>> WaitAsync()
        {
            try
            {
                await _waiting.Writer.WriteAsync(append, append.CancellationToken);
            }
            catch (ChannelClosedException e)
            {
                throw new StoreException($"The event store '{_settings.Name}' is closed.", e);
            }

            return await append.Done;
        }
    }

    public void Complete() => _waiting.Writer.TryComplete();

    private async Task RunAsync()
    {
        while (true)
        {
            while (_documents < _settings.MaxBatchDocuments && _waiting.Reader.TryRead(out var append))
                Take(append);
            if (_next.Count == 0)
            {
                if (!await _waiting.Reader.WaitToReadAsync())
                    return;
                continue;
            }

            var batch = TakeBatch();
            if (batch.Count > 0)
                await _commit.StoreAsync(batch);
        }
    }

    private void Take(MongoAppend append)
    {
        foreach (var write in append.Writes)
        {
            _next.Enqueue(write);
            _documents += write.Events.Count;
        }
    }

    private List<MongoWrite> TakeBatch()
    {
        var batch = new List<MongoWrite>();
        var numbers = new HashSet<(string, long)>();
        var (documents, bytes) = (0, 0L);
        while (_next.TryPeek(out var write))
        {
            var full = batch.Count > 0 && (documents + write.Events.Count > _settings.MaxBatchDocuments || bytes + write.Bytes > EnoughBytes);
            if (!write.IsDecided && IsWritable(write))
            {
                // Of two with one number the second waits: it must find the first in the journal.
                if (full || write.Events.Any(one => numbers.Contains((one.PersistenceId, one.SequenceNr))))
                    break;
                foreach (var one in write.Events)
                    numbers.Add((one.PersistenceId, one.SequenceNr));
                batch.Add(write);
                documents += write.Events.Count;
                bytes += write.Bytes;
            }

            _next.Dequeue();
            _documents -= write.Events.Count;
        }

        return batch;
    }

    /// <summary>False, and decided, for what nobody waits for any more or no server would take.</summary>
    private bool IsWritable(MongoWrite write)
    {
        if (write.Append.CancellationToken.IsCancellationRequested)
        {
            write.Decide(AppendStatus.NotStored, new OperationCanceledException(write.Append.CancellationToken));
        }
        else if (TimeProvider.System.GetElapsedTime(write.Append.Enqueued) > _settings.CallTimeout)
        {
            // A database that is away must not keep callers for as long as all that wait before them take to fail.
            write.Decide(
                AppendStatus.NotStored,
                new StoreException($"The event store '{_settings.Name}' is too slow: a write waited {_settings.CallTimeout.TotalSeconds:0.#} s."));
        }
        else if (write.Bytes > NearlyTooLarge && LargestDocument(write) is var (record, size) && size > TooLarge)
        {
            write.Decide(
                AppendStatus.NotStored,
                new StoreException(
                    $"Event {record.SequenceNr} of '{record.PersistenceId}' can't be stored in '{_settings.Name}': its document has {size} "
                    + $"bytes, and MongoDB's limit is {TooLarge}."));
        }

        return !write.IsDecided;
    }

    private static (EventRecord Record, long Size) LargestDocument(MongoWrite write) => write.Events
        .Select(one => (Record: one, Size: one.Payload.Length < NearlyTooLarge / 2 ? 0L : MongoEventDocuments.ToDocument(one).ToBson().LongLength))
        .MaxBy(one => one.Size);
}
