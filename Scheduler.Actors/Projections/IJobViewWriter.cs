using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// Writes a job's row before its client is answered, so that any node's next query finds it (group commit on this node). The row is
/// guarded by its version: an older one changes nothing.
/// </summary>
public interface IJobViewWriter
{
    /// <summary>
    /// Writes the row of <paramref name="state"/>, then tells <paramref name="reply"/> to <paramref name="replyTo"/>. If the write fails
    /// the reply is told all the same: the fact is stored, and the projection repairs the row.
    /// </summary>
    /// <param name="state">The job after the command.</param>
    /// <param name="isNew">Whether the events behind it made no run rows and are all of this job's: the projection needs none of them.</param>
    /// <param name="replyTo">Who asked.</param>
    /// <param name="reply">What to answer.</param>
    /// <param name="sender">Who answers.</param>
    void Write(JobState state, bool isNew, IActorRef replyTo, object reply, IActorRef sender);
}
