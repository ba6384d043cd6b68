using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Messages;

/// <summary>Asks a job whether it waits for a permit. Crosses nodes.</summary>
/// <param name="JobId">The job.</param>
public sealed record AskPermitWait(JobId JobId) : IJobMessage;

/// <summary>Answers <see cref="AskPermitWait"/>. Crosses nodes.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Wait">What it waits for; null when it does not, or has not waited for long.</param>
public sealed record PermitWaitAnswer(JobId JobId, WaitingForPermit? Wait) : IJobMessage;
