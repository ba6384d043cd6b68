using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Retention;

/// <summary>What the views keep, and for how long: <c>Scheduler:Retention</c>.</summary>
public sealed record RetentionOptions
{
    /// <summary>How long a run is kept after its end.</summary>
    public TimeSpan RunAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How many of a job's runs are kept, the newest. At least 1.</summary>
    public int RunsPerJob { get; init; } = 1_000;

    /// <summary>How many of a job's discarded runs are kept beyond those, the newest; for <see cref="RunAge"/> at most. 0 or more.</summary>
    public int DiscardedRunsPerJob { get; init; } = 100;

    /// <summary>Which of a job's runs are kept.</summary>
    public RunsKept Kept => new(RunsPerJob, DiscardedRunsPerJob);

    /// <summary>How long after its end a one-off job is deleted; null for never.</summary>
    public TimeSpan? FinishedJobs { get; init; }

    /// <summary>The folder that events are kept in when the journal lets go of them; null: they are not.</summary>
    public string? Archive { get; init; }

    /// <summary>How long to wait from the end of one pass to the next.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// How long after its deletion a job's hidden row goes, with its runs. Much longer than any event of the job can still be on its way
    /// to the projection: the row is what it is known by to be late.
    /// </summary>
    internal TimeSpan HiddenAge { get; init; } = TimeSpan.FromDays(1);

    /// <summary>How long to leave the view writer and the jobs alone after each batch.</summary>
    internal TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>The most rows of a batch: the view writer, and whoever waits for a row, is held up by no more than that.</summary>
    internal int BatchSize { get; init; } = 500;

    /// <summary>How many jobs are looked at for too many runs in one pass; the next one goes on behind them.</summary>
    internal int JobsLookedAt { get; init; } = 10_000;

    /// <summary>How many jobs are deleted at once.</summary>
    internal int DeletesAtOnce { get; init; } = 100;

    /// <summary>How long to wait for a job's answer: a job that does not give one is tried again in the next pass.</summary>
    internal TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(10);
}
