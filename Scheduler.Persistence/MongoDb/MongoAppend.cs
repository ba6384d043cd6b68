using MongoDB.Bson;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Atomic writes of one caller and one persistence id, with an outcome for each. Only one at a time decides: its lane, or who goes on with it after its batch.
/// </summary>
internal sealed class MongoAppend
{
    private readonly TaskCompletionSource<IReadOnlyList<AppendOutcome>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AppendOutcome?[] _outcomes;
    private int _open;

    public MongoAppend(IReadOnlyList<AtomicRecords> writes, CancellationToken cancellationToken)
    {
        CancellationToken = cancellationToken;
        Enqueued = TimeProvider.System.GetTimestamp();
        Writes = [.. writes.Select((write, index) => new MongoWrite(this, index, write.Events))];
        _outcomes = new AppendOutcome?[writes.Count];
        _open = writes.Count;
        if (_open == 0)
            _done.SetResult([]);
    }

    /// <summary>The caller has given up; as long as a write only waits, it is dropped.</summary>
    public CancellationToken CancellationToken { get; }

    /// <summary>When it came, as a timestamp of the machine's clock.</summary>
    public long Enqueued { get; }

    public IReadOnlyList<MongoWrite> Writes { get; }

    public Task<IReadOnlyList<AppendOutcome>> Done => _done.Task;

    public bool IsDecided(int index) => _outcomes[index] is not null;

    /// <summary>Says what became of one. After one that isn't stored, those that are still open aren't either.</summary>
    public void Decide(int index, AppendStatus status, Exception? cause)
    {
        Set(index, new AppendOutcome(status, cause));
        if (status != AppendStatus.Stored)
        {
            // Storing what comes after it would leave a hole in the history.
            for (var later = index + 1; later < _outcomes.Length; later++)
                Set(later, new AppendOutcome(AppendStatus.NotStored, cause));
        }

        if (_open == 0)
            _done.TrySetResult([.. _outcomes.Select(outcome => outcome!.Value)]);
    }

    private void Set(int index, AppendOutcome outcome)
    {
        if (_outcomes[index] is not null)
            return;
        _outcomes[index] = outcome;
        _open--;
    }
}

/// <summary>One atomic write that waits or is under way.</summary>
internal sealed class MongoWrite(MongoAppend append, int index, IReadOnlyList<EventRecord> events)
{
    private BsonDocument[]? _documents;

    public MongoAppend Append => append;

    public IReadOnlyList<EventRecord> Events => events;

    public string PersistenceId => events[0].PersistenceId;

    /// <summary>About how large it is.</summary>
    public long Bytes { get; } = events.Sum(static one => one.Payload.Length + 512L);

    public BsonDocument[] Documents => _documents ??= [.. events.Select(MongoEventDocuments.ToDocument)];

    public bool IsDecided => append.IsDecided(index);

    public void Decide(AppendStatus status, Exception? cause = null) => append.Decide(index, status, cause);

    public void Refuse(EventRecord taken) =>
        Decide(AppendStatus.Duplicate, new DuplicateEventException(taken.PersistenceId, taken.SequenceNr));
}
