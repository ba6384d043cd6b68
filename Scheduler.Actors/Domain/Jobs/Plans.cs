using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What is still to come, and the facts that say so: plans, skips, and the end of a job that has nothing left to do.</summary>
internal static class Plans
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// The plan of a generation that begins: nothing is resolved yet. A fire time in the past is due at once, unless the misfire policy looks at its age.
    /// </summary>
    public static JobScheduled First(JobId job, JobDefinition definition, int generation, DateTimeOffset at)
    {
        var next = definition.FireTimes.First(at);
        var dueAt = next is { } fireTime ? definition.DueAt(RunId.Scheduled(job, generation, fireTime), fireTime) : (DateTimeOffset?)null;
        return new JobScheduled
        {
            At = at,
            Zone = ZoneOf(definition, cursor: null),
            NextFireTime = next,
            NextDueAt = dueAt < at && !definition.Misfire.LooksAtAge ? at : dueAt,
        };
    }

    /// <summary>The plan once everything up to <paramref name="cursor"/> is resolved.</summary>
    public static JobScheduled After(JobState state, DateTimeOffset cursor, DateTimeOffset at)
    {
        var next = HasReachedMaxRuns(state) ? null : state.Definition!.FireTimes.Next(cursor);
        return At(state, cursor, next, at);
    }

    /// <summary>The plan with that next fire time.</summary>
    public static JobScheduled At(JobState state, DateTimeOffset? cursor, DateTimeOffset? next, DateTimeOffset at) => new()
    {
        At = at,
        Cursor = cursor,
        NextFireTime = next,
        NextDueAt = next is { } fireTime ? DueAt(state, fireTime) : null,
        Buffered = state.Buffered,
        CatchUp = state.CatchUp,
        Zone = ZoneOf(state.Definition!, cursor),
    };

    /// <summary>The plan when no fire time was resolved, but what waits has changed, or a run has used up <c>max_runs</c>.</summary>
    public static JobScheduled Same(JobState state, DateTimeOffset at)
    {
        var hasEnded = HasReachedMaxRuns(state);
        return new JobScheduled
        {
            At = at,
            Cursor = state.Cursor,
            NextFireTime = hasEnded ? null : state.NextFireTime,
            NextDueAt = hasEnded ? null : state.NextDueAt,
            Buffered = state.Buffered,
            CatchUp = state.CatchUp,
            Zone = state.Zone,
        };
    }

    /// <summary>When the run of a fire time of this generation is due.</summary>
    public static DateTimeOffset DueAt(JobState state, DateTimeOffset fireTime) =>
        state.Definition!.DueAt(RunId.Scheduled(state.Id, state.Generation, fireTime), fireTime);

    /// <summary>The last occurrence that is due; the first unresolved one is.</summary>
    public static DateTimeOffset LastDue(JobState state, DateTimeOffset now)
    {
        var first = state.NextFireTime!.Value;
        var last = state.Definition!.FireTimes.Last(first, now);
        // Due times keep the order of fire times, so only the latest one may not be due yet.
        // Stryker disable once Equality : the first one is due, so that it may be looked at as well
        return last > first && DueAt(state, last) > now ? Before(state, last) : last;
    }

    /// <summary>The first unresolved occurrence of which the due time is not before <paramref name="instant"/>; null when all that are due are.</summary>
    public static DateTimeOffset? FirstDueFrom(JobState state, DateTimeOffset last, DateTimeOffset instant)
    {
        var first = state.NextFireTime!.Value;
        if (state.NextDueAt >= instant)
            return first;
        var fireTimes = state.Definition!.FireTimes;
        // The one before it may be due later than its fire time says, the ones before that may not.
        // Stryker disable once Arithmetic : one that lies at the instant itself is found as the one before the next, too
        var nominal = fireTimes.Next(instant - Tick) is { } next && next <= last ? next : (DateTimeOffset?)null;
        var previous = nominal is { } from ? Before(state, from) : last;
        // Stryker disable once Equality : the first one's due time has passed, so that it may be looked at as well
        return previous > first && DueAt(state, previous) >= instant ? previous : nominal;
    }

    /// <summary>The occurrence in front of one that is not the first unresolved one.</summary>
    public static DateTimeOffset Before(JobState state, DateTimeOffset fireTime) =>
        state.Definition!.FireTimes.Last(state.NextFireTime!.Value, fireTime - Tick);

    /// <summary>How many more fire times may become runs, what waits taken off.</summary>
    public static long Budget(JobState state) => state.Definition!.MaxRuns is { } most
        ? most - state.ScheduledRuns - state.CatchUp.Count - (state.Buffered is null ? 0 : 1)
        : long.MaxValue;

    /// <summary>The skip of all occurrences from one to another.</summary>
    public static OccurrencesSkipped Skip(JobState state, DateTimeOffset first, DateTimeOffset last, SkipReason why, DateTimeOffset at) => new()
    {
        At = at,
        From = first,
        To = last,
        Count = state.Definition!.FireTimes.Count(first, last),
        Why = why,
    };

    /// <summary>The skips of occurrences that wait: one for each unbroken range.</summary>
    public static IEnumerable<OccurrencesSkipped> Skips(JobState state, IEnumerable<DateTimeOffset> waiting, SkipReason why, DateTimeOffset at)
    {
        DateTimeOffset? first = null;
        DateTimeOffset last = default;
        var count = 0L;
        foreach (var fireTime in waiting.Order())
        {
            if (first is not null && state.Definition!.FireTimes.Next(last) != fireTime)
            {
                yield return new OccurrencesSkipped { At = at, From = first.Value, To = last, Count = count, Why = why };
                first = null;
                count = 0;
            }

            first ??= fireTime;
            last = fireTime;
            count++;
        }

        if (first is not null)
            yield return new OccurrencesSkipped { At = at, From = first.Value, To = last, Count = count, Why = why };
    }

    /// <summary>The skips of all that waits, and of all that is due and unresolved.</summary>
    public static ValueList<JobEvent> SkipAll(JobState state, SkipReason why, DateTimeOffset at)
    {
        var skips = Skips(state, Waiting(state), why, at).ToList();
        if (state.NextFireTime is { } first && state.NextDueAt <= at)
            skips.Add(Skip(state, first, LastDue(state, at), why, at));
        return ValueList.From<JobEvent>(skips);
    }

    /// <summary>The plan after <see cref="SkipAll"/>: nothing waits; null when nothing changes.</summary>
    public static JobScheduled? AfterSkipAll(JobState state, DateTimeOffset at)
    {
        var emptied = state with { Buffered = null, CatchUp = [] };
        return state.NextFireTime is not null && state.NextDueAt <= at ? After(emptied, LastDue(state, at), at)
            : emptied == state ? null
            : Same(emptied, at);
    }

    /// <summary>Buffered and catch-up fire times.</summary>
    public static IEnumerable<DateTimeOffset> Waiting(JobState state) => state.Buffered is { } buffered ? state.CatchUp.Add(buffered) : state.CatchUp;

    /// <summary>The facts, and the job's completion when they leave nothing to do.</summary>
    public static ValueList<JobEvent> WithCompletion(JobState state, ValueList<JobEvent> events, DateTimeOffset at)
    {
        if (events.Count == 0)
            return events;
        var after = state.Apply(events);
        return after is { Exists: true, IsCancelled: false, HasWorkLeft: false, CompletedAt: null } ? events.Add(new JobCompleted { At = at }) : events;
    }

    private static ZonePlan? ZoneOf(JobDefinition definition, DateTimeOffset? cursor) => definition.Schedule.ZoneId is { } zone
        ? new(TimeZones.Data.Version, cursor is { } last ? TimeSpan.FromTicks(ZoneSpan.At(TimeZones.Get(zone), last.UtcTicks).Offset) : null)
        : null;

    private static bool HasReachedMaxRuns(JobState state) => state.ScheduledRuns >= state.Definition!.MaxRuns;
}
