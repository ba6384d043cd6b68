using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;

namespace Scheduler.Tests.Persistence;

/// <summary>A journal in which a spec says what is readable, and when, and what is published, and when; events may come late.</summary>
internal sealed class ScriptedStore(long overlap) : IEventStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<long, EventRecord> _readable = [];
    private int _failures;

    public EventTail Tail { get; } = new(overlap);

    public bool ReadsTagsByIndex => true;

    public long Overlap => overlap;

    /// <summary>How often it was read by tag or as a whole.</summary>
    public int Reads { get; private set; }

    /// <summary>The next so many reads fail.</summary>
    public void FailReads(int count) => Volatile.Write(ref _failures, count);

    public static EventRecord Record(long ordering, string? id = null, long? sequenceNr = null)
    {
        var record = StoreProbe.Record(id ?? "a", sequenceNr ?? ordering, "green");
        record.Ordering = ordering;
        return record;
    }

    public void MakeReadable(params EventRecord[] records)
    {
        lock (_gate)
        {
            foreach (var record in records)
                _readable.Add(record.Ordering, record);
        }
    }

    /// <summary>Readable, and published as one batch.</summary>
    public void Publish(params EventRecord[] records)
    {
        MakeReadable(records);
        Tail.Publish(records);
    }

    public void Publish(params long[] orderings) => Publish(Array.ConvertAll(orderings, ordering => Record(ordering)));

    public Task OpenAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task<EventPage> ReadAsync(string? tag, long fromExclusive, long toInclusive, int limit, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_gate)
        {
            Reads++;
            if (_failures > 0)
            {
                _failures--;
                throw new StoreException("The database is away.");
            }

            var found = _readable.Values
                .Where(one => one.Ordering > fromExclusive && one.Ordering <= toInclusive && (tag is null || one.Tags!.Contains(tag)))
                .Take(limit)
                .ToList();
            return new EventPage(found, found.Count < limit ? toInclusive : found[^1].Ordering);
        }
    }

    public Task<long> ReadMaxOrderingAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_readable.Keys.LastOrDefault());
    }

    public Task ReplayAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr, long limit, Predicate<EventRecord> onEvent, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _ = _readable.Values
                .Where(one => one.PersistenceId == persistenceId && one.SequenceNr >= fromSequenceNr && one.SequenceNr <= toSequenceNr)
                .OrderBy(one => one.SequenceNr)
                .Take((int)Math.Min(limit, int.MaxValue))
                .All(record => onEvent(record));
        }

        return Task.CompletedTask;
    }

    public Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_readable.Values.Where(one => one.PersistenceId == persistenceId).Select(one => one.SequenceNr).DefaultIfEmpty().Max());
    }

    public Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<AtomicRecords> writes, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task DeleteAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<string>> ReadPersistenceIdsAsync(string? after, long upTo, int limit, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task CheckAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
