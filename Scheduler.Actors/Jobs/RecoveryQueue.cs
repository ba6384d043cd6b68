using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Jobs;

/// <summary>
/// Who waits for an answer while a job recovers. The commands themselves are stashed by Akka.Persistence, which lets them go without a word when the recovery
/// fails: their askers waited for 10 s then, and were told that the outcome is unknown.
/// </summary>
internal sealed class RecoveryQueue
{
    private List<(JobCommand Command, IActorRef Asker)>? _waiting = [];

    /// <summary>Notes whoever sends a command before the job has recovered.</summary>
    public void Note(object message, IActorRef asker)
    {
        if (message is JobCommand command && !asker.IsNobody())
            _waiting?.Add((command, asker));
    }

    /// <summary>The job has recovered, and answers by itself.</summary>
    public void Close() => _waiting = null;

    /// <summary>Answers all: nothing of what they sent was looked at, so nothing is stored.</summary>
    public void AnswerAll(Func<JobCommand, JobReply> reply, IActorRef self)
    {
        foreach (var (command, asker) in _waiting ?? [])
            asker.Tell(reply(command), self);
        _waiting?.Clear();
    }
}
