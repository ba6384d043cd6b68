using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Limits;

namespace Scheduler.Actors.Execution;

/// <summary>A job asks its node's run limiter for a permit. At most one at a time for each job. Stays on the node.</summary>
/// <param name="Request">Which request of this job's it is, so that a late answer is not taken for another one's.</param>
/// <param name="Claim">What it wants to run.</param>
internal sealed record RequestPermit(long Request, RunClaim Claim);

/// <summary>The job holds a permit until it hands it on with <see cref="StartAttempt"/>, or gives it back.</summary>
/// <param name="Request">The request that is granted.</param>
internal sealed record PermitGranted(long Request);

/// <summary>Asks the limiter what a request waits for, on behalf of the sender; answered with <see cref="Scheduler.Actors.Messages.PermitWaitAnswer"/>. Stays on the node.</summary>
/// <param name="JobId">The job.</param>
/// <param name="Who">The request.</param>
/// <param name="Since">Since when it waits.</param>
internal sealed record AskLimit(JobId JobId, PermitRequest Who, DateTimeOffset Since);

/// <summary>The job gives its permit back, or asks for none any more.</summary>
/// <param name="Request">The request that is over.</param>
internal sealed record ReleasePermit(long Request);

/// <summary>The attempt is in the journal: run it, under the sender's permit.</summary>
/// <param name="Request">The request whose permit it is.</param>
/// <param name="Attempt">What to run.</param>
internal sealed record StartAttempt(long Request, Attempt Attempt)
{
    /// <summary>The attempts that it takes the place of: it waits for their end, or for their grace time.</summary>
    public ValueList<ReplacedAttempt> Replaces { get; init; } = [];
}

/// <summary>An attempt that another one takes the place of.</summary>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
/// <param name="IsHere">Whether it runs on this node, which then sees its end; another node is only told to stop it.</param>
internal sealed record ReplacedAttempt(RunId RunId, int Number, bool IsHere);

/// <summary>What a worker needs to know of the attempt that it runs.</summary>
/// <param name="JobId">The job.</param>
/// <param name="RunId">The run.</param>
/// <param name="Number">The attempt.</param>
/// <param name="FireTime">The nominal instant.</param>
/// <param name="DueAt">Not before this.</param>
/// <param name="Definition">The job's definition when the attempt started.</param>
public sealed record Attempt(JobId JobId, RunId RunId, int Number, DateTimeOffset FireTime, DateTimeOffset DueAt, JobDefinition Definition)
{
    /// <summary>The W3C <c>traceparent</c> of the request that the run goes back to; null for none.</summary>
    public string? Trace { get; init; }

    /// <summary>Where the target says how far it is; null where nobody asks.</summary>
    public AttemptProgress? Progress { get; init; }
}

/// <summary>A worker is gone, and its permit with it.</summary>
/// <param name="Attempt">What it ran.</param>
/// <param name="IsReported">Whether its outcome is known to the job, or nobody wants it.</param>
internal sealed record WorkerStopped(Attempt Attempt, bool IsReported);

/// <summary>The node's gate has opened or closed.</summary>
internal sealed class GateChanged
{
    private GateChanged()
    {
    }

    /// <summary>The only one.</summary>
    public static GateChanged Instance { get; } = new();
}

/// <summary>The node stops: grant no more permits; answered with <see cref="Drained"/> when no attempt runs.</summary>
public sealed class DrainRuns
{
    private DrainRuns()
    {
    }

    /// <summary>The only one.</summary>
    public static DrainRuns Instance { get; } = new();
}

/// <summary>The node is none of its cluster any more: end what runs at once, and tell nobody, since another node tries it again.</summary>
public sealed class AbandonRuns
{
    private AbandonRuns()
    {
    }

    /// <summary>The only one.</summary>
    public static AbandonRuns Instance { get; } = new();
}

/// <summary>No attempt runs on this node any more.</summary>
public sealed class Drained
{
    private Drained()
    {
    }

    /// <summary>The only one.</summary>
    public static Drained Instance { get; } = new();
}
