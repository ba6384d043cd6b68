namespace Scheduler.Actors.Domain.Jobs;

/// <summary>
/// Which facts follow from a command: a pure function of (state, command, now). What time alone brings about is
/// <see cref="Settling"/>'s.
/// </summary>
public static class JobDecider
{
    /// <summary>Decides.</summary>
    /// <param name="state">The job before the command.</param>
    /// <param name="command">The command.</param>
    /// <param name="now">The node's clock. Facts are never dated before the last one, should the clock have jumped back.</param>
    public static Decision Decide(JobState state, JobCommand command, DateTimeOffset now)
    {
        var at = Instant.Max(Instant.Floor(now), state.LastEventAt);
        return command switch
        {
            CreateJob c => Create(state, c, at),
            TriggerJob c => Trigger(state, c, at),
            CancelJob c => Cancel(state, c, at),
            DeleteJob c => Delete(state, c, at),
            ReportAttempt c => Report(state, c, at),
            GiveUpAttempt c => GiveUp(state, c, at),
            _ => throw new InvalidOperationException($"No rule for {command.GetType().Name}."),
        };
    }

    private static Decision Create(JobState state, CreateJob command, DateTimeOffset at)
    {
        if (state.IsDeleted)
            return new Decision([], new JobGone(state.Id));
        if (state.Exists)
        {
            return command.BodyHash is not null && command.BodyHash == state.BodyHash
                ? new Decision([], new JobAccepted(state, Replayed: true))
                : new Decision([], new JobConflict(state.Id, command.BodyHash is null
                    ? "A job with this id exists."
                    : "This idempotency key was used with another request body."));
        }

        var created = new JobCreated
        {
            At = at,
            By = command.Origin.By,
            Key = command.Origin.Key,
            Trace = command.Origin.Trace,
            Definition = command.Definition,
            Generation = state.Generation + 1,
            BodyHash = command.BodyHash,
        };
        return Accept(state, [created, Settling.FirstPlan(command.Definition, at)]);
    }

    private static Decision Trigger(JobState state, TriggerJob command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (UsedBefore(state, command) is { } used)
            return used.RunId is { } before ? new Decision([], new RunAccepted(state, before, Replayed: true)) : UsedForAnother(state);
        if (state.IsCancelled)
            return Conflict(state, "The job is cancelled.");
        if (state.Active.Count > 0 || state.Requested.Count > 0)
            return Conflict(state, "A run of this job is active, and its overlap policy is 'skip'.");

        var run = RunId.Requested(state.Id, state.Generation, state.Version + 1);
        var requested = new RunRequested
        {
            At = at,
            By = command.Origin.By,
            Key = command.Origin.Key,
            Trace = command.Origin.Trace,
            Reason = command.Reason,
            RunId = run,
        };
        return new Decision([requested], new RunAccepted(state.Apply(requested), run, Replayed: false));
    }

    private static Decision Cancel(JobState state, CancelJob command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (UsedBefore(state, command) is { RunId: not null })
            return UsedForAnother(state);
        if (state.IsCancelled)
            return new Decision([], new JobAccepted(state, Replayed: true));

        return Accept(state,
        [
            .. EndAll(state, SkipReason.Cancelled, at, command.Reason),
            new JobCancelled { At = at, By = command.Origin.By, Key = command.Origin.Key, Trace = command.Origin.Trace, Reason = command.Reason },
        ]);
    }

    private static Decision Delete(JobState state, DeleteJob command, DateTimeOffset at)
    {
        if (state.Definition is null)
            return new Decision([], new JobNotFound(state.Id));
        if (state.IsDeleted)
            return new Decision([], new JobAccepted(state, Replayed: true));

        return Accept(state,
        [
            .. EndAll(state, SkipReason.Deleted, at, command.Reason),
            new JobDeleted { At = at, By = command.Origin.By, Key = command.Origin.Key, Trace = command.Origin.Trace, Reason = command.Reason },
        ]);
    }

