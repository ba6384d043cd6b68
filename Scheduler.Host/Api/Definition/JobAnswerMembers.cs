using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.OpenApi;

namespace Scheduler.Host.Api.Definition;

/// <summary>What is answered about a job: its definition, and what it is doing.</summary>
internal static class JobAnswerMembers
{
    private static readonly Kind<WaitingForAnswer> WaitingFor = new(
        (_, _, out _) => throw new NotSupportedException("This is answered only."),
        (json, waitingFor) => JsonSerializer.Serialize(json, waitingFor, ApiJson.Answers.WaitingForAnswer),
        () => Shape.Of(Components.WaitingFor));

    /// <summary>The members.</summary>
    public static readonly Declaration<JobAnswer> All = new Declaration<JobAnswer>(
        Components.Job, "A job: its definition with all defaults filled in, and what it is doing.", start: null!)
    {
        ShowsNulls = true,
        IsSent = false,
    }
        .Shown("job_id", Kinds.Text().Described(schema => schema.Pattern = Parameters.JobIdPattern), "The job's id.", j => j.State.Id.Value)
        .Shown(JobMembers.All, j => j.State.Definition!)
        .Shown("status", Kinds.Word(Words.JobStatuses), "What it is doing.", j => j.State.Status)
        .ShownOrNull("waiting_for", WaitingFor, "What keeps its runs from starting when they are due; null for nothing. Lists do not ask whether a job waits for a permit.", j => j.WaitingFor)
        .Shown("version", Kinds.Long(1), "How many facts its journal has.", j => j.State.Version)
        .Shown("revision", Kinds.Whole(1), "How often it was edited, paused, resumed or cancelled, from 1; also its `ETag`.", j => j.State.Revision)
        .Shown("created_at", Kinds.Instant, "When it was created.", j => j.State.CreatedAt)
        .Shown("updated_at", Kinds.Instant, "When it was last edited, paused, resumed or cancelled.", j => j.State.UpdatedAt)
        .ShownOrNull("last_run", Kinds.Instant, "When a target was last called; null while none was.", j => j.State.LastRunAt)
        .ShownOrNull("next_run", Kinds.Instant, "When its next run is due; null when none is. Of a paused job, when it was due when the pause began: it does not run then, and resuming plans anew.", j => j.State.NextDueAt)
        .Shown("run_count", Kinds.Long(0), "How many runs have started.", j => j.State.RunCount)
        .Shown("failure_count", Kinds.Long(0), "How many runs were discarded.", j => j.State.FailureCount)
        .ShownOrNull("schedule_time", Kinds.Instant, "Its first fire time, for the replaced service's clients.", j => j.State.FirstFireTime);
}
