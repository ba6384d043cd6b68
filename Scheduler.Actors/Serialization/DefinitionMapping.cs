using System.Runtime.Serialization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Serialization.Dtos;
using static Scheduler.Actors.Serialization.Members;

namespace Scheduler.Actors.Serialization;

/// <summary>Definitions to and from their stored shape.</summary>
internal static class DefinitionMapping
{
    private const string FixedBackoff = "fixed";

    public static DefinitionDto ToDto(JobDefinition definition) => new()
    {
        Name = definition.Name,
        Description = definition.Description,
        Tags = Array(definition.Tags),
        Parameters = definition.Parameters,
        Schedule = ToDto(definition.Schedule),
        Target = ToDto(definition.Target),
        Retry = new RetryDto { MaxAttempts = definition.Retry.MaxAttempts, Backoff = FixedBackoff, Initial = definition.Retry.Initial },
        Timeout = definition.Timeout,
    };

    public static JobDefinition FromDto(DefinitionDto dto) => new()
    {
        Name = Need(dto.Name, "name"),
        Description = dto.Description,
        Tags = ValueList.From(dto.Tags),
        Parameters = dto.Parameters,
        Schedule = FromDto(Need(dto.Schedule, "schedule")),
        Target = dto.Target is null ? HandlerTarget.Default : FromDto(dto.Target),
        Retry = dto.Retry is null ? RetryPolicy.Default : FromDto(dto.Retry),
        Timeout = dto.Timeout ?? JobDefinition.DefaultTimeout,
    };

    private static ScheduleDto ToDto(Schedule schedule) => schedule switch
    {
        OneOffSchedule s => new ScheduleDto { At = s.At },
        DelaySchedule s => new ScheduleDto { Delay = s.Delay, At = s.At },
        _ => throw new SerializationException($"No stored shape for {schedule}."),
    };

    private static Schedule FromDto(ScheduleDto dto) => dto switch
    {
        { Delay: { } delay, At: { } at } => new DelaySchedule(delay, at),
        { At: { } at } => new OneOffSchedule(at),
        _ => throw new SerializationException("The schedule is of no kind that this release knows."),
    };

    private static TargetDto ToDto(Target target) => target switch
    {
        HandlerTarget t => new TargetDto { Handler = t.Name },
        HttpTarget t => new TargetDto
        {
            Http = new HttpTargetDto { Method = t.Method, Url = t.Url, Headers = t.Headers.Count == 0 ? null : t.Headers, Body = t.Body },
        },
        _ => throw new SerializationException($"No stored shape for {target}."),
    };

    private static Target FromDto(TargetDto dto) => dto switch
    {
        { Handler: { } name } => name == HandlerTarget.DefaultName ? HandlerTarget.Default : new HandlerTarget(name),
        { Http: { } http } => new HttpTarget(Need(http.Method, "method"), Need(http.Url, "url"), http.Headers ?? [], http.Body),
        _ => throw new SerializationException("The target is of no kind that this release knows."),
    };

    private static RetryPolicy FromDto(RetryDto dto) => dto.Backoff is null or FixedBackoff
        ? new RetryPolicy(dto.MaxAttempts ?? RetryPolicy.Default.MaxAttempts, dto.Initial ?? RetryPolicy.Default.Initial)
        : throw new SerializationException($"'{dto.Backoff}' is no backoff that this release knows.");
}
