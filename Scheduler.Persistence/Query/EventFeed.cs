using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;

namespace Scheduler.Persistence.Query;

/// <summary>
/// What a query reads, and in which order. A position is a number that rises along the feed: every event up to it has been handed on,
/// except for late ones, which lie at most <see cref="Overlap"/> below it.
/// </summary>
internal abstract class EventFeed
{
    /// <summary>Where to begin, exclusive.</summary>
    public required long Start { get; init; }

    /// <summary>Where the feed ends, inclusive; <see cref="long.MaxValue"/> for never.</summary>
    public long End { get; init; } = long.MaxValue;

    /// <summary>The ordering that the query resumes after; 0 where it reads by something else.</summary>
    public virtual long After => 0;

    /// <summary>How far below a position late events may appear; 0 for never.</summary>
    public virtual long Overlap => 0;

    /// <summary>The feed's events at the tail.</summary>
    public abstract TailFilter Filter { get; }

    /// <summary>The position that an event is at.</summary>
    public abstract long PositionOf(EventRecord record);

    /// <summary>How far the database must be read for all that is there now (or, with a subscription, all that it won't bring).</summary>
    public abstract Task<long> TargetAsync(TailSubscription? subscription, CancellationToken cancellationToken);

    /// <summary>Reads on from a position.</summary>
    public abstract Task<EventPage> ReadAsync(long after, long upTo, int limit, CancellationToken cancellationToken);

    /// <summary>Called when a live query begins to read the database; disposed when it lives from the tail.</summary>
    public virtual IDisposable? Behind() => null;

    /// <summary>True when an event of the tail has been handed on already, or is none of the query's.</summary>
    public abstract bool IsKnown(EventRecord record, long position);

    /// <summary>True when an event of the tail comes before its time: what lies between has to be read from the database first.</summary>
    public virtual bool IsBeyondGap(EventRecord record, long position) => false;

    /// <summary>From where the database is read by a reader that stands at a position: what may have come late is read again.</summary>
    public long ReadFrom(long position) => Overlap == 0 ? position : Math.Max(0, position - Overlap);

    /// <summary>Where the feed stands after a drain that left nothing.</summary>
    public abstract long PositionAtHead(long position, long head);
}

/// <summary>Events of a tag, or all, in the store's order; read together with other queries where <c>shared</c> is given.</summary>
internal sealed class OrderingFeed(IEventStore store, string? tag, SharedCatchUp? shared = null) : EventFeed
{
    public override long Overlap => store.Overlap;

    public override TailFilter Filter => new(tag, PersistenceId: null);

    public override long PositionOf(EventRecord record) => record.Ordering;

    public override Task<long> TargetAsync(TailSubscription? subscription, CancellationToken cancellationToken) =>
        subscription is null ? store.ReadMaxOrderingAsync(cancellationToken) : Task.FromResult(subscription.Start);

    public override Task<EventPage> ReadAsync(long after, long upTo, int limit, CancellationToken cancellationToken) =>
        shared?.ReadAsync(tag, after, upTo, cancellationToken) ?? store.ReadAsync(tag, after, upTo, limit, cancellationToken);

    public override IDisposable? Behind() => shared?.Join();

    public override long After => Start;

    // The tail goes on exactly where the database was read to. Comparing with the position instead would drop what a store with several
    // writers publishes late, under a lower ordering.
    public override bool IsKnown(EventRecord record, long position) => false;

    public override long PositionAtHead(long position, long head) => Math.Max(position, head);
}

/// <summary>Events of one persistence id, by sequence number.</summary>
internal sealed class PersistenceIdFeed(IEventStore store, string persistenceId) : EventFeed
{
    public override TailFilter Filter => new(Tag: null, persistenceId);

    public override long PositionOf(EventRecord record) => record.SequenceNr;

    public override async Task<long> TargetAsync(TailSubscription? subscription, CancellationToken cancellationToken) =>
        Math.Min(End, await store.ReadHighestSequenceNrAsync(persistenceId, cancellationToken));

    public override async Task<EventPage> ReadAsync(long after, long upTo, int limit, CancellationToken cancellationToken)
    {
        var events = new List<EventRecord>();
        var bytes = 0L;
        await store.ReplayAsync(
            persistenceId,
            after + 1,
            upTo,
            limit,
            record =>
            {
                events.Add(record);
                bytes += record.Payload.Length;
                return bytes < EventPage.EnoughBytes;
            },
            cancellationToken);
        return new EventPage(events, events.Count < limit && bytes < EventPage.EnoughBytes ? upTo : events[^1].SequenceNr);
    }

    public override bool IsKnown(EventRecord record, long position) => record.SequenceNr <= position || record.SequenceNr > End;

    // Late events come after later ones of the same writer too. A number that was never stored costs one read in vain.
    public override bool IsBeyondGap(EventRecord record, long position) => store.Overlap > 0 && record.SequenceNr > position + 1;

    public override long PositionAtHead(long position, long head) => position;
}
