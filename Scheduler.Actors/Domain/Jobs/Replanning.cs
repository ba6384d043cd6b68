using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// Plans anew what was planned with other time-zone data. A fire time that the new data move is moved; one that lies in the past by them and was not
/// run is due at once, and so may be a misfire; what was resolved stays so at its local time, and is not run twice.
/// </summary>
public static class Replanning
{
    /// <summary>The plan by the data in use; null when it is the one that the job has.</summary>
    /// <param name="state">The job.</param>
    /// <param name="at">When the fact happens.</param>
    public static JobScheduled? Plan(JobState state, DateTimeOffset at)
    {
        if (!state.Exists || state.IsCancelled || state.NextFireTime is null || !IsStale(state))
            return null;
        var fireTimes = state.Definition!.FireTimes;
        var cursor = state.Cursor is { } resolved ? fireTimes.Schedule.ResolvedUpTo(resolved, state.Zone?.CursorOffset) : (DateTimeOffset?)null;
        // Nothing of this generation was resolved yet, so nothing came before its last edit either.
        var began = state.Generation == 1 ? state.CreatedAt : state.UpdatedAt;
        var next = cursor is { } last ? fireTimes.Next(last) : fireTimes.First(began);
        if (next == state.NextFireTime)
            return null;
        var plan = Plans.At(state, cursor, next, at);
        return plan with
        {
            NextDueAt = cursor is null && plan.NextDueAt is { } dueAt ? Instant.Max(dueAt, began) : plan.NextDueAt,
            Reason = $"The time-zone data changed from {state.Zone?.Data ?? TimeZoneData.BeforeItWasSaid} to {TimeZones.Data.Version}.",
        };
    }

    /// <summary>Whether its plan was made with other data than those in use, and depends on them.</summary>
    public static bool IsStale(JobState state) =>
        state.Definition?.Schedule.ZoneId is not null && (state.Zone?.Data ?? TimeZoneData.BeforeItWasSaid) != TimeZones.Data.Version;
}
