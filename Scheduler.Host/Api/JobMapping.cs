using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api;

/// <summary>Between the API's job and the domain's.</summary>
internal static class JobMapping
{
    private static readonly JsonText NoParameters = new("{}");

    /// <summary>The definition, resolved at <paramref name="now"/>.</summary>
    public static JobDefinition ToDefinition(JobContract job, DateTimeOffset now) => new()
    {
        Name = job.Name,
        Description = job.Description,
        Tags = ValueList.From(job.Tags),
        Parameters = job.Parameters,
        Schedule = ToSchedule(job.Schedule, now),
        Target = job.Target is null ? HandlerTarget.Default : ToTarget(job.Target),
        Retry = job.Retry is null ? RetryPolicy.Default : new RetryPolicy(job.Retry.MaxAttempts, job.Retry.Initial),
        Timeout = job.Timeout ?? JobDefinition.DefaultTimeout,
    };

    /// <summary>What a client is told of a job.</summary>
    public static JobAnswer ToAnswer(JobState job)
    {
        var definition = job.Definition ?? throw new InvalidOperationException($"Job '{job.Id}' was never created.");
        return new JobAnswer
        {
            JobId = job.Id.Value,
            Name = definition.Name,
            Description = definition.Description,
            Tags = definition.Tags,
            Parameters = definition.Parameters ?? NoParameters,
            Schedule = ToContract(definition.Schedule),
            Retry = new RetryContract(definition.Retry.MaxAttempts, RetryContract.Fixed, definition.Retry.Initial),
            Timeout = definition.Timeout,
            Target = ToContract(definition.Target),
            Status = Words.Of(job.Status),
            WaitingFor = null,
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

    private static Schedule ToSchedule(ScheduleContract schedule, DateTimeOffset now) => schedule switch
    {
        { At: { } at } => new OneOffSchedule(at),
        { Delay: { } delay } => new DelaySchedule(delay, Instant.Ceiling(now + delay)),
        _ => throw new InvalidOperationException("A schedule was read that has no rule."),
    };

    private static Target ToTarget(TargetContract target) => target switch
    {
        { Handler: { } name } => new HandlerTarget(name),
        { Http: { } http } => new HttpTarget(http.Method, http.Url, ValueList.From(http.Headers.Select(h => new HttpHeader(h.Key, h.Value))), http.Body),
        _ => throw new InvalidOperationException("A target was read that does nothing."),
    };

    private static ScheduleContract ToContract(Schedule schedule) => schedule switch
    {
        OneOffSchedule s => new ScheduleContract { At = s.At },
        DelaySchedule s => new ScheduleContract { Delay = s.Delay },
        _ => throw new InvalidOperationException($"No contract for {schedule.GetType().Name}."),
    };

    private static TargetContract ToContract(Target target) => target switch
    {
        HandlerTarget t => new TargetContract { Handler = t.Name },
        HttpTarget t => new TargetContract
        {
            Http = new HttpTargetContract(t.Method, t.Url, t.Headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase), t.Body),
        },
        _ => throw new InvalidOperationException($"No contract for {target.GetType().Name}."),
    };
}
