using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>From the domain's job to the API's.</summary>
internal static class JobMapping
{
    /// <summary>What a client is told of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="nodes">The nodes that could run it; null where that does not matter, as in the past.</param>
    public static JobAnswer ToAnswer(JobState job, IHandlerNodes? nodes)
    {
        var definition = DefinitionMapping.ToContract(job.Definition ?? throw new InvalidOperationException($"Job '{job.Id}' was never created."));
        return new JobAnswer
        {
            JobId = job.Id.Value,
            Name = definition.Name,
            Description = definition.Description,
            Tags = definition.Tags,
            Parameters = definition.Parameters,
            Schedule = definition.Schedule,
            StartAt = definition.StartAt,
            EndAt = definition.EndAt,
            MaxRuns = definition.MaxRuns,
            Jitter = definition.Jitter,
            Misfire = definition.Misfire,
            Overlap = definition.Overlap,
            Retry = definition.Retry,
            Timeout = definition.Timeout,
            Priority = definition.Priority,
            ConcurrencyKey = definition.ConcurrencyKey,
            PauseAfterFailures = definition.PauseAfterFailures,
            Target = definition.Target,
            Status = Words.Of(job.Status),
            WaitingFor = WaitingFor(job, nodes),
            Version = job.Version,
            Revision = job.Revision,
            CreatedAt = job.CreatedAt,
            UpdatedAt = job.UpdatedAt,
            LastRun = job.LastRunAt,
            NextRun = job.NextDueAt,
            RunCount = job.RunCount,
            FailureCount = job.FailureCount,
            ScheduleTime = job.FirstFireTime,
        };
    }

    /// <summary>Said before anything is due already: a name that is misspelled is seen in the answer that creates the job.</summary>
    private static string? WaitingFor(JobState job, IHandlerNodes? nodes) =>
        nodes is not null
        && job.Status is (JobStatus.Pending or JobStatus.Running or JobStatus.Paused)
        && job.Definition!.Target is HandlerTarget handler
        && !nodes.Have(handler)
            ? $"{handler.Describe()}, which no node has"
            : null;
}
