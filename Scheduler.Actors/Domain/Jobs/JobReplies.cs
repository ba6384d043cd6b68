using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What a job answers. A closed hierarchy. Never sent before what it says is stored.</summary>
/// <param name="JobId">The job.</param>
public abstract record JobReply(JobId JobId);

/// <summary>The command holds.</summary>
/// <param name="State">The job after it.</param>
/// <param name="Replayed">Whether this was so before: nothing was stored now.</param>
public sealed record JobAccepted(JobState State, bool Replayed) : JobReply(State.Id)
{
    /// <summary>Whether there was no such job before.</summary>
    public bool IsNew { get; init; }
}

/// <summary>A run will start.</summary>
/// <param name="State">The job after it.</param>
/// <param name="RunId">The run.</param>
/// <param name="Replayed">Whether this was so before: nothing was stored now.</param>
public sealed record RunAccepted(JobState State, RunId RunId, bool Replayed) : JobReply(State.Id);

/// <summary>There is no such job.</summary>
/// <param name="JobId">The id that was asked for.</param>
public sealed record JobNotFound(JobId JobId) : JobReply(JobId);

/// <summary>The job that this idempotency key created was deleted.</summary>
/// <param name="JobId">The job.</param>
public sealed record JobGone(JobId JobId) : JobReply(JobId);

/// <summary>The command does not fit what the job is doing, or what its key was used for.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Detail">Why, in a sentence for the client.</param>
public sealed record JobConflict(JobId JobId, string Detail) : JobReply(JobId)
{
    /// <summary>Whether it is the command's idempotency key that is in the way: it was used for something else.</summary>
    public bool IsOfKey { get; init; }
}

/// <summary>What the job is now; an answer to <see cref="GetJob"/>.</summary>
/// <param name="State">The job; of one that was never created, or was deleted, <see cref="JobNotFound"/> is the answer.</param>
public sealed record JobFound(JobState State) : JobReply(State.Id);

/// <summary>The edit was not wanted for a job like this one.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Revision">The revision that it has; null when there is no such job.</param>
public sealed record PreconditionFailed(JobId JobId, int? Revision) : JobReply(JobId);

/// <summary>The definition makes no sense at this time.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Field">The field of the definition that is wrong.</param>
/// <param name="Detail">Why, in a sentence for the client.</param>
public sealed record DefinitionRefused(JobId JobId, string Field, string Detail) : JobReply(JobId)
{
    /// <summary>What there is to choose from, where a cron rule does not say how it reads its day fields; null for any other reason.</summary>
    public DayMatchReadings? Readings { get; init; }
}

/// <summary>The run neither runs nor waits: it has ended, or never was.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
public sealed record RunNotActive(JobId JobId, RunId RunId) : JobReply(JobId);

/// <summary>A worker's report needs not be sent again, whether it was new or not.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
public sealed record ReportAcknowledged(JobId JobId, RunId RunId, int Number) : JobReply(JobId);

/// <summary>A fault of the scheduler: it could not decide what the command leads to. Nothing is stored, and the job is as it was.</summary>
/// <param name="JobId">The job.</param>
public sealed record DecisionFailed(JobId JobId) : JobReply(JobId);

/// <summary>The job's journal holds what can't be read, so nobody knows what the job is. Nothing is stored.</summary>
/// <param name="JobId">The job.</param>
public sealed record JobUnreadable(JobId JobId) : JobReply(JobId);

/// <summary>The store did not say whether the command's events were stored: repeat it with the same key, or look at the job.</summary>
/// <param name="JobId">The job.</param>
public sealed record OutcomeUnknown(JobId JobId) : JobReply(JobId);

/// <summary>The command's events could not be stored, and were not; or the job could not be read, so that there are none.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Detail">Why.</param>
public sealed record StoreRefused(JobId JobId, string Detail) : JobReply(JobId);
