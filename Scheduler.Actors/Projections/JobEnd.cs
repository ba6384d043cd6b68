using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>Since when a job is over, as far as retention is concerned.</summary>
internal static class JobEnd
{
    /// <summary>
    /// When the job was deleted, or, for a one-off, when nothing was left to do or it was cancelled; null for all others. A recurring job that
    /// has come to its end keeps its definition: its client may give it another one.
    /// </summary>
    public static DateTimeOffset? Of(JobState state)
    {
        if (state.IsDeleted)
            return state.LastEventAt;
        if (state.Definition is not { } definition)
            return null;
        if (definition.Schedule.IsRecurring || state.Active.Count > 0)
            return null;
        return state.IsCancelled ? state.UpdatedAt : state.CompletedAt;
    }
}
