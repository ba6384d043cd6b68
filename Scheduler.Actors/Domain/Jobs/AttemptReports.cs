namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What follows from how attempts end: a retry, or the end of their run, and what that brings with it.</summary>
internal static class AttemptReports
{
    public static Decision Report(JobState state, ReportAttempt command, DateTimeOffset at)
    {
        var acknowledged = new ReportAcknowledged(command.JobId, command.RunId, command.Number);
        if (Current(state, command.RunId, command.Number) is not { } run)
            return new Decision([], acknowledged);

        return new Decision(
            command.Outcome switch
            {
                AttemptSucceeded o => Plans.WithCompletion(
                    state,
                    [new RunCompleted { At = at, RunId = run.RunId, Number = run.Attempt, Output = o.Output, Timing = o.Timing }],
                    at),
                AttemptNotSucceeded o => Failed(state, run, o, at),
                _ => throw new InvalidOperationException($"No rule for {command.Outcome.GetType().Name}."),
            },
            acknowledged);
    }

    public static Decision GiveUp(JobState state, GiveUpAttempt command, DateTimeOffset at)
    {
        var acknowledged = new ReportAcknowledged(command.JobId, command.RunId, command.Number);
        if (Current(state, command.RunId, command.Number) is not { } run)
            return new Decision([], acknowledged);

        // An attempt that never began is free, and its next one comes at once, but never before the run is due.
        var retryAt = command.Loss is AttemptLoss.NotBegun ? NotBeforeDue(state, run, at, at) : RetryAt(state, run, retryAfter: null, at);
        var lost = new AttemptLost { At = at, RunId = run.RunId, Number = run.Attempt, Loss = command.Loss, RetryAt = retryAt };
        return new Decision(retryAt is null ? Discarded(state, run, lost, at) : [lost], acknowledged);
    }

    private static ValueList<JobEvent> Failed(JobState state, ActiveRun run, AttemptNotSucceeded outcome, DateTimeOffset at)
    {
        var retryAt = outcome.Retryable ? RetryAt(state, run, outcome.RetryAfter, at) : null;
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
        return retryAt is null ? Discarded(state, run, failed, at) : [failed];
    }

    /// <summary>
    /// When the run is tried again; null when it is not. Never before it is due: an attempt may end sooner than that, when its worker fails
    /// while it waits, or by the clock of a job that has moved.
    /// </summary>
    private static DateTimeOffset? RetryAt(JobState state, ActiveRun run, TimeSpan? retryAfter, DateTimeOffset at)
    {
        var retry = state.Definition!.Retry;
        if (!retry.Allows(run.Counted))
            return null;
        var delay = retry.DelayAfter(run.Counted, run.RunId.Value);
        return NotBeforeDue(state, run, Instant.After(at, retryAfter > delay ? retryAfter.Value : delay), at);
    }

    /// <summary>
    /// By a clock that was ahead the run was due when it began; now that it is set back, that time means nothing (2026-11: a run that was cut off three hours ahead of the right time stood
    /// still for as long).
    /// </summary>
    private static DateTimeOffset NotBeforeDue(JobState state, ActiveRun run, DateTimeOffset retryAt, DateTimeOffset now) =>
        state.LastEventAt > now ? retryAt : Instant.Max(retryAt, run.DueAt);

    /// <summary>The end of a run that is given up, and the pause of a job for which it is one too many.</summary>
    private static ValueList<JobEvent> Discarded(JobState state, ActiveRun run, JobEvent why, DateTimeOffset at)
    {
        ValueList<JobEvent> events = [why, new RunDiscarded { At = at, RunId = run.RunId }];
        var after = state.Apply(events);
        if (after is { HasWorkLeft: true, IsPaused: false } && after.DiscardedInARow >= after.Definition!.PauseAfterFailures)
        {
            var paused = new JobPaused { At = at, Reason = $"{after.DiscardedInARow} runs in a row were discarded." };
            events = [.. events, .. JobEdits.Paused(after, paused, at)];
        }

        return Plans.WithCompletion(state, events, at);
    }

    /// <summary>The active run whose current attempt that is, and still runs; null for one that ended, and for a zombie's.</summary>
    private static ActiveRun? Current(JobState state, RunId run, int number) =>
        state.FindActive(run) is { Node: not null } active && active.Attempt == number ? active : null;
}
