using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api;

/// <summary>From the domain's job to the API's.</summary>
internal static class JobMapping
{
    /// <summary>What a client is told of a job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="waitingFor">What it waits for; null for nothing, and where that does not matter, as in the past.</param>
    public static JobAnswer ToAnswer(JobState job, WaitingFor? waitingFor)
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
            Status = Words.JobStatuses.Of(job.Status),
            WaitingFor = ToAnswer(waitingFor),
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

    private static WaitingForAnswer? ToAnswer(WaitingFor? waitingFor) => waitingFor switch
    {
        null => null,
        WaitingForHandler w => new WaitingForAnswer { Handler = w.Handler.NameAndVersion },
        WaitingForPermit w => new WaitingForAnswer { Permit = w.Limit, Since = w.Since },
        WaitingForClock w => new WaitingForAnswer { Clock = w.Until },
        _ => throw new InvalidOperationException($"No answer for {waitingFor.GetType().Name}."),
    };
}
