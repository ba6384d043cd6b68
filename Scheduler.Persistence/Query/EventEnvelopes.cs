using Akka;
using Akka.Persistence.Journal;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Journal;

namespace Scheduler.Persistence.Query;

/// <summary>Makes of records what queries hand out: the event itself, as the journal's adapters turn it.</summary>
internal sealed class EventEnvelopes(EventCodec codec, EventAdapters adapters)
{
    /// <summary>Envelopes whose offset is the store's order.</summary>
    public Source<EventEnvelope, NotUsed> ByOrdering(Source<EventRecord, NotUsed> records) =>
        records.SelectMany(record => For(record, record.Ordering));

    /// <summary>Envelopes whose offset is the sequence number.</summary>
    public Source<EventEnvelope, NotUsed> BySequenceNr(Source<EventRecord, NotUsed> records) =>
        records.SelectMany(record => For(record, record.SequenceNr));

    private IEnumerable<EventEnvelope> For(EventRecord record, long offset)
    {
        var stored = codec.EventOf(record);
        var adapter = adapters.Get(stored.GetType());
        if (adapter is IdentityEventAdapter)
            return [Envelope(record, offset, stored)];
        return adapter.FromJournal(stored, record.AdapterManifest).Events.Select(adapted => Envelope(record, offset, adapted));
    }

    private static EventEnvelope Envelope(EventRecord record, long offset, object value) =>
        new(Offset.Sequence(offset), record.PersistenceId, record.SequenceNr, value, record.Timestamp, record.Tags is null ? [] : [.. record.Tags]);
}
