using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What the misfire policy makes of the occurrences that are due and unresolved.</summary>
/// <param name="Skips">Those that are not kept, oldest first.</param>
/// <param name="First">The first one that is kept, for overlap to judge; null when none is.</param>
/// <param name="Last">The last one that is due: where the cursor will be when all are resolved.</param>
/// <param name="CatchUp">The catch-up after it.</param>
internal sealed record DueOccurrences(ValueList<JobEvent> Skips, DateTimeOffset? First, DateTimeOffset Last, ValueList<DateTimeOffset> CatchUp)
{
    /// <summary>Selects.</summary>
    /// <param name="state">A job of which the next fire time is due.</param>
    /// <param name="now">The node's clock, a whole millisecond.</param>
    /// <param name="threshold">How long after its due time an occurrence may start without being a misfire.</param>
    /// <param name="at">When the facts happen.</param>
    public static DueOccurrences Select(JobState state, DateTimeOffset now, TimeSpan threshold, DateTimeOffset at)
    {
        var first = state.NextFireTime!.Value;
        var last = Plans.LastDue(state, now);
        if (Instant.After(state.NextDueAt!.Value, threshold) >= now)
            return new DueOccurrences([], first, last, state.CatchUp);
        var policy = state.Definition!.Misfire;
        return policy.Kind switch
        {
            MisfireKind.FireOnce => Keep(state, last, last, at),
            MisfireKind.Skip => Keep(state, Plans.FirstDueFrom(state, last, Instant.Before(now, threshold)), last, at),
            MisfireKind.FireAll => CatchUpAll(state, policy, now, last, at),
            _ => throw new InvalidOperationException($"No rule for {policy.Kind}."),
        };
    }

    private static DueOccurrences Keep(JobState state, DateTimeOffset? kept, DateTimeOffset last, DateTimeOffset at)
    {
        var first = state.NextFireTime!.Value;
        ValueList<JobEvent> skips = kept == first ? []
            : [Plans.Skip(state, first, kept is { } k ? Plans.Before(state, k) : last, SkipReason.Misfire, at)];
        return new DueOccurrences(skips, kept, last, state.CatchUp);
    }

    private static DueOccurrences CatchUpAll(JobState state, MisfirePolicy policy, DateTimeOffset now, DateTimeOffset last, DateTimeOffset at)
    {
        var first = state.NextFireTime!.Value;
        var inWindow = policy.Window is { } window ? Plans.FirstDueFrom(state, last, Instant.Before(now, window)) : first;
        var allowed = (int)Math.Clamp(Plans.Budget(state with { CatchUp = [] }), 0, policy.Limit);
        var latest = inWindow is { } from ? state.Definition!.FireTimes.Latest(from, last, allowed) : [];
        var kept = state.CatchUp.Last(allowed - latest.Count);

        var skips = new List<JobEvent>();
        skips.AddRange(Plans.Skips(state, state.CatchUp.Take(state.CatchUp.Count - kept.Count), SkipReason.Limit, at));
        if (inWindow != first)
            skips.Add(Plans.Skip(state, first, inWindow is { } w ? Plans.Before(state, w) : last, SkipReason.Window, at));
        if (inWindow is { } begin && (latest.Count == 0 || latest[0] > begin))
            skips.Add(Plans.Skip(state, begin, latest.Count == 0 ? last : Plans.Before(state, latest[0]), SkipReason.Limit, at));
        return new DueOccurrences(ValueList.From(skips), First: null, last, ValueList.From(kept.Concat(latest)));
    }
}
