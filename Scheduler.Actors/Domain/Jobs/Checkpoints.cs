namespace Scheduler.Actors.Domain.Jobs;

/// <summary>When a job's whole state is worth being stored as one fact, and from where on its events can be read.</summary>
public static class Checkpoints
{
    /// <summary>A job has at least so many events between two checkpoints: a state is as large as a few of them.</summary>
    public const int LeastEvents = 300;

    /// <summary>
    /// Into how many parts checkpoints divide a journal that is kept long: all events in front of the oldest run that is kept go, but for those
    /// behind the checkpoint before it, so at most one part too many is kept.
    /// </summary>
    public const int Parts = 4;

    /// <summary>Whether a checkpoint is worth it.</summary>
    /// <param name="state">The job.</param>
    /// <param name="earliest">The version of the earliest event in its journal; 1 where nothing was deleted.</param>
    public static bool IsDue(JobState state, long earliest)
    {
        ArgumentNullException.ThrowIfNull(state);
        var last = state.Checkpoints.Count > 0 ? state.Checkpoints[^1] : earliest;
        return state.Exists && state.Version - last >= Math.Max(LeastEvents, (state.Version - earliest) / Parts);
    }

    /// <summary>The last checkpoint from which on everything is kept that must be; null when there is none that lets anything go.</summary>
    /// <param name="state">The job.</param>
    /// <param name="needed">The version of the earliest event that is needed.</param>
    public static long? CutBefore(JobState state, long needed)
    {
        ArgumentNullException.ThrowIfNull(state);
        long? cut = null;
        foreach (var version in state.Checkpoints)
        {
            if (version <= needed)
                cut = version;
        }

        return cut;
    }

    /// <summary>
    /// Whether a fold that has come to a version goes on with that event: with the next one, or with a checkpoint, which stands for whatever is missing.
    /// Anything else is left over, in front of a checkpoint, from a deletion that was not finished: every reader passes it over.
    /// </summary>
    /// <param name="last">Up to where was folded; 0 for nothing.</param>
    /// <param name="version">The event's version.</param>
    /// <param name="fact">The event.</param>
    public static bool CanFollow(long last, long version, object? fact) => version == last + 1 || fact is JobCheckpointed;

    internal static Decision Decide(JobState state, CheckpointJob command, DateTimeOffset at)
    {
        if (state.Version == 0)
            return new Decision([], new JobNotFound(state.Id));
        if (state.Version != command.Version)
            return JobDecider.Conflict(state, "The job has changed since its events were audited.");
        if (IsTombstone(state))
            return JobDecider.Unchanged(state);
        var kept = state with { Checkpoints = state.Checkpoints.RemoveAll(version => version < command.Earliest) };
        var fact = new JobCheckpointed { At = at, State = state.IsDeleted ? Tombstone(kept) : kept, Past = command.Past };
        return new Decision([fact], new JobAccepted(state.Apply(fact), Replayed: false));
    }

    /// <summary>Whether nothing is left of a deleted job but its id's counters.</summary>
    public static bool IsTombstone(JobState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return state is { IsDeleted: true, Definition: null };
    }

    /// <summary>Its version, revision and generation go on should the id be put anew: no run id and no ETag may come twice.</summary>
    private static JobState Tombstone(JobState state) => JobState.Empty(state.Id) with
    {
        Version = state.Version,
        Revision = state.Revision,
        Generation = state.Generation,
        LastEventAt = state.LastEventAt,
        CreatedAt = state.CreatedAt,
        UpdatedAt = state.UpdatedAt,
        IsDeleted = true,
        Checkpoints = state.Checkpoints,
    };
}
