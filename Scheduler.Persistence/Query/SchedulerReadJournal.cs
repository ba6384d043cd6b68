using System.Runtime.CompilerServices;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Journal;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Query;

/// <summary>
/// Queries over the journal. Offsets are <see cref="Sequence"/> numbers of the store's order and exclusive: a stream resumes after the
/// offset of the last event that was handled. Live queries read the database until they have caught up, and are dealt events from memory
/// then; they never skip one, and end only with the store.
/// </summary>
/// <remarks>
/// Where several nodes write (MongoDB), an event may become readable after others with a higher offset, but not after later ones of its persistence id. Live queries by tag
/// hand it out then, with its own, lower offset; one that resumes at an offset hands out what became readable on this node after the event with that offset. What
/// another node handed out, and when, it can't know: who goes on there and must not miss anything resumes at <see cref="SafeOffset"/>, and gets some events twice.
/// </remarks>
public sealed class SchedulerReadJournal :
    IPersistenceIdsQuery,
    ICurrentPersistenceIdsQuery,
    IEventsByPersistenceIdQuery,
    ICurrentEventsByPersistenceIdQuery,
    IEventsByTagQuery,
    ICurrentEventsByTagQuery,
    IAllEventsQuery,
    ICurrentAllEventsQuery,
    ILateEvents
{
    /// <summary>The plugin's id where it reads the SQLite store.</summary>
    public const string Identifier = "akka.persistence.query.journal.sqlite";

    private readonly IEventStore _store;
    private readonly EventEnvelopes _envelopes;
    private readonly SharedCatchUp? _shared;
    private readonly int _pageSize;
    private readonly int _tailCapacity;

    /// <summary>Made by <see cref="SchedulerReadJournalProvider"/>.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="config">The plugin's configuration.</param>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public SchedulerReadJournal(ExtendedActorSystem system, Config config)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(config);
        var stores = PersistenceStores.For(system);
        _store = stores.Get(config).Events;
        var adapters = Akka.Persistence.Persistence.Instance.Apply(system).AdaptersFor(config.GetString("write-plugin", ""));
        _envelopes = new EventEnvelopes(new EventCodec(system, stores.Time), adapters);
        _pageSize = Math.Max(1, config.GetInt("page-size", 500));
        // A page that is kept for others would lack what came late.
        _shared = _store.ReadsTagsByIndex || _store.Overlap > 0 ? null : new SharedCatchUp(_store, Math.Max(1, config.GetInt("shared-page-size", 2000)));
        _tailCapacity = Math.Max(1, config.GetInt("tail-capacity", 4096));
    }

    /// <summary>Ids that have events, then new ones as they appear; each once.</summary>
    public Source<string, NotUsed> PersistenceIds() => Source
        .Single(NotUsed.Instance)
        .SelectAsync(1, _ => _store.ReadMaxOrderingAsync(CancellationToken.None))
        .ConcatMany(end => CurrentPersistenceIds()
            .Concat(Live(new OrderingFeed(_store, tag: null) { Start = end }).Select(static record => record.PersistenceId)))
        .StatefulSelectMany<string, string, NotUsed>(static () =>
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            return id => seen.Add(id) ? [id] : [];
        });

    /// <summary>Ids that have events when it starts, ascending.</summary>
    public Source<string, NotUsed> CurrentPersistenceIds() => Source.FromGraph(new CurrentPages<string>(ReadIdsAsync));

    /// <summary>Events of one persistence id, ascending, and those to come; ends after <paramref name="toSequenceNr"/>.</summary>
    /// <param name="persistenceId">Whose.</param>
    /// <param name="fromSequenceNr">First, inclusive.</param>
    /// <param name="toSequenceNr">Last, inclusive.</param>
    public Source<EventEnvelope, NotUsed> EventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr) =>
        _envelopes.BySequenceNr(Live(ById(persistenceId, fromSequenceNr, toSequenceNr)));

    /// <summary>Events of one persistence id that are there now, ascending.</summary>
    /// <param name="persistenceId">Whose.</param>
    /// <param name="fromSequenceNr">First, inclusive.</param>
    /// <param name="toSequenceNr">Last, inclusive.</param>
    public Source<EventEnvelope, NotUsed> CurrentEventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr) =>
        _envelopes.BySequenceNr(Current(ById(persistenceId, fromSequenceNr, toSequenceNr)));

    /// <summary>Events with a tag, in the store's order, and those to come.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="offset">Exclusive; <see cref="NoOffset"/> for the start.</param>
    public Source<EventEnvelope, NotUsed> EventsByTag(string tag, Offset offset) =>
        _envelopes.ByOrdering(Live(ByTag(tag, offset, _shared)));

    /// <summary>Events with a tag that are there now, in the store's order.</summary>
    /// <param name="tag">The tag.</param>
    /// <param name="offset">Exclusive; <see cref="NoOffset"/> for the start.</param>
    public Source<EventEnvelope, NotUsed> CurrentEventsByTag(string tag, Offset offset) =>
        _envelopes.ByOrdering(Current(ByTag(tag, offset)));

    /// <summary>All events, in the store's order, and those to come.</summary>
    /// <param name="offset">Exclusive; <see cref="NoOffset"/> for the start.</param>
    public Source<EventEnvelope, NotUsed> AllEvents(Offset offset) =>
        _envelopes.ByOrdering(Live(ByTag(tag: null, offset, _shared)));

    /// <summary>All events that are there now, in the store's order.</summary>
    /// <param name="offset">Exclusive; <see cref="NoOffset"/> for the start.</param>
    public Source<EventEnvelope, NotUsed> CurrentAllEvents(Offset offset) =>
        _envelopes.ByOrdering(Current(ByTag(tag: null, offset)));

    /// <inheritdoc />
    public Offset SafeOffset(Offset offset) => offset is Sequence sequence && _store.Overlap > 0
        ? Offset.Sequence(Math.Max(0, sequence.Value - _store.Overlap))
        : offset;

    private PersistenceIdFeed ById(string persistenceId, long fromSequenceNr, long toSequenceNr) =>
        new(_store, persistenceId) { Start = Math.Max(0, fromSequenceNr - 1), End = toSequenceNr };

    private OrderingFeed ByTag(string? tag, Offset? offset, SharedCatchUp? shared = null) => new(_store, tag, shared)
    {
        Start = offset switch
        {
            null or NoOffset => 0,
            Sequence sequence => Math.Max(0, sequence.Value),
            _ => throw new ArgumentException($"An offset of this journal is a {nameof(Sequence)}, not a {offset.GetType().Name}.", nameof(offset)),
        },
    };

    private Source<EventRecord, NotUsed> Live(EventFeed feed) =>
        Source.FromGraph(new LiveEvents(_store, feed, _pageSize, _tailCapacity));

    private Source<EventRecord, NotUsed> Current(EventFeed feed) =>
        Source.FromGraph(new CurrentPages<EventRecord>(cancellationToken => ReadAsync(feed, cancellationToken)));

    private async IAsyncEnumerable<IReadOnlyList<EventRecord>> ReadAsync(EventFeed feed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // Settled first, so that it ends however much is written meanwhile.
        var target = await feed.TargetAsync(subscription: null, cancellationToken);
        for (var position = feed.Start; position < target;)
        {
            var page = await feed.ReadAsync(position, target, _pageSize, cancellationToken);
            position = page.ReadTo;
            if (page.Events.Count > 0)
                yield return page.Events;
        }
    }

    private async IAsyncEnumerable<IReadOnlyList<string>> ReadIdsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = await _store.ReadMaxOrderingAsync(cancellationToken);
        string? last = null;
        while (true)
        {
            var ids = await _store.ReadPersistenceIdsAsync(last, end, _pageSize, cancellationToken);
            if (ids.Count > 0)
                yield return ids;
            if (ids.Count < _pageSize)
                yield break;
            last = ids[^1];
        }
    }
}
