using System.Runtime.Serialization;
using Akka;
using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>The queries of a read journal that projections need: the standard interfaces, so that any plugin that has them fits.</summary>
/// <param name="ByTag">Events of a tag, and those to come. Offsets must be <see cref="Sequence"/> numbers, and exclusive.</param>
/// <param name="CurrentByTag">Events of a tag that are there now.</param>
/// <param name="CurrentById">Events of one job that are there now.</param>
public sealed record JournalQueries(IEventsByTagQuery ByTag, ICurrentEventsByTagQuery CurrentByTag, ICurrentEventsByPersistenceIdQuery CurrentById)
{
    /// <summary>
    /// Where to resume so that nothing is missed: before the highest offset that was handled, where the journal's events may become readable after others with a higher one.
    /// What comes twice thereby is dropped by its version.
    /// </summary>
    public Func<Offset, Offset> SafeOffset { get; init; } = static offset => offset;

    /// <summary>The queries of a configured read journal.</summary>
    /// <param name="system">The actor system.</param>
    /// <param name="pluginId">The read journal's configuration path.</param>
    /// <param name="safeOffset">As <see cref="SafeOffset"/>, of the read journal; null where its order is the one in which events become readable.</param>
    /// <exception cref="InvalidOperationException">The read journal lacks one of the interfaces.</exception>
    public static JournalQueries For(ActorSystem system, string pluginId, Func<IReadJournal, Func<Offset, Offset>>? safeOffset = null)
    {
        var journal = PersistenceQuery.Get(system).ReadJournalFor<IReadJournal>(pluginId);
        return journal is IEventsByTagQuery byTag and ICurrentEventsByTagQuery currentByTag and ICurrentEventsByPersistenceIdQuery currentById
            ? new JournalQueries(byTag, currentByTag, currentById) { SafeOffset = safeOffset?.Invoke(journal) ?? (static offset => offset) }
            : throw new InvalidOperationException($"The read journal '{pluginId}' can't be used for projections: it must read events by tag and by persistence id.");
    }

    /// <summary>Events of a slice after those up to an offset, and those to come; some before it too, where any may have been missed.</summary>
    internal Source<EventEnvelope, NotUsed> EventsAfter(int slice, long offset) => ByTag.EventsByTag(JobId.SliceTag(slice), SafeOffset(Offset.Sequence(offset)));

    /// <summary>Events of a slice after those up to an offset that are there now; some before it too, where any may have been missed.</summary>
    internal Source<EventEnvelope, NotUsed> CurrentEventsAfter(int slice, long offset) =>
        CurrentByTag.CurrentEventsByTag(JobId.SliceTag(slice), SafeOffset(Offset.Sequence(offset)));

    /// <summary>The number of an offset.</summary>
    /// <exception cref="NotSupportedException">It is of another kind.</exception>
    internal static long NumberOf(Offset offset) => offset is Sequence sequence
        ? sequence.Value
        : throw new NotSupportedException($"Projections need a read journal whose offsets are numbers, not {offset.GetType().Name}.");

    /// <summary>A job's events from one number to another, both included; fewer when the journal has no more of them.</summary>
    /// <param name="persistenceId">Whose.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">The last.</param>
    /// <param name="unreadable">Told of each event that can't be read; the others are read all the same.</param>
    /// <param name="materializer">Runs the reading.</param>
    /// <returns>One after the other, as they are asked for: a job may have had any number of events.</returns>
    internal IAsyncEnumerable<EventEnvelope> ReadAsync(
        string persistenceId, long from, long to, Action<Exception> unreadable, IMaterializer materializer) =>
        Readable(CurrentById.CurrentEventsByPersistenceId(persistenceId, from, to), unreadable).RunAsAsyncEnumerable(materializer);

    /// <summary>
    /// The events that can be read: one that can't (written by a newer release, or damaged) is its own job's misfortune, and must not hold
    /// up its whole slice. Any other fault of the journal ends the stream.
    /// </summary>
    internal static Source<EventEnvelope, TMat> Readable<TMat>(Source<EventEnvelope, TMat> events, Action<Exception> unreadable) =>
        events.AddAttributes(ActorAttributes.CreateSupervisionStrategy(cause =>
        {
            if (!IsUnreadable(cause))
                return Akka.Streams.Supervision.Directive.Stop;
            unreadable(cause);
            return Akka.Streams.Supervision.Directive.Resume;
        }));

    /// <summary>
    /// Whatever waits, at most <paramref name="most"/> events or so many bytes at a time: while a step is written its successors gather, and an event that
    /// comes alone waits for nothing.
    /// </summary>
    internal static Source<IReadOnlyList<EventEnvelope>, TMat> Gathered<TMat>(Source<EventEnvelope, TMat> events, int most, long enoughBytes) => events
        .BatchWeighted(
            enoughBytes,
            envelope => Math.Max(enoughBytes / most, envelope.Event is JobEvent fact ? Weight.Of(fact) : 0),
            envelope => new List<EventEnvelope> { envelope },
            (gathered, envelope) =>
            {
                gathered.Add(envelope);
                return gathered;
            })
        .Select(IReadOnlyList<EventEnvelope> (gathered) => gathered);

    private static bool IsUnreadable(Exception? cause) => cause is not null && (cause is SerializationException || IsUnreadable(cause.InnerException));
}
