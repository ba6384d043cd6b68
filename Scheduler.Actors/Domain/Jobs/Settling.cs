namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// What the passing of time brings about: which fire times, requests and retries become attempts, and which occurrences become none.
/// Pure functions of (state, now).
/// </summary>
public static class Settling
{
    /// <summary>
    /// Settles what is due. At most one attempt starts; the caller stores the events and settles again. What may start needs a permit:
    /// without one, settling stops there and stores nothing that leads to it.
    /// </summary>
    /// <param name="state">The job.</param>
    /// <param name="now">The node's clock.</param>
    /// <param name="lead">
    /// How long before its due time an attempt may be stored as started, so that the write costs no lateness. The worker waits for the
    /// due time before it calls the target.
    /// </param>
    /// <param name="permit">The node whose permit the job holds; null without one.</param>
    public static Settlement Settle(JobState state, DateTimeOffset now, TimeSpan lead, WorkerNode? permit)
    {
        if (!state.Exists || state.IsCancelled)
            return Settlement.Nothing;

        var at = Instant.Max(Instant.Floor(now), state.LastEventAt);
        var horizon = now + lead;
        if (!state.IsPaused && state.Active.FirstOrDefault(r => r.RetryAt <= horizon) is { } retry)
            return Start(permit, () => [Retry(retry, at, permit!)]);
        if (state.Active.Count == 0 && state.Requested.Count > 0 && state.Requested[0].At <= horizon)
            return Start(permit, () => [FirstRequested(state, at, permit!)]);
        if (state.IsPaused || state.NextFireTime is not { } fireTime || state.NextDueAt > horizon)
            return Settlement.Nothing;
        if (state.Active.Count == 0)
            return Start(permit, () => [NextScheduled(state, fireTime, at, permit!), Plan(state, fireTime, at)]);

        // The run before it may end before this one is due, so it is judged when that time has come.
        return state.NextDueAt > now
            ? Settlement.Nothing
            : new Settlement([Skip(fireTime, SkipReason.Overlap, at), Plan(state, fireTime, at)], NeedsPermit: false);
    }

    /// <summary>The plan of a job whose schedule begins: nothing is resolved yet. A fire time in the past is due at once.</summary>
    internal static JobScheduled FirstPlan(JobDefinition definition, DateTimeOffset at)
    {
        var next = definition.FireTimes.First(at);
        return new JobScheduled { At = at, NextFireTime = next, NextDueAt = next is { } due ? Instant.Max(due, at) : null };
    }

    /// <summary>The skip that covers the occurrences which are due and unresolved; null when there are none.</summary>
    internal static OccurrencesSkipped? Unresolved(JobState state, DateTimeOffset at, SkipReason why) =>
        state.NextFireTime is { } fireTime && state.NextDueAt <= at ? Skip(fireTime, why, at) : null;

    private static Settlement Start(WorkerNode? permit, Func<ValueList<JobEvent>> events) =>
        permit is null ? new Settlement([], NeedsPermit: true) : new Settlement(events(), NeedsPermit: false);

    private static AttemptStarted Retry(ActiveRun run, DateTimeOffset at, WorkerNode node) => new()
    {
        At = at,
        RunId = run.RunId,
        Number = run.Attempt + 1,
        Kind = AttemptKind.Retry,
        FireTime = run.FireTime,
        DueAt = run.RetryAt!.Value,
        Node = node,
    };

    private static AttemptStarted FirstRequested(JobState state, DateTimeOffset at, WorkerNode node) => new()
    {
        At = at,
        RunId = state.Requested[0].RunId,
        Number = 1,
        Kind = AttemptKind.Requested,
        FireTime = state.Requested[0].At,
        DueAt = state.Requested[0].At,
        Node = node,
    };

    private static AttemptStarted NextScheduled(JobState state, DateTimeOffset fireTime, DateTimeOffset at, WorkerNode node) => new()
    {
        At = at,
        RunId = RunId.Scheduled(state.Id, state.Generation, fireTime),
        Number = 1,
        Kind = AttemptKind.Scheduled,
        FireTime = fireTime,
        DueAt = state.NextDueAt!.Value,
        Node = node,
    };

    private static JobScheduled Plan(JobState state, DateTimeOffset resolved, DateTimeOffset at)
    {
        var next = state.Definition!.FireTimes.Next(resolved);
        return new JobScheduled
        {
            At = at,
            Cursor = resolved,
            NextFireTime = next,
            NextDueAt = next,
            Buffered = state.Buffered,
            CatchUp = state.CatchUp,
        };
    }

    private static OccurrencesSkipped Skip(DateTimeOffset fireTime, SkipReason why, DateTimeOffset at) =>
        new() { At = at, From = fireTime, To = fireTime, Count = 1, Why = why };
}
