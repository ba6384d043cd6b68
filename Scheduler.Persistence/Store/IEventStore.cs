using Scheduler.Persistence.Events;
using Scheduler.Persistence.Tail;

namespace Scheduler.Persistence.Store;

/// <summary>
/// What a journal needs of a database. Implementations batch across callers (group commit, bulk insert), so calls are cheap and come
/// concurrently; they are safe to call from any thread.
/// </summary>
internal interface IEventStore
{
    /// <summary>
    /// The events that become readable, as this node learns of them. A store with one writer publishes what it committed; a store with
    /// several follows its database and publishes what it finds.
    /// </summary>
    EventTail Tail { get; }

    /// <summary>
    /// True where reading by tag costs what it finds; false where it looks at every event, so that readers had better share.
    /// </summary>
    bool ReadsTagsByIndex { get; }

    /// <summary>
    /// How far below an ordering that is readable events may still appear: an event that isn't readable when one this far above it is will
    /// never be. 0 where events become readable in their order; readers of the others read so much again whenever they begin in the middle.
    /// </summary>
    long Overlap { get; }

    /// <summary>The largest payload of one event, in bytes. A larger one is rejected before it comes here.</summary>
    long MaxEventBytes => long.MaxValue;

    /// <summary>
    /// Opens the store where it isn't open yet. Every other call does so by itself; asking first gives the error before anything depends
    /// on it, and makes <see cref="Tail"/> know where the journal ends.
    /// </summary>
    /// <exception cref="StoreException">It can't be opened.</exception>
    Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Appends atomic writes, in order, and answers one outcome for each. After one that wasn't stored, the rest of the list isn't
    /// either. Writes of one persistence id are stored in the order of the calls.
    /// </summary>
    Task<IReadOnlyList<AppendOutcome>> AppendAsync(IReadOnlyList<AtomicRecords> writes, CancellationToken cancellationToken);

    /// <summary>Hands events of one persistence id to <paramref name="onEvent"/>, ascending, on a thread of the store's.</summary>
    /// <param name="persistenceId">Whose.</param>
    /// <param name="fromSequenceNr">First, inclusive.</param>
    /// <param name="toSequenceNr">Last, inclusive.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="onEvent">Must not block. False when no more are wanted.</param>
    /// <param name="cancellationToken">Checked between events.</param>
    Task ReplayAsync(
        string persistenceId, long fromSequenceNr, long toSequenceNr, long limit, Predicate<EventRecord> onEvent, CancellationToken cancellationToken);

    /// <summary>The highest sequence number ever stored for that id, deleted events included; 0 when there never was one.</summary>
    Task<long> ReadHighestSequenceNrAsync(string persistenceId, CancellationToken cancellationToken);

    /// <summary>Deletes the events of that id up to and including a sequence number. The highest sequence number stays known.</summary>
    Task DeleteAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken);

    /// <summary>Reads on from an ordering.</summary>
    /// <param name="tag">Only events with that tag; null for all.</param>
    /// <param name="fromExclusive">An ordering, or 0 for the start.</param>
    /// <param name="toInclusive">An ordering; nothing beyond is read.</param>
    /// <param name="limit">At most so many events, fewer where they are large, and as many more as share the last one's ordering.</param>
    /// <param name="cancellationToken">Checked before reading.</param>
    Task<EventPage> ReadAsync(string? tag, long fromExclusive, long toInclusive, int limit, CancellationToken cancellationToken);

    /// <summary>The highest ordering that is readable now; 0 for an empty journal.</summary>
    Task<long> ReadMaxOrderingAsync(CancellationToken cancellationToken);

    /// <summary>Persistence ids that have events up to an ordering, ascending, after a given one.</summary>
    /// <param name="after">Exclusive; null for the first page.</param>
    /// <param name="upTo">An ordering: ids all of whose events lie beyond it are left out.</param>
    /// <param name="limit">At most so many; fewer means that there are no more.</param>
    /// <param name="cancellationToken">Checked before reading.</param>
    Task<IReadOnlyList<string>> ReadPersistenceIdsAsync(string? after, long upTo, int limit, CancellationToken cancellationToken);

    /// <summary>Proves that the store takes writes, by making a tiny one.</summary>
    /// <exception cref="StoreException">It doesn't.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}
