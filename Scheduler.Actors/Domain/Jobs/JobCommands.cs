namespace Scheduler.Actors.Domain.Jobs;

/// <summary>Something addressed to one job: how sharding finds it.</summary>
public interface IJobMessage
{
    /// <summary>The job that this is for.</summary>
    JobId JobId { get; }
}

/// <summary>Who sent a command, and how it is to be recognised.</summary>
/// <param name="By">Who asked; null when nobody is known.</param>
/// <param name="Key">The idempotency key; null for none.</param>
/// <param name="Trace">The W3C <c>traceparent</c>; null for none.</param>
public sealed record CommandOrigin(string? By = null, string? Key = null, string? Trace = null)
{
    /// <summary>SHA-256 of the body that it came with, in hex, where it has a <see cref="Key"/>; null where nobody knows. A creation has it as a member of its own.</summary>
    public string? BodyHash { get; init; }

    /// <summary>Nothing is known.</summary>
    public static CommandOrigin None { get; } = new();
}

/// <summary>Something that a job is asked or told. A closed hierarchy; answered with a <see cref="JobReply"/>.</summary>
/// <param name="JobId">The job.</param>
public abstract record JobCommand(JobId JobId) : IJobMessage
{
    /// <summary>Who sent it.</summary>
    public CommandOrigin Origin { get; init; } = CommandOrigin.None;
}

/// <summary>Create the job.</summary>
/// <param name="JobId">A new id, or one made of the idempotency key.</param>
/// <param name="Definition">What to do, resolved.</param>
/// <param name="BodyHash">SHA-256 of the request's body, when it came with an idempotency key.</param>
public sealed record CreateJob(JobId JobId, JobDefinition Definition, string? BodyHash) : JobCommand(JobId);

/// <summary>What must hold of a job for an edit to be wanted: <c>If-Match</c> and <c>If-None-Match: *</c> of RFC 9110.</summary>
/// <param name="Revisions">The job has one of these revisions; empty for any.</param>
/// <param name="MustExist">There is such a job.</param>
/// <param name="MustNotExist">There is no such job.</param>
public sealed record Precondition(ValueList<int> Revisions, bool MustExist, bool MustNotExist)
{
    /// <summary>Nothing is asked for.</summary>
    public static Precondition None { get; } = new([], MustExist: false, MustNotExist: false);

    /// <summary>Whether it holds.</summary>
    public bool HoldsFor(JobState state) => state.Exists
        ? !MustNotExist && (Revisions.Count == 0 || Revisions.Contains(state.Revision))
        : !MustExist && Revisions.Count == 0;
}

/// <summary>Create the job under its client's own id, or replace its definition.</summary>
/// <param name="JobId">The id.</param>
/// <param name="Definition">What to do; the job resolves it against the one it has.</param>
/// <param name="Precondition">What must hold.</param>
public sealed record PutJob(JobId JobId, JobDefinition Definition, Precondition Precondition) : JobCommand(JobId);

/// <summary>Replace the definition of a job that exists: what a patch becomes, once it is merged.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Definition">What to do; the job resolves it against the one it has.</param>
/// <param name="Precondition">What must hold: at least the revision that the patch was merged into.</param>
public sealed record UpdateJob(JobId JobId, JobDefinition Definition, Precondition Precondition) : JobCommand(JobId);

/// <summary>Tell what the job is now. Changes nothing.</summary>
/// <param name="JobId">The job.</param>
public sealed record GetJob(JobId JobId) : JobCommand(JobId);

/// <summary>Let no fire time become a run until the job is resumed.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Reason">Why.</param>
public sealed record PauseJob(JobId JobId, string? Reason) : JobCommand(JobId);

/// <summary>End the pause.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Reason">Why.</param>
public sealed record ResumeJob(JobId JobId, string? Reason) : JobCommand(JobId);

/// <summary>Stop one run, and keep the schedule.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Reason">Why.</param>
public sealed record CancelRun(JobId JobId, RunId RunId, string? Reason) : JobCommand(JobId);

/// <summary>Run the job now.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Reason">Why.</param>
public sealed record TriggerJob(JobId JobId, string? Reason) : JobCommand(JobId);

/// <summary>Stop what runs and never run again.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Reason">Why.</param>
public sealed record CancelJob(JobId JobId, string? Reason) : JobCommand(JobId);

/// <summary>Cancel the job and hide it.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Reason">Why.</param>
public sealed record DeleteJob(JobId JobId, string? Reason) : JobCommand(JobId)
{
    /// <summary>What must hold of its revision.</summary>
    public Precondition Precondition { get; init; } = Precondition.None;

    /// <summary>Retention's guard: the job has had no event since; null for no guard.</summary>
    public long? Version { get; init; }
}

/// <summary>A worker says how an attempt ended. Sent until it is acknowledged, so it may come twice or late.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
/// <param name="Outcome">How it ended.</param>
public sealed record ReportAttempt(JobId JobId, RunId RunId, int Number, AttemptOutcome Outcome) : JobCommand(JobId);

/// <summary>The node of an attempt is gone, or knows nothing of it.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
/// <param name="Loss">What is known.</param>
public sealed record GiveUpAttempt(JobId JobId, RunId RunId, int Number, AttemptLoss Loss) : JobCommand(JobId);

/// <summary>Plan anew what was planned with other time-zone data than those in use. Changes nothing where they agree.</summary>
/// <param name="JobId">The job.</param>
public sealed record ReplanJob(JobId JobId) : JobCommand(JobId);

/// <summary>Store the whole state as one fact. Refused when the job has had an event since <paramref name="Version"/>.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Version">Up to where its events were audited: all of them.</param>
/// <param name="Past">What that audit proved.</param>
public sealed record CheckpointJob(JobId JobId, long Version, AuditedPast Past) : JobCommand(JobId)
{
    /// <summary>The version of the earliest event that is still in the journal; what was checkpointed before it is forgotten.</summary>
    public required long Earliest { get; init; }
}

/// <summary>How an attempt ended. A closed hierarchy.</summary>
/// <param name="Timing">How it went in time.</param>
public abstract record AttemptOutcome(AttemptTiming Timing);

/// <summary>The target succeeded.</summary>
/// <param name="Output">What it answered.</param>
/// <param name="Timing">How it went in time.</param>
public sealed record AttemptSucceeded(JsonText? Output, AttemptTiming Timing) : AttemptOutcome(Timing);

/// <summary>The target failed, or took too long.</summary>
/// <param name="Kind">In what way.</param>
/// <param name="Error">What went wrong.</param>
/// <param name="Retryable">Whether another attempt makes sense.</param>
/// <param name="Timing">How it went in time.</param>
public sealed record AttemptNotSucceeded(FailureKind Kind, string Error, bool Retryable, AttemptTiming Timing) : AttemptOutcome(Timing)
{
    /// <summary>How long the target asked not to be called again; null when it did not. The next attempt is due no sooner, by its retry policy or by this.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
