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
public sealed record DeleteJob(JobId JobId, string? Reason) : JobCommand(JobId);

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
public sealed record AttemptNotSucceeded(FailureKind Kind, string Error, bool Retryable, AttemptTiming Timing) : AttemptOutcome(Timing);
