using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Messages;

/// <summary>
/// Tells whoever trims the journal on this node that a job's has grown, so that a checkpoint or a deletion may be due. A hint: lost, it comes again
/// with the job's next hundred events. Crosses no nodes.
/// </summary>
/// <param name="JobId">The job.</param>
public sealed record JournalGrew(JobId JobId) : Akka.Actor.INoSerializationVerificationNeeded;

/// <summary>
/// Deletes a job's events in front of one of its checkpoints, for good. For the job itself, which refuses it of a version that it knows as no
/// checkpoint. Idempotent. Crosses nodes.
/// </summary>
/// <param name="JobId">The job.</param>
/// <param name="Before">The checkpoint's version: it stays.</param>
public sealed record TrimJob(JobId JobId, long Before) : IJobMessage;

/// <summary>Answers <see cref="TrimJob"/>. Crosses nodes.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Before">Everything in front of this version is gone; 0 when nothing was deleted.</param>
public sealed record JobTrimmed(JobId JobId, long Before) : IJobMessage;
