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
    private const string DayMatchUnsaid = "unsaid";

    public static DefinitionDto ToDto(JobDefinition definition) => new()
    {
        Name = definition.Name,
        Description = definition.Description,
        Tags = Array(definition.Tags),
        Parameters = definition.Parameters,
        Schedule = ToDto(definition.Schedule),
        Target = ToDto(definition.Target),
        Retry = ToDto(definition.Retry),
        Timeout = definition.Timeout,
        StartAt = definition.StartAt,
        EndAt = definition.EndAt,
        MaxRuns = definition.MaxRuns,
        Jitter = definition.Jitter == TimeSpan.Zero ? null : definition.Jitter,
        Misfire = definition.Misfire == MisfirePolicy.Default ? null : ToDto(definition.Misfire),
        Overlap = definition.Overlap is OverlapPolicy.Skip ? null : Words.OverlapPolicies.Of(definition.Overlap),
        Priority = definition.Priority == 0 ? null : definition.Priority,
        ConcurrencyKey = definition.ConcurrencyKey,
        PauseAfterFailures = definition.PauseAfterFailures,
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
        StartAt = dto.StartAt,
        EndAt = dto.EndAt,
        MaxRuns = dto.MaxRuns,
        Jitter = dto.Jitter ?? TimeSpan.Zero,
        Misfire = dto.Misfire is null ? MisfirePolicy.Default : FromDto(dto.Misfire),
        Overlap = dto.Overlap is null ? OverlapPolicy.Skip : Words.OverlapPolicies.Parse(dto.Overlap),
        Priority = dto.Priority ?? 0,
        ConcurrencyKey = dto.ConcurrencyKey,
        PauseAfterFailures = dto.PauseAfterFailures,
    };

    private static ScheduleDto ToDto(Schedule schedule) => schedule switch
    {
        OneOffSchedule s => new ScheduleDto { At = s.At },
        DelaySchedule s => new ScheduleDto { Delay = s.Delay, At = s.At },
        IntervalSchedule s => new ScheduleDto { Every = s.Every, Anchor = s.Anchor, TimeZone = s.TimeZone, Exclusions = ToDto(s.Exclusions) },
        CronSchedule s => new ScheduleDto
        {
            Cron = s.Expression,
            TimeZone = s.TimeZone,
            DstGap = Words.DstGaps.Of(s.Gap),
            DstOverlap = Words.DstOverlaps.Of(s.Overlap),
            DayMatch = ToWord(s.DayMatch),
            Hash = s.Hash,
            Exclusions = ToDto(s.Exclusions),
        },
        RecurrenceRuleSchedule s => new ScheduleDto { Rrule = s.Rule, Anchor = s.Anchor, TimeZone = s.TimeZone, Exclusions = ToDto(s.Exclusions) },
        _ => throw new SerializationException($"No stored shape for {schedule}."),
    };

    private static Schedule FromDto(ScheduleDto dto) => dto switch
    {
        { Cron: { } cron } => new CronSchedule(
            cron,
            Need(dto.TimeZone, "time_zone"),
            Words.DstGaps.Parse(dto.DstGap),
            Words.DstOverlaps.Parse(dto.DstOverlap),
            Exclusions(dto))
        {
            DayMatch = ToDayMatch(dto.DayMatch),
            Hash = dto.Hash,
        },
        { Every: { } every } => new IntervalSchedule(every, dto.Anchor, Need(dto.TimeZone, "time_zone"), Exclusions(dto)),
        { Rrule: { } rule } => new RecurrenceRuleSchedule(rule, dto.Anchor, Need(dto.TimeZone, "time_zone"), Exclusions(dto)),
        { Delay: { } delay } => new DelaySchedule(delay, dto.At),
        { At: { } at } => new OneOffSchedule(at),
        _ => throw new SerializationException("The schedule is of no kind that this release knows."),
    };

    /// <summary>What is older than the question has no member, and means both.</summary>
    private static string? ToWord(DayMatch? match) => match switch
    {
        null => DayMatchUnsaid,
        DayMatch.Both => null,
        { } other => Words.DayMatches.Of(other),
    };

    private static DayMatch? ToDayMatch(string? word) => word switch
    {
        null => DayMatch.Both,
        DayMatchUnsaid => null,
        _ => Words.DayMatches.Parse(word),
    };

    private static TargetDto ToDto(Target target) => target switch
    {
        HandlerTarget t => new TargetDto { Handler = t.Name, Version = t.Version == 1 ? null : t.Version },
        HttpTarget t => new TargetDto
        {
            Http = new HttpTargetDto
            {
                Method = t.Method,
                Url = t.Url,
                Headers = t.Headers.Count == 0 ? null : t.Headers,
                Body = t.Body,
                Text = t.Text,
                Secret = t.Secret,
                Success = Array(t.Success, r => r.ToString()),
                FollowRedirects = t.FollowRedirects ? true : null,
                KeepHeaders = Array(t.KeepHeaders),
            },
        },
        AmqpTarget t => new TargetDto { Amqp = ToDto(t) },
        _ => throw new SerializationException($"No stored shape for {target}."),
    };

    private static Target FromDto(TargetDto dto) => dto switch
    {
        { Handler: { } name } => name == HandlerTarget.DefaultName && dto.Version is null ? HandlerTarget.Default : new HandlerTarget(name) { Version = dto.Version ?? 1 },
        { Http: { } http } => new HttpTarget(Need(http.Method, "method"), Need(http.Url, "url"), http.Headers ?? [], http.Body)
        {
            Text = http.Text,
            Secret = http.Secret,
            Success = List(http.Success, text => StatusRange.TryParse(text, out var range) ? range : throw new SerializationException($"'{text}' is no status code and no range of them.")),
            FollowRedirects = http.FollowRedirects ?? false,
            KeepHeaders = ValueList.From(http.KeepHeaders),
        },
        { Amqp: { } amqp } => FromDto(amqp),
        _ => throw new SerializationException("The target is of no kind that this release knows."),
    };

    private static AmqpTargetDto ToDto(AmqpTarget target) => new()
    {
        Connection = target.Connection == AmqpTarget.DefaultConnection ? null : target.Connection,
        Exchange = target.Exchange,
        RoutingKey = target.RoutingKey,
        Body = target.Body,
        Text = target.Text,
        Headers = target.Headers,
        ContentType = target.ContentType,
        Persistent = target.IsPersistent ? null : false,
        Ttl = target.Ttl,
        Priority = target.Priority,
        CorrelationId = target.CorrelationId,
        ReplyTo = target.ReplyTo,
        Type = target.Type,
    };

    private static AmqpTarget FromDto(AmqpTargetDto dto) => new(Need(dto.Exchange, "exchange"), Need(dto.RoutingKey, "routing_key"))
    {
        Connection = dto.Connection ?? AmqpTarget.DefaultConnection,
        Body = dto.Body,
        Text = dto.Text,
        Headers = dto.Headers,
        ContentType = dto.ContentType,
        IsPersistent = dto.Persistent ?? true,
        Ttl = dto.Ttl,
        Priority = dto.Priority,
        CorrelationId = dto.CorrelationId,
        ReplyTo = dto.ReplyTo,
        Type = dto.Type,
    };

    private static string[]? ToDto(ValueList<DateRange> exclusions) => Array(exclusions, e => e.ToString());

    private static ValueList<DateRange> Exclusions(ScheduleDto dto) => List(
        dto.Exclusions,
        text => DateRange.TryParse(text, out var range) ? range : throw new SerializationException($"'{text}' is no date and no range of dates."));

    private static RetryDto ToDto(RetryPolicy policy) => new()
    {
        MaxAttempts = policy.MaxAttempts,
        Backoff = Words.Backoffs.Of(policy.Backoff),
        Initial = policy.Initial,
        Factor = policy.Backoff is Backoff.Fixed ? null : policy.Factor,
        Max = policy.Backoff is Backoff.Fixed ? null : policy.Max,
    };

    private static RetryPolicy FromDto(RetryDto dto) => new(dto.MaxAttempts ?? RetryPolicy.Default.MaxAttempts, dto.Initial ?? RetryPolicy.Default.Initial)
    {
        Backoff = dto.Backoff is null ? Backoff.Fixed : Words.Backoffs.Parse(dto.Backoff),
        Factor = dto.Factor ?? RetryPolicy.DefaultFactor,
        Max = dto.Max ?? RetryPolicy.DefaultMax,
    };

    private static MisfireDto ToDto(MisfirePolicy policy) => new() { Policy = Words.MisfireKinds.Of(policy.Kind), Window = policy.Window, Limit = policy.Limit };

    private static MisfirePolicy FromDto(MisfireDto dto) => new(Words.MisfireKinds.Parse(dto.Policy), dto.Window, dto.Limit ?? MisfirePolicy.DefaultLimit);
}
