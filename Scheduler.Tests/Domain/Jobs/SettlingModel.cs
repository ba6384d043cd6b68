using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What becomes of a fire time that is due.</summary>
internal enum Fate
{
    Unresolved,
    Starts,
    Buffered,
    CatchUp,
    SkippedAsMisfire,
    SkippedAsWindow,
    SkippedAsLimit,
    SkippedAsOverlap,
}

/// <summary>
/// What the policies make of the fire times that are due, looked at one by one: the rules of <c>docs/adr/0008-occurrences.md</c> again, in
/// as few words as they can be said when time does not matter.
/// </summary>
internal static class SettlingModel
{
    private const int Most = 500;

    /// <summary>What should become of each fire time that is due, if one of them starts next; null when there are too many to look at.</summary>
    /// <param name="state">The job.</param>
    /// <param name="now">The clock, a whole millisecond.</param>
    /// <param name="threshold">How long after its due time an occurrence may start without being a misfire.</param>
    public static IReadOnlyDictionary<DateTimeOffset, Fate>? Expected(JobState state, DateTimeOffset now, TimeSpan threshold)
    {
        if (state.IsPaused || !state.Exists || Due(state, now) is not { Count: > 0 } due)
            return new Dictionary<DateTimeOffset, Fate>();
        if (due.Count > Most)
            return null;

        var definition = state.Definition!;
        var fates = due.ToDictionary(d => d.FireTime, _ => Fate.Unresolved);
        var kept = due;
        if (due[0].DueAt + threshold < now)
        {
            kept = definition.Misfire.Kind switch
            {
                MisfireKind.FireOnce => [due[^1]],
                MisfireKind.Skip => due.FindAll(d => d.DueAt + threshold >= now),
                _ => [],
            };
            if (definition.Misfire.Kind is MisfireKind.FireAll)
                CatchUp(state, due, fates, now);
            else
                Set(due.Except(kept), Fate.SkippedAsMisfire);
        }

        Overlap(state, kept, Set);
        return fates;

        void Set(IEnumerable<(DateTimeOffset FireTime, DateTimeOffset DueAt)> some, Fate fate)
        {
            foreach (var (fireTime, _) in some)
                fates[fireTime] = fate;
        }
    }

    /// <summary>What facts make of the same fire times.</summary>
    public static IReadOnlyDictionary<DateTimeOffset, Fate> Told(IEnumerable<DateTimeOffset> fireTimes, ValueList<JobEvent> facts)
    {
        var plan = facts.OfType<JobScheduled>().LastOrDefault();
        return fireTimes.ToDictionary(t => t, Of);

        Fate Of(DateTimeOffset t)
        {
            if (facts.OfType<AttemptStarted>().Any(s => s.Kind is AttemptKind.Scheduled && s.FireTime == t))
                return Fate.Starts;
            var skip = facts.OfType<OccurrencesSkipped>().SingleOrDefault(s => s.From <= t && t <= s.To);
            return skip?.Why switch
            {
                SkipReason.Misfire => Fate.SkippedAsMisfire,
                SkipReason.Window => Fate.SkippedAsWindow,
                SkipReason.Limit => Fate.SkippedAsLimit,
                SkipReason.Overlap => Fate.SkippedAsOverlap,
                null => plan?.Buffered == t ? Fate.Buffered : plan?.CatchUp.Contains(t) == true ? Fate.CatchUp : Fate.Unresolved,
                var why => throw new InvalidOperationException($"Nothing that time brings about is skipped as {why}."),
            };
        }
    }

    private static List<(DateTimeOffset FireTime, DateTimeOffset DueAt)>? Due(JobState state, DateTimeOffset now)
    {
        var due = new List<(DateTimeOffset FireTime, DateTimeOffset DueAt)>();
        var dueAt = state.NextDueAt;
        for (var at = state.NextFireTime; at is { } t && dueAt <= now && due.Count <= Most; at = state.Definition!.FireTimes.Next(t))
        {
            dueAt = due.Count == 0 ? dueAt : state.Definition!.DueAt(RunId.Scheduled(state.Id, state.Generation, t), t);
            if (dueAt <= now)
                due.Add((t, dueAt.Value));
        }

        return due;
    }

    private static void CatchUp(JobState state, List<(DateTimeOffset FireTime, DateTimeOffset DueAt)> due, Dictionary<DateTimeOffset, Fate> fates, DateTimeOffset now)
    {
        var policy = state.Definition!.Misfire;
        var buffered = state.Buffered is null ? 0 : 1;
        var room = Math.Max(0, Math.Min(policy.Limit, (state.Definition.MaxRuns ?? int.MaxValue) - state.ScheduledRuns - buffered));
        var missed = due.FindAll(d => policy.Window is not { } window || d.DueAt >= now - window);
        foreach (var (fireTime, _) in due)
            fates[fireTime] = Fate.SkippedAsWindow;
        foreach (var (fireTime, _) in missed)
            fates[fireTime] = Fate.SkippedAsLimit;
        foreach (var (fireTime, _) in missed.TakeLast((int)room))
            fates[fireTime] = Fate.CatchUp;
    }

    private static void Overlap(
        JobState state,
        List<(DateTimeOffset FireTime, DateTimeOffset DueAt)> kept,
        Action<IEnumerable<(DateTimeOffset FireTime, DateTimeOffset DueAt)>, Fate> set)
    {
        if (kept.Count == 0)
            return;
        var waiting = state.CatchUp.Count + (state.Buffered is null ? 0 : 1);
        var overlap = state.Definition!.Overlap;
        if (state.ScheduledRuns + waiting >= state.Definition.MaxRuns)
        {
            set(kept, Fate.SkippedAsLimit);
        }
        else if (overlap is OverlapPolicy.CancelRunning)
        {
            set(kept, Fate.SkippedAsOverlap);
            set([kept[^1]], Fate.Starts);
        }
        else if (state.Active.Count == 0 || (overlap is OverlapPolicy.Allow && state.Active.Count < JobState.MaxActive))
        {
            set([kept[0]], Fate.Starts);
        }
        else
        {
            set(kept, Fate.SkippedAsOverlap);
            if (overlap is OverlapPolicy.BufferOne && state.Buffered is null && state.Requested.Count == 0)
                set([kept[0]], Fate.Buffered);
            if (overlap is OverlapPolicy.Skip && state.Buffered is null && state.Active.All(r => r.Node is null && r.LostAt >= kept[0].DueAt))
                set([kept[0]], Fate.Buffered);
        }
    }
}
