using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>How much time may differ.</summary>
/// <param name="Lead">
/// How long before its due time an attempt may be stored as started, so that the write costs no lateness. The worker waits for the due
/// time before it calls the target.
/// </param>
/// <param name="MisfireThreshold">How long after its due time an occurrence may start without being a misfire.</param>
public sealed record Tolerance(TimeSpan Lead, TimeSpan MisfireThreshold);

/// <summary>
/// What the passing of time brings about: which fire times, requests and retries become attempts, and which occurrences become none.
/// Pure functions of (state, now). The rules are those of <c>docs/adr/0008-occurrences.md</c>.
/// </summary>
public static class Settling
{
    /// <summary>
    /// Settles what is due. At most one attempt starts; the caller stores the events and settles again. What may start needs a permit:
    /// without one, settling stops there and stores nothing that leads to it.
    /// </summary>
    /// <param name="state">The job.</param>
    /// <param name="now">The node's clock.</param>
    /// <param name="tolerance">How much time may differ.</param>
    /// <param name="self">This node.</param>
    /// <param name="hasPermit">Whether the job holds a permit of its limiter.</param>
    /// <param name="isAsking">
    /// Whether a node has been asked if an active attempt still runs there, and may still answer: nothing is skipped, buffered or begun in the
    /// place of a run meanwhile that may be over.
    /// </param>
    public static Settlement Settle(JobState state, DateTimeOffset now, Tolerance tolerance, WorkerNode self, bool hasPermit, bool isAsking = false)
    {
        if (!state.Exists || state.IsCancelled)
            return Settlement.Nothing;
        var settlement = SettleAt(state, now, tolerance, self, hasPermit, isAsking);
        return settlement with { Events = Dating.After(state, settlement.Events, Instant.Floor(now)) };
    }

    private static Settlement SettleAt(JobState state, DateTimeOffset now, Tolerance tolerance, WorkerNode self, bool hasPermit, bool isAsking)
    {
        var at = Instant.Floor(now);
        if (Replanning.Plan(state, at) is { } plan)
            return new Settlement(Plans.WithCompletion(state, [plan], at), Wanted: null);
        var due = !state.IsPaused && state.NextDueAt <= now ? DueOccurrences.Select(state, Instant.Floor(now), tolerance.MisfireThreshold, at) : null;
        var isHeld = isAsking && !MayStartBeside(state);
        if (due is not null && WithoutStart(state, due, isHeld, at) is { } resolved)
            return new Settlement(Plans.WithCompletion(state, resolved, at), Wanted: null);

        if (NextStart(state, due, isHeld, now + tolerance.Lead, at, tolerance.MisfireThreshold, self) is not { } start)
            return Settlement.Nothing;
        return hasPermit
            ? new Settlement(start.Events(), Wanted: null)
            : new Settlement([], start.DueAt) { Replaces = start.Replaces && state.Active.Any(r => r.Node == self) };
    }

    /// <summary>Whether a fire time may start whatever the active runs do.</summary>
    private static bool MayStartBeside(JobState state) =>
        state.Active.Count == 0 || (state.Definition!.Overlap is OverlapPolicy.Allow && state.Active.Count < JobState.MaxActive);

    /// <summary>
    /// What resolves due occurrences without a start, and so without a permit; null when the next step for them is one, or overlap may not be
    /// judged now.
    /// </summary>
    private static ValueList<JobEvent>? WithoutStart(JobState state, DueOccurrences due, bool isHeld, DateTimeOffset at)
    {
        if (due.First is not { } first)
            return [.. due.Skips, Plans.After(state with { CatchUp = due.CatchUp }, due.Last, at)];
        if (Plans.Budget(state) <= 0)
            return All(SkipReason.Limit);
        if (isHeld || MayStartBeside(state))
            return null;
        return state.Definition!.Overlap switch
        {
            OverlapPolicy.Skip when state.Buffered is null && WereLostWhenDue(state, first) => Buffer(state, due, first, at),
            OverlapPolicy.Skip => All(SkipReason.Overlap),
            OverlapPolicy.BufferOne when state.Buffered is not null || state.Requested.Count > 0 => All(SkipReason.Overlap),
            OverlapPolicy.BufferOne => Buffer(state, due, first, at),
            OverlapPolicy.Allow => All(SkipReason.Overlap),
            OverlapPolicy.CancelRunning => null,
            var policy => throw new InvalidOperationException($"No rule for {policy}."),
        };

        ValueList<JobEvent> All(SkipReason why) => [.. due.Skips, Plans.Skip(state, first, due.Last, why, at), Plans.After(state, due.Last, at)];
    }

