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

    // Batches that the lane doesn't wait for; with more, the database as a whole is slow, and larger batches help.
    private const int SlowAtOnce = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMilliseconds(500);

    private readonly MongoStoreSettings _settings;
    private readonly MongoCommit _commit;
    private readonly Channel<MongoAppend> _waiting;
    private readonly Queue<MongoWrite> _next = new();
    private readonly Queue<MongoWrite> _released = new();
    private readonly Dictionary<string, List<MongoWrite>> _held = new(StringComparer.Ordinal);
    private readonly Channel<Action> _ended = Channel.CreateUnbounded<Action>(new UnboundedChannelOptions { SingleReader = true });
    private Task<bool>? _more;
    private Task<bool>? _end;
    private int _documents;
    private int _slow;

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
            while (_ended.Reader.TryRead(out var end))
                end();
            while (_documents < _settings.MaxBatchDocuments && _waiting.Reader.TryRead(out var append))
                Take(append);
            if (_next.Count == 0 && _released.Count == 0)
            {
                if (!await MoreAsync())
                    return;
                continue;
            }

            var batch = TakeBatch();
            if (batch.Count > 0)
                await StoreAsync(batch);
        }
    }

    /// <summary>Waits for something to do; false when nothing will come.</summary>
    private async Task<bool> MoreAsync()
    {
        if (_held.Count == 0 && _more is null)
            return await _waiting.Reader.WaitToReadAsync();
        _more ??= _waiting.Reader.WaitToReadAsync().AsTask();
        if (_held.Count == 0)
        {
            var comes = await _more;
            _more = null;
            return comes;
        }

        _end ??= _ended.Reader.WaitToReadAsync().AsTask();
        // Once the lane is complete, only what is held is waited for.
        if (_more is { IsCompletedSuccessfully: true, Result: false })
            await _end;
        else if (await Task.WhenAny(_more, _end) == _more && await _more)
            _more = null;
        if (_end.IsCompleted)
            _end = null;
        return true;
    }

    /// <summary>
    /// Stores a batch, and waits for it as long as a healthy server takes. What takes longer goes on behind the lane's back, and so does what another transaction is
    /// in the way of; those persistence ids' further writes wait for it, and nobody else does.
    /// </summary>
    private async Task StoreAsync(List<MongoWrite> batch)
    {
        var storing = _commit.StoreAsync(batch);
        if (_slow < SlowAtOnce)
            await SoonAsync(storing);
        else
            await storing;
        if (storing.IsCompleted)
        {
            Hold(await storing);
            return;
        }

        _slow++;
        var ids = batch.Select(static write => write.PersistenceId).ToHashSet(StringComparer.Ordinal);
        foreach (var id in ids)
            _held.TryAdd(id, []);
        Then(storing, () =>
        {
            _slow--;
            var stragglers = storing.Result;
            Hold(stragglers);
            ids.ExceptWith(stragglers.Select(static one => one.PersistenceId));
            foreach (var id in ids)
                Release(id);
        });
    }

    private static async Task SoonAsync(Task storing)
    {
        using var done = new CancellationTokenSource();
        await Task.WhenAny(storing, Task.Delay(s_patience, TimeProvider.System, done.Token));
        await done.CancelAsync();
    }

    private void Hold(IReadOnlyList<MongoStraggler> stragglers)
    {
        foreach (var straggler in stragglers)
        {
            _held.TryAdd(straggler.PersistenceId, []);
            Then(straggler.Done, () => Release(straggler.PersistenceId));
        }
    }

    private void Release(string persistenceId)
    {
        if (!_held.Remove(persistenceId, out var waiting))
            return;
        foreach (var write in waiting)
            _released.Enqueue(write);
    }

    /// <summary>Has the lane itself do something after a task.</summary>
    private void Then(Task task, Action end) => _ = task.ContinueWith(
        _ => _ended.Writer.TryWrite(end), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

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
        // What was held comes before what its persistence id wrote later.
        while (_released.TryPeek(out var write) || _next.TryPeek(out write))
        {
            if (_held.TryGetValue(write.PersistenceId, out var waiting))
            {
                waiting.Add(write);
                Drop();
                continue;
            }

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

            Drop();
        }

        return batch;

        void Drop()
        {
            if (!_released.TryDequeue(out _))
                _documents -= _next.Dequeue().Events.Count;
        }
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
