using Akka.Actor;
using Akka.Cluster.Sharding;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Tests.Support;

/// <summary>What became of an incarnation of a job.</summary>
public enum EntityStage
{
    /// <summary>A message came, and there was none.</summary>
    Started,

    /// <summary>It asked to be stopped.</summary>
    Passivating,

    /// <summary>It is gone.</summary>
    Stopped,
}

/// <summary>Something happened to an incarnation of a job.</summary>
/// <param name="Job">The job's id.</param>
/// <param name="Stage">What.</param>
public sealed record EntityChange(string Job, EntityStage Stage);

/// <summary>Stop the job as a hand-over to another node does; its next incarnation is made where the region makes jobs by then.</summary>
/// <param name="JobId">The job.</param>
public sealed record HandOver(JobId JobId);

/// <summary>
/// A shard on one node without a cluster: the same extractor finds the job, passivation stops it with its own stop message, and what comes
/// meanwhile waits for the next incarnation. A job that stops by itself stays stopped until somebody sends it something.
/// </summary>
public sealed class LocalShard : UntypedActor
{
    private readonly JobMessageExtractor _extractor = new();
    private readonly Func<JobId, Props> _job;
    private readonly Recorded<EntityChange> _changes;
    private readonly Dictionary<string, List<(object Message, IActorRef Sender)>> _stopping = new(StringComparer.Ordinal);

    public LocalShard(Func<JobId, Props> job, Recorded<EntityChange> changes)
    {
        _job = job;
        _changes = changes;
    }

    /// <inheritdoc />
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Passivate passivate:
                _changes.Add(new EntityChange(Sender.Path.Name, EntityStage.Passivating));
                Stop(Sender, passivate.StopMessage);
                break;
            case HandOver handOver:
                Stop(Context.Child(handOver.JobId.Value), StopJob.Instance);
                break;
            case Terminated terminated:
                Restart(terminated.ActorRef.Path.Name);
                break;
            default:
                Route(message);
                break;
        }
    }

    private void Stop(IActorRef job, object stopMessage)
    {
        if (_stopping.TryAdd(job.Path.Name, []))
            job.Tell(stopMessage);
    }

    private void Restart(string id)
    {
        _changes.Add(new EntityChange(id, EntityStage.Stopped));
        if (!_stopping.Remove(id, out var buffered))
            return;
        foreach (var (message, sender) in buffered)
            Deliver(id, message, sender);
    }

    private void Route(object message)
    {
        if (_extractor.EntityId(message) is not { } id)
            Unhandled(message);
        else if (_stopping.TryGetValue(id, out var buffer))
            buffer.Add((message, Sender));
        else
            Deliver(id, _extractor.EntityMessage(message)!, Sender);
    }

    private void Deliver(string id, object message, IActorRef sender)
    {
        var job = Context.Child(id);
        if (job.IsNobody())
        {
            _changes.Add(new EntityChange(id, EntityStage.Started));
            job = Context.Watch(Context.ActorOf(_job(JobId.Parse(id)), id));
        }

        job.Tell(message, sender);
    }
}
