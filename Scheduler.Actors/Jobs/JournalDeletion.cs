using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;

namespace Scheduler.Actors.Jobs;

/// <summary>The deletion of a job's events in front of one of its checkpoints, one at a time. The job stays until it is done: nobody else would tell whoever asked.</summary>
internal sealed class JournalDeletion(JobId job, IActorRef self, Action<long> delete)
{
    private IActorRef? _asker;

    /// <summary>Whether one goes on.</summary>
    public bool IsRunning => _asker is not null;

    /// <summary>Begins one, where that version is a checkpoint's, and none goes on; says so otherwise.</summary>
    public void Begin(JobState state, TrimJob trim, IActorRef asker)
    {
        if (IsRunning || !state.Checkpoints.Contains(trim.Before))
        {
            asker.Tell(new JobTrimmed(job, Before: 0), self);
            return;
        }

        _asker = asker;
        delete(trim.Before - 1);
    }

    /// <summary>Tells whoever asked, if there is one.</summary>
    /// <param name="before">Everything in front of this is gone; 0 where nobody knows.</param>
    public void End(long before)
    {
        _asker?.Tell(new JobTrimmed(job, before), self);
        _asker = null;
    }
}
