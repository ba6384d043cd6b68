using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>Folds a job's events into the rows of its runs. Pure: the same events give the same rows.</summary>
internal static class RunFold
{
    /// <summary>The run that an event says something of; null when it is of none.</summary>
    /// <param name="job">The job.</param>
    /// <param name="generation">The job's <c>g</c> before the event.</param>
    /// <param name="fact">The event.</param>
    public static RunId? RunOf(JobId job, int generation, JobEvent fact) => fact switch
    {
        RunRequested e => e.RunId,
        AttemptStarted e => e.RunId,
        AttemptFailed e => e.RunId,
        AttemptLost e => e.RunId,
        RunCompleted e => e.RunId,
        RunDiscarded e => e.RunId,
        RunCancelled e => e.RunId,
        OccurrencesSkipped e => RunId.Scheduled(job, generation, e.From),
        _ => null,
    };

    /// <summary>Whether the event is a run's first, so that there is no row to go on from.</summary>
    public static bool IsFirst(JobEvent fact) =>
        fact is RunRequested or OccurrencesSkipped or AttemptStarted { Number: 1, Kind: not AttemptKind.Requested };

    /// <summary>The row after an event.</summary>
    /// <param name="run">The row before it; null when there is none.</param>
    /// <param name="job">The job.</param>
    /// <param name="id">The run.</param>
    /// <param name="version">The event's number.</param>
    /// <param name="fact">One of the events that <see cref="RunOf"/> names a run for.</param>
    public static RunView Apply(RunView? run, JobId job, RunId id, long version, JobEvent fact)
    {
        var row = (run ?? First(job, id, fact)) with { Version = version };
        var after = fact switch
        {
            RunRequested => row,
            AttemptStarted e => Started(row, e),
            AttemptFailed e => Failed(row, e),
            AttemptLost e => Lost(row, e),
            RunCompleted e => Completed(row, e),
            RunDiscarded e => Ended(row, RunStatus.Discarded, e),
            RunCancelled e => Cancelled(row, e),
            OccurrencesSkipped e => row with { Status = RunStatus.Skipped, Reason = Words.SkipReasons.Of(e.Why), EndedAt = e.DecidedAt, Count = e.Count },
            _ => throw new InvalidOperationException($"No rule for {fact.GetType().Name}."),
        };

        // A run began with the first of its attempts that did.
        return after with { StartedAt = after.Attempts.FirstOrDefault(a => a.StartedAt is not null)?.StartedAt };
    }

    /// <summary>The rows of what was active or requested at a checkpoint, as far as its state tells: of earlier attempts it knows no more than how many there were.</summary>
    public static IEnumerable<RunView> Restored(JobId job, JobState state) =>
    [
        .. state.Requested.Select(run => Restored(job, state, run.RunId, RunStatus.Pending, run.At, run.At)),
        .. state.Active.Select(run => Restored(job, state, run.RunId, run.Node is null ? RunStatus.Retrying : RunStatus.Running, run.FireTime, run.DueAt) with
        {
            Attempts = run.Node is null ? [] : [new AttemptView { Number = run.Attempt, StartedAt = Instant.Max(run.AttemptAt, run.DueAt) }],
        }),
    ];

    private static RunView Restored(JobId job, JobState state, RunId id, RunStatus status, DateTimeOffset fireTime, DateTimeOffset dueAt) =>
        new() { RunId = id, JobId = job, Status = status, FireTime = fireTime, DueAt = dueAt, Version = state.Version };

    private static RunView First(JobId job, RunId id, JobEvent fact)
    {
        var (fireTime, dueAt) = fact switch
        {
            AttemptStarted e => (e.FireTime, e.DueAt),
            OccurrencesSkipped e => (e.From, (DateTimeOffset?)null),
            _ => (fact.DecidedAt, fact.DecidedAt),
        };
        return new RunView { RunId = id, JobId = job, Status = RunStatus.Pending, FireTime = fireTime, DueAt = dueAt, Version = 0 };
    }

