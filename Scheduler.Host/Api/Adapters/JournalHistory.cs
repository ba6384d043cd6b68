using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka;
using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Serialization;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Adapters;

/// <summary>Reads jobs' journals through the configured read journal, whichever that is.</summary>
internal sealed class JournalHistory(ActorSystem system, string readJournalId, TimeProvider time) : IJobHistory
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lazy<(ICurrentEventsByPersistenceIdQuery Journal, IMaterializer Streams)> _parts = new(() =>
        (PersistenceQuery.Get(system).ReadJournalFor<ICurrentEventsByPersistenceIdQuery>(readJournalId), system.Materializer()));

    /// <inheritdoc />
    public async Task<bool> ReadAsync(JobId id, long after, int limit, Predicate<JobFact> take, CancellationToken cancellationToken)
    {
        var (count, isTaken) = (0, true);
        await ReadAsync(
            id,
            after,
            events => events.Take(limit).TakeWhile(e =>
            {
                count++;
                return isTaken = take(ToFact(e));
            }),
            Sink.Aggregate<EventEnvelope, int>(0, (taken, _) => taken),
            cancellationToken);
        return !isTaken || count == limit;
    }

    /// <inheritdoc />
    public async Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(JobId id, long after, int limit, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(id, after, events => events.Take(limit), Sink.Seq<EventEnvelope>(), cancellationToken))
            .Select(e => new StoredEvent(e.SequenceNr, (JobEvent)e.Event))];

    private async Task<T> ReadAsync<T>(
        JobId id,
        long after,
        Func<Source<EventEnvelope, NotUsed>, Source<EventEnvelope, NotUsed>> bounded,
        Sink<EventEnvelope, Task<T>> sink,
        CancellationToken cancellationToken)
    {
        var (journal, streams) = _parts.Value;
        using var stop = new CancellationTokenSource();
        var events = after == long.MaxValue ? Source.Empty<EventEnvelope>() : journal.CurrentEventsByPersistenceId(id.PersistenceId, after + 1, long.MaxValue);
        var read = bounded(WithoutLeftOver(events, after)).Via(stop.Token.AsFlow<EventEnvelope>(cancelGracefully: true)).RunWith(sink, streams);
        try
        {
            return await read.WaitAsync(Patience, time, cancellationToken);
        }
        finally
        {
            // Whoever stops waiting also stops the reading.
            await stop.CancelAsync();
        }
    }

    /// <summary>Where the first events asked for are deleted, the rest begins with a checkpoint: what stands in front of that is about to be deleted too.</summary>
    private static Source<EventEnvelope, NotUsed> WithoutLeftOver(Source<EventEnvelope, NotUsed> events, long after) =>
        events.SkipWhile(e => !Checkpoints.CanFollow(after, e.SequenceNr, e.Event));

    private static JobFact ToFact(EventEnvelope envelope)
    {
        var fact = (JobEvent)envelope.Event;
        var data = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(data, Writing))
            EventJson.WriteData(writer, fact);
        return new JobFact(envelope.SequenceNr, fact.At, EventJson.TypeOf(fact), new JsonText(Encoding.UTF8.GetString(data.WrittenSpan)));
    }
}
