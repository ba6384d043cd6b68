namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What follows from a command: facts to store as one atomic write, and the answer to give once they are stored.</summary>
/// <param name="Events">In order; empty when nothing changes.</param>
/// <param name="Reply">The answer; holds the state after <paramref name="Events"/>.</param>
public sealed record Decision(ValueList<JobEvent> Events, JobReply Reply);

/// <summary>What follows from the passing of time.</summary>
/// <param name="Events">In order, to be stored as one atomic write; empty when nothing is to be recorded.</param>
/// <param name="Wanted">When that is due which could start if the job had a permit of its node's run limiter; null for nothing.</param>
public sealed record Settlement(ValueList<JobEvent> Events, DateTimeOffset? Wanted)
{
    /// <summary>Whether what could start takes the place of active runs of which one runs on this node, and gives back its permit.</summary>
    public bool Replaces { get; init; }

    /// <summary>Nothing is due.</summary>
    public static Settlement Nothing { get; } = new([], Wanted: null);

    /// <summary>Whether something could start if the job had a permit.</summary>
    public bool NeedsPermit => Wanted is not null;
}
