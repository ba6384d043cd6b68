using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;

namespace Scheduler.Actors.Projections;

/// <summary>The queries of a read journal that projections need: the standard interfaces, so that any plugin that has them fits.</summary>
/// <param name="ByTag">Events of a tag, and those to come. Offsets must be <see cref="Sequence"/> numbers, and exclusive.</param>
/// <param name="CurrentByTag">Events of a tag that are there now.</param>
/// <param name="CurrentById">Events of one job that are there now.</param>
public sealed record JournalQueries(IEventsByTagQuery ByTag, ICurrentEventsByTagQuery CurrentByTag, ICurrentEventsByPersistenceIdQuery CurrentById)
{
    /// <summary>The queries of a configured read journal.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="pluginId">The read journal's configuration path.</param>
    /// <exception cref="InvalidOperationException">The read journal lacks one of the interfaces.</exception>
    public static JournalQueries For(ActorSystem system, string pluginId)
    {
        var journal = PersistenceQuery.Get(system).ReadJournalFor<IReadJournal>(pluginId);
        return journal is IEventsByTagQuery byTag and ICurrentEventsByTagQuery currentByTag and ICurrentEventsByPersistenceIdQuery currentById
            ? new JournalQueries(byTag, currentByTag, currentById)
            : throw new InvalidOperationException($"The read journal '{pluginId}' can't be used for projections: it must read events by tag and by persistence id.");
    }

    /// <summary>The number of an offset.</summary>
    /// <exception cref="NotSupportedException">It is of another kind.</exception>
    internal static long NumberOf(Offset offset) => offset is Sequence sequence
        ? sequence.Value
        : throw new NotSupportedException($"Projections need a read journal whose offsets are numbers, not {offset.GetType().Name}.");

    /// <summary>A job's events from one number to another, both included; fewer when the journal has no more of them.</summary>
    internal Task<IReadOnlyList<EventEnvelope>> ReadAsync(string persistenceId, long from, long to, IMaterializer materializer) =>
        CurrentById.CurrentEventsByPersistenceId(persistenceId, from, to)
            .RunAggregate(
                new List<EventEnvelope>(),
                (read, envelope) =>
                {
                    read.Add(envelope);
                    return read;
                },
                materializer)
            .ContinueWith<IReadOnlyList<EventEnvelope>>(
                read => read.GetAwaiter().GetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>
    /// Whatever waits, at most <paramref name="largest"/> at a time: while a step is written its successors gather, and an event that comes
    /// alone waits for nothing.
    /// </summary>
    internal static Source<IReadOnlyList<EventEnvelope>, TMat> Gathered<TMat>(Source<EventEnvelope, TMat> events, int largest) => events
        .Batch(
            largest,
            envelope => new List<EventEnvelope> { envelope },
            (gathered, envelope) =>
            {
                gathered.Add(envelope);
                return gathered;
            })
        .Select(IReadOnlyList<EventEnvelope> (gathered) => gathered);
}