    private static Decision Report(JobState state, ReportAttempt command, DateTimeOffset at)
    {
        var acknowledged = new ReportAcknowledged(command.JobId, command.RunId, command.Number);
        if (Current(state, command.RunId, command.Number) is not { } run)
            return new Decision([], acknowledged);

        ValueList<JobEvent> events = command.Outcome switch
        {
            AttemptSucceeded o =>
            [
                new RunCompleted { At = at, RunId = run.RunId, Number = run.Attempt, Output = o.Output, Timing = o.Timing },
            ],
            AttemptNotSucceeded o => Failed(state, run, o, at),
            _ => throw new InvalidOperationException($"No rule for {command.Outcome.GetType().Name}."),
        };
        return new Decision(WithCompletion(state, events, at), acknowledged);
    }

    private static ValueList<JobEvent> Failed(JobState state, ActiveRun run, AttemptNotSucceeded outcome, DateTimeOffset at)
    {
        var retryAt = outcome.Retryable ? RetryAt(state, run, at) : null;
        var failed = new AttemptFailed
        {
            At = at,
            RunId = run.RunId,
            Number = run.Attempt,
            Kind = outcome.Kind,
            Error = outcome.Error,
            Retryable = outcome.Retryable,
            RetryAt = retryAt,
            Timing = outcome.Timing,
        };
        return retryAt is null ? [failed, Discarded(run, at)] : [failed];
    }

    private static Decision GiveUp(JobState state, GiveUpAttempt command, DateTimeOffset at)
    {
        var acknowledged = new ReportAcknowledged(command.JobId, command.RunId, command.Number);
        if (Current(state, command.RunId, command.Number) is not { } run)
            return new Decision([], acknowledged);

        // An attempt that never began is free, and its next one comes at once, but never before the run is due.
        var retryAt = command.Loss is AttemptLoss.NotBegun ? Instant.Max(at, run.DueAt) : RetryAt(state, run, at);
        var lost = new AttemptLost { At = at, RunId = run.RunId, Number = run.Attempt, Loss = command.Loss, RetryAt = retryAt };
        return new Decision(WithCompletion(state, retryAt is null ? [lost, Discarded(run, at)] : [lost], at), acknowledged);
    }

    /// <summary>
    /// When the run is tried again; null when it is not. Never before it is due: an attempt may end sooner than that, when its worker fails
    /// while it waits, or by the clock of a job that has moved.
    /// </summary>
    private static DateTimeOffset? RetryAt(JobState state, ActiveRun run, DateTimeOffset at)
    {
        var retry = state.Definition!.Retry;
        return retry.Allows(run.Counted) ? Instant.Max(Instant.After(at, retry.DelayAfter(run.Counted, run.RunId.Value)), run.DueAt) : null;
    }

    private static RunDiscarded Discarded(ActiveRun run, DateTimeOffset at) => new() { At = at, RunId = run.RunId };

    /// <summary>The active run whose current attempt that is, and still runs; null for one that ended, and for a zombie's.</summary>
    private static ActiveRun? Current(JobState state, RunId run, int number) =>
        state.FindActive(run) is { Node: not null } active && active.Attempt == number ? active : null;

    private static ValueList<JobEvent> WithCompletion(JobState state, ValueList<JobEvent> events, DateTimeOffset at)
    {
        var after = state.Apply(events);
        return after.Exists && !after.IsCancelled && !after.HasWorkLeft ? events.Add(new JobCompleted { At = at }) : events;
    }

    /// <summary>Ends what runs and what waits: active and requested runs are cancelled, occurrences that are due and unresolved are skipped.</summary>
    private static IEnumerable<JobEvent> EndAll(JobState state, SkipReason why, DateTimeOffset at, string? reason)
    {
        foreach (var run in state.Active)
            yield return new RunCancelled { At = at, RunId = run.RunId, Reason = reason };
        foreach (var run in state.Requested)
            yield return new RunCancelled { At = at, RunId = run.RunId, Reason = reason };
        if (Settling.Unresolved(state, at, why) is { } skipped)
            yield return skipped;
    }

    private static Decision Accept(JobState state, ValueList<JobEvent> events) =>
        new(events, new JobAccepted(state.Apply(events), Replayed: false));

    private static Decision Conflict(JobState state, string detail) => new([], new JobConflict(state.Id, detail));

    private static Decision UsedForAnother(JobState state) => Conflict(state, "This idempotency key was used for another command.");

    private static UsedKey? UsedBefore(JobState state, JobCommand command) =>
        command.Origin.Key is { } key ? state.Keys.FirstOrDefault(k => k.Key == key) : null;
}
