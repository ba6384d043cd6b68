using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Messages;

/// <summary>
/// Look at your state and do what is due. Carries no decision, is idempotent, and may come twice or late: the job is the authority.
/// </summary>
/// <param name="JobId">The job.</param>
public sealed record Wake(JobId JobId) : IJobMessage;

/// <summary>
/// The job's own stop message, for passivation and hand-off. Never PoisonPill, which overtakes stashed commands and persist callbacks.
/// </summary>
public sealed class StopJob
{
    private StopJob()
    {
    }

    /// <summary>The only one.</summary>
    public static StopJob Instance { get; } = new();
}
