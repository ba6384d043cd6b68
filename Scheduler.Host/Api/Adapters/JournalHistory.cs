using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
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
    public Task<IReadOnlyList<JobFact>> ReadAsync(JobId id, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(id, after, limit, ToFact, cancellationToken);

    /// <inheritdoc />
    public Task<IReadOnlyList<StoredEvent>> ReadEventsAsync(JobId id, long after, int limit, CancellationToken cancellationToken) =>
        ReadAsync(id, after, limit, e => new StoredEvent(e.SequenceNr, (JobEvent)e.Event), cancellationToken);

    private async Task<IReadOnlyList<T>> ReadAsync<T>(JobId id, long after, int limit, Func<EventEnvelope, T> to, CancellationToken cancellationToken)
    {
        if (after == long.MaxValue)
            return [];
        var (journal, streams) = _parts.Value;
        using var stop = new CancellationTokenSource();
        var facts = journal
            .CurrentEventsByPersistenceId(id.PersistenceId, after + 1, long.MaxValue)
            .Take(limit)
            .Via(stop.Token.AsFlow<EventEnvelope>(cancelGracefully: true))
            .Select(to)
            .RunWith(Sink.Seq<T>(), streams);
        try
        {
            return await facts.WaitAsync(Patience, time, cancellationToken);
        }
        finally
        {
            // Whoever stops waiting also stops the reading.
            await stop.CancelAsync();
        }
    }

    private static JobFact ToFact(EventEnvelope envelope)
    {
        var fact = (JobEvent)envelope.Event;
        var data = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(data, Writing))
            EventJson.WriteData(writer, fact);
        return new JobFact(envelope.SequenceNr, fact.At, EventJson.TypeOf(fact), new JsonText(Encoding.UTF8.GetString(data.WrittenSpan)));
    }
}