    /// <summary>
    /// Whether all active runs wait for a retry because their attempts were lost, and were so when the fire time was due: nothing ran then. It
    /// is not skipped because of them, and starts when they have ended.
    /// </summary>
    private static bool WereLostWhenDue(JobState state, DateTimeOffset fireTime)
    {
        var dueAt = fireTime == state.NextFireTime ? state.NextDueAt : Plans.DueAt(state, fireTime);
        return state.Active.All(run => run.Node is null && run.LostAt >= dueAt);
    }

    private static ValueList<JobEvent> Buffer(JobState state, DueOccurrences due, DateTimeOffset first, DateTimeOffset at)
    {
        var plan = Plans.After(state with { Buffered = first }, due.Last, at);
        return first == due.Last
            ? [.. due.Skips, plan]
            : [.. due.Skips, Plans.Skip(state, state.Definition!.FireTimes.Next(first)!.Value, due.Last, SkipReason.Overlap, at), plan];
    }

    /// <summary>What starts next: of all that may, what is due first; null when nothing may.</summary>
    private static Start? NextStart(JobState state, DueOccurrences? due, bool isHeld, DateTimeOffset horizon, DateTimeOffset at, TimeSpan threshold, WorkerNode self)
    {
        var replaces = state.Active.Count > 0 && state.Definition!.Overlap is OverlapPolicy.CancelRunning;
        var starts = new List<Start>();
        if (state.HasRequestToStart && !isHeld)
            starts.Add(new Start(RequestDueAt(state.Requested[0], at), replaces, () => Requested(state, at, self)));
        if (!state.IsPaused && !isHeld && state.NextFireTime is { } next && ScheduledAt(state, due, horizon) is { } dueAt)
            starts.Add(new Start(dueAt, replaces, () => Scheduled(state, due, next, at, self)));
        if (!state.IsPaused && state.Active.Count == 0)
        {
            if (state.Buffered is { } buffered)
                starts.Add(new Start(buffered, Replaces: false, () => Waited(state, AttemptKind.Buffered, buffered, at, self)));
            if (state.CatchUp.Count > 0)
                starts.Add(new Start(state.CatchUp[0], Replaces: false, () => Waited(state, AttemptKind.CatchUp, state.CatchUp[0], at, self)));
        }

        // A retry of a run that is about to be cancelled would only be cancelled in its turn.
        if (!state.IsPaused && !(replaces && starts.Exists(s => s.DueAt <= horizon)))
        {
            foreach (var run in state.Active)
            {
                if (RetryDueAt(run, at, threshold) is { } retryAt)
                    starts.Add(new Start(retryAt, Replaces: false, () => [Retry(run, retryAt, at, self)]));
            }
        }

        return starts.Where(s => s.DueAt <= horizon).MinBy(s => s.DueAt);
    }

    /// <summary>A run was asked for in the past, whatever the clock shows now.</summary>
    // Stryker disable once Equality : of two equal instants it is the same which one is taken
    private static DateTimeOffset RequestDueAt(RequestedRun run, DateTimeOffset at) => run.At <= at ? run.At : at;

    /// <summary>
    /// When a run's retry is due; null when it waits for none. One that was promised by a clock that has been set back since would stand still until
    /// that time comes again: it is due now.
    /// </summary>
    private static DateTimeOffset? RetryDueAt(ActiveRun run, DateTimeOffset at, TimeSpan threshold) =>
        // Stryker disable once Equality : of two equal instants it is the same which one is taken
        run.RetryAt > at && run.EndedAt is { } ended && ended > Instant.After(at, threshold) ? at : run.RetryAt;

