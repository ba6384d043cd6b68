using Akka.Actor;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>The view writer of a node: hands rows to the store's group commit, and answers when they are there.</summary>
public sealed class JobViewWriter : IJobViewWriter
{
    private readonly IJobViewStore _store;
    private readonly RecentRows _recent;
    private readonly UnwrittenRows _unwritten;
    private readonly ILogger<JobViewWriter> _log;
    private long _failures;

    /// <summary>One for each node.</summary>
    /// <param name="store">Where rows go.</param>
    /// <param name="recent">The node's new rows, which its projections share.</param>
    /// <param name="unwritten">Told of rows that could not be written.</param>
    /// <param name="log">Told of the same.</param>
    public JobViewWriter(IJobViewStore store, RecentRows recent, UnwrittenRows unwritten, ILogger<JobViewWriter> log)
    {
        _unwritten = unwritten;
        _store = store;
        _recent = recent;
        _log = log;
    }

    /// <summary>How many rows could not be written since the node started.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <inheritdoc />
    public void Write(JobState state, bool isNew, IActorRef replyTo, object reply, IActorRef sender)
    {
        var row = new AnsweredRow(this, state, isNew, replyTo, reply, sender);
        _store.Enqueue(row);
        if (isNew)
            _recent.Add(row);
    }

    private void Failed(JobId id, long version, Exception cause)
    {
        _unwritten.Add(id, version);
        Interlocked.Increment(ref _failures);
        _log.LogWarning(cause, "The row of job {JobId} could not be written; the projection will repair it", id);
    }

    private sealed class AnsweredRow(JobViewWriter writer, JobState state, bool isNew, IActorRef replyTo, object reply, IActorRef sender)
        : RowWrite(state, isNew)
    {
        protected override void OnWritten() => Answer();

        protected override void OnFailed(Exception cause)
        {
            writer.Failed(State.Id, State.Version, cause);
            Answer();
        }

        private void Answer()
        {
            if (!replyTo.IsNobody())
                replyTo.Tell(reply, sender);
        }
    }
}
