using Akka;
using Akka.Persistence.Query;
using Akka.Streams.Dsl;
using Akka.Util;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Tests.Support;

/// <summary>A journal in memory with the queries that projections need. What is announced to the tag readers is the spec's to choose.</summary>
internal sealed class FakeJournal : IEventsByTagQuery, ICurrentEventsByTagQuery, ICurrentEventsByPersistenceIdQuery
{
    private readonly Lock _lock = new();
    private readonly List<EventEnvelope> _stored = [];
    private readonly List<EventEnvelope> _tagged = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _failure;
    private int _reads;

    public JournalQueries Queries => new(this, this, this);

    /// <summary>How often a job's own journal was read.</summary>
    public int ReadsById => Volatile.Read(ref _reads);

    public long LastOffset
    {
        get
        {
            lock (_lock)
                return _tagged.Count;
        }
    }

    /// <summary>Stores a job's events from a number on, and announces them.</summary>
    public void Append(JobId job, long from, params JobEvent[] facts)
    {
        foreach (var fact in facts)
            Announce(Store(job.PersistenceId, from++, fact, JobId.SliceTag(job.Slice)));
    }

    /// <summary>Stores an event, which no reader by tag sees.</summary>
    public EventEnvelope Store(string persistenceId, long version, object fact, string tag)
    {
        var envelope = new EventEnvelope(Offset.NoOffset(), persistenceId, version, fact, 0, [tag]);
        lock (_lock)
            _stored.Add(envelope);
        return envelope;
    }

    /// <summary>Announces an event to the readers by tag, again if need be.</summary>
    public void Announce(EventEnvelope stored)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            _tagged.Add(new EventEnvelope(Offset.Sequence(_tagged.Count + 1), stored.PersistenceId, stored.SequenceNr, stored.Event, 0, [.. stored.Tags]));
            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.SetResult();
    }

    /// <summary>The next read by tag fails, once.</summary>
    public void FailOnce(Exception cause)
    {
        lock (_lock)
            _failure = cause;
    }

    public Source<EventEnvelope, NotUsed> EventsByTag(string tag, Offset offset) => Source.UnfoldAsync(
        JournalQueries.NumberOf(offset),
        async after =>
        {
            while (true)
            {
                Task more;
                lock (_lock)
                {
                    if (Interlocked.Exchange(ref _failure, null) is { } failure)
                        throw failure;
                    if (_tagged.Skip((int)after).FirstOrDefault(e => e.Tags.Contains(tag)) is { } next)
                        return Option<(long, EventEnvelope)>.Create((JournalQueries.NumberOf(next.Offset), next));
                    more = _more.Task;
                }

                await more;
            }
        });

    public Source<EventEnvelope, NotUsed> CurrentEventsByTag(string tag, Offset offset)
    {
        lock (_lock)
            return Source.From(_tagged.Skip((int)JournalQueries.NumberOf(offset)).Where(e => e.Tags.Contains(tag)).ToList());
    }

    public Source<EventEnvelope, NotUsed> CurrentEventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr)
    {
        Interlocked.Increment(ref _reads);
        lock (_lock)
        {
            return Source.From(_stored
                .Where(e => e.PersistenceId == persistenceId && e.SequenceNr >= fromSequenceNr && e.SequenceNr <= toSequenceNr)
                .OrderBy(e => e.SequenceNr)
                .ToList());
        }
    }
}