    /// <summary>
    /// When the next fire time may start; null when it may not. While a run is active that may end or must be cancelled, it is judged when
    /// its time has come, and not a lead before.
    /// </summary>
    private static DateTimeOffset? ScheduledAt(JobState state, DueOccurrences? due, DateTimeOffset horizon)
    {
        if (due is not null)
            return state.NextDueAt;
        return MayStartBeside(state) && state.NextDueAt <= horizon && Plans.Budget(state) > 0 ? state.NextDueAt : null;
    }

    private static ValueList<JobEvent> Scheduled(JobState state, DueOccurrences? due, DateTimeOffset next, DateTimeOffset at, WorkerNode node)
    {
        var events = new List<JobEvent>();
        var fireTime = due?.First ?? next;
        if (due is not null)
        {
            events.AddRange(due.Skips);
            if (state.Definition!.Overlap is OverlapPolicy.CancelRunning && fireTime < due.Last)
            {
                var first = fireTime;
                fireTime = due.Last;
                events.Add(Plans.Skip(state, first, Plans.Before(state, fireTime), SkipReason.Overlap, at));
            }
        }

        events.AddRange(Replaced(state, at));
        events.Add(new AttemptStarted
        {
            At = at,
            RunId = RunId.Scheduled(state.Id, state.Generation, fireTime),
            Number = 1,
            Kind = AttemptKind.Scheduled,
            FireTime = fireTime,
            DueAt = fireTime == next ? state.NextDueAt!.Value : Plans.DueAt(state, fireTime),
            Node = node,
        });
        events.Add(Plans.After(state.Apply(events), fireTime, at));
        return ValueList.From(events);
    }

    private static ValueList<JobEvent> Requested(JobState state, DateTimeOffset at, WorkerNode node) =>
    [
        .. Replaced(state, at),
        new AttemptStarted
        {
            At = at,
            RunId = state.Requested[0].RunId,
            Number = 1,
            Kind = AttemptKind.Requested,
            FireTime = state.Requested[0].At,
            DueAt = RequestDueAt(state.Requested[0], at),
            Node = node,
        },
    ];

    private static ValueList<JobEvent> Waited(JobState state, AttemptKind kind, DateTimeOffset fireTime, DateTimeOffset at, WorkerNode node)
    {
        var started = new AttemptStarted
        {
            At = at,
            RunId = RunId.Scheduled(state.Id, state.Generation, fireTime),
            Number = 1,
            Kind = kind,
            FireTime = fireTime,
            DueAt = Plans.DueAt(state, fireTime),
            Node = node,
        };
        var after = state.Apply(started);
        return
        [
            started,
            Plans.Same(kind is AttemptKind.Buffered ? after with { Buffered = null } : after with { CatchUp = after.CatchUp.RemoveAll(t => t == fireTime) }, at),
        ];
    }

    private static AttemptStarted Retry(ActiveRun run, DateTimeOffset dueAt, DateTimeOffset at, WorkerNode node) => new()
    {
        At = at,
        RunId = run.RunId,
        Number = run.Attempt + 1,
        Kind = AttemptKind.Retry,
        FireTime = run.FireTime,
        DueAt = dueAt,
        Node = node,
    };

    /// <summary>The end of the active runs that a start takes the place of.</summary>
    private static IEnumerable<JobEvent> Replaced(JobState state, DateTimeOffset at) => state.Definition!.Overlap is OverlapPolicy.CancelRunning
        ? state.Active.Select(run => new RunCancelled { At = at, RunId = run.RunId, Reason = "The next run took its place." })
        : [];

    /// <summary>Something that may start.</summary>
    /// <param name="DueAt">When it is due.</param>
    /// <param name="Replaces">Whether it takes the place of active runs.</param>
    /// <param name="Events">The facts that start it.</param>
    private sealed record Start(DateTimeOffset DueAt, bool Replaces, Func<ValueList<JobEvent>> Events);
}
