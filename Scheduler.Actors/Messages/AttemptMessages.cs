using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Messages;

/// <summary>Asks the node of an attempt what became of it. Crosses nodes.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
public sealed record AskAttempt(JobId JobId, RunId RunId, int Number) : IJobMessage;

/// <summary>Answers <see cref="AskAttempt"/>. Crosses nodes.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
/// <param name="IsHere">Whether the node runs it, or still reports its outcome; false means that it never began here.</param>
public sealed record AttemptAnswer(JobId JobId, RunId RunId, int Number, bool IsHere) : IJobMessage;

/// <summary>Asks how far a running attempt is: the job, and the job asks the node of the attempt. Crosses nodes.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt; 0 for whichever runs.</param>
public sealed record AskProgress(JobId JobId, RunId RunId, int Number) : IJobMessage;

/// <summary>Answers <see cref="AskProgress"/>. Crosses nodes.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Progress">What the attempt said last; null when it said nothing, or doesn't run.</param>
public sealed record ProgressAnswer(JobId JobId, RunId RunId, RunProgress? Progress) : IJobMessage;

/// <summary>Tells the node of an attempt to stop it. Crosses nodes; not acknowledged: the fact is stored already.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
public sealed record StopAttempt(JobId JobId, RunId RunId, int Number) : IJobMessage;
