using Scheduler.Actors.Domain.Policies;

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
        var at = Instant.Floor(now);
        return Dating.After(state, OnPlanInUse(state, command, at), at);
    }

    /// <summary>The decision that a command is accepted with these facts.</summary>
    internal static Decision Accept(JobState state, ValueList<JobEvent> events, DateTimeOffset at, bool isNew = false)
    {
        var all = Plans.WithCompletion(state, events, at);
        return new Decision(all, new JobAccepted(state.Apply(all), Replayed: false) { IsNew = isNew });
    }

    /// <summary>The decision that all is so already.</summary>
    internal static Decision Unchanged(JobState state) => new([], new JobAccepted(state, Replayed: true));

    /// <summary>The decision that a command does not fit what the job is doing.</summary>
    internal static Decision Conflict(JobState state, string detail) => new([], new JobConflict(state.Id, detail));

    private static Decision KeyReused(JobState state, string detail) => new([], new JobConflict(state.Id, detail) { IsOfKey = true });

    private static Decision OtherBody(JobState state) => KeyReused(state, "This idempotency key was used with another request body.");

    /// <summary>The answer to a command whose key was used before; null when it was not.</summary>
    internal static Decision? Repeated(JobState state, JobCommand command, KeyUse use)
    {
        if (command.Origin.Key is not { } key || state.Keys.FirstOrDefault(k => k.Key == key) is not { } used)
            return null;
        if (used.Use != use || (command is CancelRun c && used.RunId != c.RunId))
            return KeyReused(state, "This idempotency key was used for another command.");
        // Who does not say it, or did not keep it, is of an older release: the same key meant the same command then.
        if (used.BodyHash is { } hash && command.Origin.BodyHash is { } other && other != hash)
            return OtherBody(state);
        return use is KeyUse.Trigger ? new Decision([], new RunAccepted(state, used.RunId!.Value, Replayed: true)) : Unchanged(state);
    }

    /// <summary>Copies onto a fact who asked for it, and why.</summary>
    internal static T From<T>(JobCommand command, string? reason, T fact)
        where T : JobEvent =>
        (T)((JobEvent)fact with
        {
            By = command.Origin.By,
            Key = command.Origin.Key,
            BodyHash = fact.BodyHash ?? command.Origin.BodyHash,
            Trace = command.Origin.Trace,
            Reason = reason,
        });

    /// <summary>Whatever is decided is decided on a plan by the time-zone data in use. What changes nothing leaves that to whoever comes next.</summary>
    private static Decision OnPlanInUse(JobState state, JobCommand command, DateTimeOffset at)
    {
        if (command is CheckpointJob checkpoint)
            return Checkpoints.Decide(state, checkpoint, at);
        if (Replanning.Plan(state, at) is not { } plan)
            return On(state, command, at);
        if (command is ReplanJob)
            return Accept(state, [plan], at);
        var decision = On(state.Apply(plan), command, at);
        return decision.Events.Count == 0 ? On(state, command, at) : decision with { Events = [plan, .. decision.Events] };
    }

    private static Decision On(JobState state, JobCommand command, DateTimeOffset at) => command switch
    {
        CreateJob c => Create(state, c, at),
        PutJob c => JobEdits.Put(state, c, at),
        UpdateJob c => JobEdits.Update(state, c, at),
        GetJob => new Decision([], state.Exists ? new JobFound(state) : new JobNotFound(state.Id)),
        PauseJob c => JobEdits.Pause(state, c, at),
        ResumeJob c => JobEdits.Resume(state, c, at),
        TriggerJob c => Trigger(state, c, at),
        CancelRun c => Cancel(state, c, at),
        CancelJob c => Cancel(state, c, at),
        DeleteJob c => Delete(state, c, at),
        ReportAttempt c => AttemptReports.Report(state, c, at),
        GiveUpAttempt c => AttemptReports.GiveUp(state, c, at),
        ReplanJob => state.Exists ? Unchanged(state) : new Decision([], new JobNotFound(state.Id)),
        _ => throw new InvalidOperationException($"No rule for {command.GetType().Name}."),
    };

    private static Decision Create(JobState state, CreateJob command, DateTimeOffset at)
    {
        if (state.IsDeleted)
            return new Decision([], new JobGone(state.Id));
        if (state.Exists)
        {
            return command.BodyHash is null ? Conflict(state, "A job with this id exists.")
                : command.BodyHash == state.BodyHash ? Unchanged(state)
                : OtherBody(state);
        }

        return JobEdits.Begin(state, command, command.Definition, command.BodyHash, at);
    }

    private static Decision Trigger(JobState state, TriggerJob command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (Repeated(state, command, KeyUse.Trigger) is { } repeated)
            return repeated;
        if (state.IsCancelled)
            return Conflict(state, "The job is cancelled.");
        if (WhyNotNow(state) is { } reason)
            return Conflict(state, reason);

        var run = RunId.Requested(state.Id, state.Generation, state.Version + 1);
        var requested = From(command, command.Reason, new RunRequested { At = at, RunId = run });
        return new Decision([requested], new RunAccepted(state.Apply(requested), run, Replayed: false));
    }

    /// <summary>Why the overlap policy lets no run be requested now; null when it does.</summary>
    private static string? WhyNotNow(JobState state)
    {
        if (state.Requested.Count >= JobState.MaxRequested)
            return $"{JobState.MaxRequested} requested runs of this job wait to start; no more may.";
        var overlap = state.Definition!.Overlap;
        return overlap switch
        {
            OverlapPolicy.Skip when state.Active.Count > 0 || state.Requested.Count > 0 => "A run of this job is active, and its overlap policy is 'skip'.",
            OverlapPolicy.BufferOne when state.Buffered is not null || state.Requested.Count > 0 =>
                "A run of this job waits to start, and its overlap policy is 'buffer_one'.",
            OverlapPolicy.Skip or OverlapPolicy.BufferOne or OverlapPolicy.Allow or OverlapPolicy.CancelRunning => null,
            _ => throw new InvalidOperationException($"No rule for {overlap}."),
        };
    }

    private static Decision Cancel(JobState state, CancelRun command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (Repeated(state, command, KeyUse.CancelRun) is { } repeated)
            return repeated;
        if (state.FindActive(command.RunId) is not null || state.Requested.Any(r => r.RunId == command.RunId))
            return Accept(state, [From(command, command.Reason, new RunCancelled { At = at, RunId = command.RunId })], at);

        foreach (var fireTime in Plans.Waiting(state))
        {
            if (RunId.Scheduled(state.Id, state.Generation, fireTime) != command.RunId)
                continue;
            var rest = state with
            {
                Buffered = state.Buffered == fireTime ? null : state.Buffered,
                CatchUp = state.CatchUp.RemoveAll(t => t == fireTime),
            };
            var skip = From(command, command.Reason, Plans.Skip(state, fireTime, fireTime, SkipReason.Cancelled, at));
            return Accept(state, [skip, Plans.Same(rest, at)], at);
        }

        return new Decision([], new RunNotActive(state.Id, command.RunId));
    }

    private static Decision Cancel(JobState state, CancelJob command, DateTimeOffset at)
    {
        if (!state.Exists)
            return new Decision([], new JobNotFound(state.Id));
        if (Repeated(state, command, KeyUse.Cancel) is { } repeated)
            return repeated;
        return state.IsCancelled
            ? Unchanged(state)
            : Accept(state, [.. EndAll(state, SkipReason.Cancelled, at, command.Reason), From(command, command.Reason, new JobCancelled { At = at })], at);
    }

    private static Decision Delete(JobState state, DeleteJob command, DateTimeOffset at)
    {
        if (state.Definition is null && !state.IsDeleted)
            return new Decision([], new JobNotFound(state.Id));
        if (state.IsDeleted)
            return Unchanged(state);
        if (!command.Precondition.HoldsFor(state))
            return new Decision([], new PreconditionFailed(state.Id, state.Revision));
        return command.Version is { } version && version != state.Version
            ? Conflict(state, "The job has changed since it was looked at.")
            : Accept(state, [.. EndAll(state, SkipReason.Deleted, at, command.Reason), From(command, command.Reason, new JobDeleted { At = at })], at);
    }

    /// <summary>Ends what runs and what waits: active and requested runs are cancelled, occurrences that are due or wait are skipped.</summary>
    private static IEnumerable<JobEvent> EndAll(JobState state, SkipReason why, DateTimeOffset at, string? reason)
    {
        foreach (var run in state.Active)
            yield return new RunCancelled { At = at, RunId = run.RunId, Reason = reason };
        foreach (var run in state.Requested)
            yield return new RunCancelled { At = at, RunId = run.RunId, Reason = reason };
        foreach (var skip in Plans.SkipAll(state, why, at))
            yield return skip;
    }
}
