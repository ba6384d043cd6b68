namespace Scheduler.Actors.Execution.Limits;

/// <summary>
/// Counts what runs against the limits of its target and of its concurrency key. On this node for now: with many nodes each has its own.
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

    /// <summary>The limits that a run counts against, by the names that a refusal has.</summary>
    IEnumerable<string> LimitsOf(RunClaim claim);
}

/// <summary>A run has to wait.</summary>
/// <param name="Limit">The limit that it waits for.</param>
/// <param name="After">When to try again; null when a run that leaves makes room.</param>
public sealed record RunRefusal(string Limit, TimeSpan? After);
