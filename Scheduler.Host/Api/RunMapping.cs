using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api;

/// <summary>From the read model's run to the API's.</summary>
internal static class RunMapping
{
    private const string Manual = "manual";
    private const string Schedule = "schedule";

    /// <summary>The words for what asks for a run.</summary>
    internal static readonly string[] Triggers = [Schedule, Manual];

    /// <summary>What a client is told of a run.</summary>
    public static RunAnswer ToAnswer(RunView run, RunProgress? progress = null) => new()
    {
        RunId = run.RunId.Value,
        JobId = run.JobId.Value,
        Status = Words.RunStatuses.Of(run.Status),
        Reason = run.Reason,
        ScheduledFireTime = run.FireTime,
        DueAt = run.DueAt,
        StartedAt = run.StartedAt,
        EndedAt = run.EndedAt,
        LatenessMs = Milliseconds(run.Lateness),
        DurationMs = Milliseconds(run.Duration),
        Output = run.Output,
        Error = run.Error,
        Progress = progress is null ? null : new Contracts.ProgressAnswer(progress.Done, progress.Total, progress.At),
        Triggered = run.RunId.IsRequested ? Manual : Schedule,
        Count = run.Status is RunStatus.Skipped ? run.Count : null,
        Attempts = [.. run.Attempts.Select(a => new Contracts.AttemptAnswer(a.Number, a.StartedAt, a.EndedAt, a.Outcome is { } o ? Words.AttemptResults.Of(o) : null, a.Error))],
    };

    private static double? Milliseconds(TimeSpan? span) => span is { } s ? Math.Round(s.TotalMilliseconds, 3) : null;
}
