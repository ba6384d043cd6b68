namespace Scheduler.Actors.Execution.Limits;

/// <summary>
/// Counts what runs against the limits of its kind, its target and its concurrency key: those of the node, and the node's part of those over all nodes.
/// Not safe for several threads.
/// </summary>
public interface IRunLimiter : IDisposable
{
    /// <summary>Counts a run in, if all limits allow it.</summary>
    /// <returns>Null when it is counted; else which limit it has to wait for.</returns>
    RunRefusal? TryEnter(RunClaim claim);

    /// <summary>Counts a run in whatever the limits say: it is in the journal already.</summary>
    void Enter(RunClaim claim);

    /// <summary>Counts a run out. What waited for one of <see cref="LimitsOf"/> may be tried again.</summary>
    void Leave(RunClaim claim);

    /// <summary>The limits that a run makes room for when it leaves.</summary>
    IEnumerable<RunLimit> LimitsOf(RunClaim claim);

    /// <summary>
    /// Of the shares that refused somebody, the one that the fewest runs hold, if it has room by now: anybody's leaving makes room for it, since
    /// it goes by how many permits are free. Null for none.
    /// </summary>
    RunLimit? FindShareWithRoom();

    /// <summary>Nobody waits for that share any more.</summary>
    void Forget(RunLimit share);
}

/// <summary>A run has to wait.</summary>
/// <param name="Limit">The limit that it waits for.</param>
/// <param name="After">When to try again; null when a run that leaves makes room.</param>
public sealed record RunRefusal(RunLimit Limit, TimeSpan? After);