    private static RunView Started(RunView row, AttemptStarted e) => row with
    {
        Status = RunStatus.Running,
        DueAt = row.Attempts.Count == 0 ? e.DueAt : row.DueAt,
        Attempts = row.Attempts.Add(new AttemptView { Number = e.Number, StartedAt = Instant.Max(e.DecidedAt, e.DueAt) }),
    };

    private static RunView Failed(RunView row, AttemptFailed e)
    {
        var result = e.Kind is FailureKind.TimedOut ? AttemptResult.TimedOut : AttemptResult.Failed;
        return Timed(row, e.Timing) with
        {
            Status = e.RetryAt is null ? row.Status : RunStatus.Retrying,
            Error = e.Error,
            Attempts = Close(row, e.Number, a => a with { StartedAt = Began(a, e.Timing), EndedAt = e.DecidedAt, Outcome = result, Error = e.Error }),
        };
    }

    private static RunView Lost(RunView row, AttemptLost e)
    {
        var error = e.Loss is AttemptLoss.NotBegun
            ? "The attempt never began: its node stopped before it."
            : "The attempt's outcome is unknown: its node is gone.";
        var began = e.Loss is AttemptLoss.NotBegun ? null : row.Attempts.FirstOrDefault(a => a.Number == e.Number)?.StartedAt;
        return row with
        {
            Status = e.RetryAt is null ? row.Status : RunStatus.Retrying,
            Error = error,
            Lateness = row.Lateness ?? (began - row.DueAt),
            Attempts = Close(row, e.Number, a => a with
            {
                StartedAt = e.Loss is AttemptLoss.NotBegun ? null : a.StartedAt,
                EndedAt = e.DecidedAt,
                Outcome = AttemptResult.Lost,
                Error = error,
            }),
        };
    }

    private static RunView Completed(RunView row, RunCompleted e) => Timed(row, e.Timing) with
    {
        Status = RunStatus.Completed,
        EndedAt = e.DecidedAt,
        Output = e.Output,
        Error = null,
        Attempts = Close(row, e.Number, a => a with { StartedAt = Began(a, e.Timing), EndedAt = e.DecidedAt, Outcome = AttemptResult.Succeeded }),
    };

    private static RunView Cancelled(RunView row, RunCancelled e) => Ended(row, RunStatus.Cancelled, e) with
    {
        Attempts = row.Attempts.Replace(a => a.Outcome is null, a => a with
        {
            // Stopped before its due time it never began.
            StartedAt = e.DecidedAt < a.StartedAt ? null : a.StartedAt,
            EndedAt = e.DecidedAt,
            Outcome = AttemptResult.Cancelled,
        }),
    };

    private static RunView Ended(RunView row, RunStatus status, JobEvent e) => row with { Status = status, EndedAt = e.DecidedAt, Reason = e.Reason };

    private static RunView Timed(RunView row, AttemptTiming timing) => row with
    {
        Lateness = row.Lateness ?? timing.Lateness,
        Duration = timing.Duration,
    };

    /// <summary>
    /// When an attempt's target was called, once its worker has said so. Until then it is the later of the stored fact's date and the due time,
    /// before neither of which it can have been; it does not go back behind that.
    /// </summary>
    private static DateTimeOffset? Began(AttemptView attempt, AttemptTiming timing) =>
        timing.StartedAt is { } told && attempt.StartedAt is { } known ? Instant.Max(told, known) : timing.StartedAt ?? attempt.StartedAt;

    // An outcome whose start is not in the row has its attempt all the same.
    private static Domain.ValueList<AttemptView> Close(RunView row, int number, Func<AttemptView, AttemptView> close) =>
        row.Attempts.Any(a => a.Number == number)
            ? row.Attempts.Replace(a => a.Number == number, close)
            : row.Attempts.Add(close(new AttemptView { Number = number }));
}
