using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api;

/// <summary>
/// Between the API's definition of a job and the domain's. What is written and read again is the same definition: merge patches rely on it.
/// </summary>
internal static class DefinitionMapping
{
    private static readonly JsonText NoParameters = new("{}");

    /// <summary>The definition. Its schedule is as the client left it: the job resolves it against the one that it has.</summary>
    public static JobDefinition ToDefinition(JobContract job) => new()
    {
        Name = job.Name,
        Description = job.Description,
        Tags = ValueList.From(job.Tags),
        Parameters = job.Parameters == NoParameters ? null : job.Parameters,
        Schedule = ToSchedule(job.Schedule),
        StartAt = job.StartAt,
        EndAt = job.EndAt,
        MaxRuns = job.MaxRuns,
        Jitter = job.Jitter ?? TimeSpan.Zero,
        Misfire = job.Misfire is { } misfire ? ToMisfire(misfire) : MisfirePolicy.Default,
        Overlap = job.Overlap is { } overlap ? Words.OverlapPolicies.Parse(overlap) : OverlapPolicy.Skip,
        Retry = job.Retry is { } retry ? ToRetry(retry) : RetryPolicy.Default,
        Timeout = job.Timeout ?? JobDefinition.DefaultTimeout,
        Priority = job.Priority ?? 0,
        ConcurrencyKey = job.ConcurrencyKey,
        PauseAfterFailures = job.PauseAfterFailures,
        Target = job.Target is { } target ? ToTarget(target) : HandlerTarget.Default,
    };

    /// <summary>The whole definition as clients see it, with all that they left out filled in.</summary>
    public static JobContract ToContract(JobDefinition job) => new()
    {
        Name = job.Name,
        Description = job.Description,
        Tags = job.Tags,
        Parameters = job.Parameters ?? NoParameters,
        Schedule = ToContract(job.Schedule),
        StartAt = job.StartAt,
        EndAt = job.EndAt,
        MaxRuns = job.MaxRuns,
        Jitter = job.Jitter,
        Misfire = ToContract(job.Misfire),
        Overlap = Words.OverlapPolicies.Of(job.Overlap),
        Retry = ToContract(job.Retry),
        Timeout = job.Timeout,
        Priority = job.Priority,
        ConcurrencyKey = job.ConcurrencyKey,
        PauseAfterFailures = job.PauseAfterFailures,
        Target = ToContract(job.Target),
    };

    /// <summary>The schedule, as the client left it.</summary>
    public static Schedule ToSchedule(ScheduleContract schedule)
    {
        var zone = schedule.TimeZone ?? IntervalSchedule.Utc;
        return schedule switch
        {
            { At: { } at } => new OneOffSchedule(at),
            { Delay: { } delay } => new DelaySchedule(delay),
            { Every: { } every } => new IntervalSchedule(every, schedule.Anchor, zone, ToRanges(schedule)),
            { Cron: { } cron } => new CronSchedule(
                cron,
                zone,
                schedule.DstGap is { } gap ? Words.DstGaps.Parse(gap) : DstGap.Shift,
                schedule.DstOverlap is { } overlap ? Words.DstOverlaps.Parse(overlap) : DstOverlap.First,
                ToRanges(schedule))
            {
                // As it was before there was a question: until clients can answer it, both day fields must match.
                DayMatch = DayMatch.Both,
            },
            { Rrule: { } rule } => new RecurrenceRuleSchedule(rule, schedule.Anchor, zone, ToRanges(schedule)),
            _ => throw new InvalidOperationException("A schedule was read that has no rule."),
        };
    }

    private static ValueList<DateRange> ToRanges(ScheduleContract schedule) => ValueList.From(schedule.Exclusions?.Select(
        text => DateRange.TryParse(text, out var range) ? range : throw new InvalidOperationException("An exclusion was read that is none.")));

    private static MisfirePolicy ToMisfire(MisfireContract misfire) =>
        new(Words.MisfireKinds.Parse(misfire.Policy), misfire.Window, misfire.Limit ?? MisfirePolicy.DefaultLimit);

    private static RetryPolicy ToRetry(RetryContract retry)
    {
        var policy = new RetryPolicy(retry.MaxAttempts, retry.Initial);
        return Words.Backoffs.Parse(retry.Backoff) is Backoff.Fixed
            ? policy
            : policy with
            {
                Backoff = Backoff.Exponential,
                Factor = retry.Factor ?? RetryPolicy.DefaultFactor,
                Max = retry.Max ?? (retry.Initial > RetryPolicy.DefaultMax ? retry.Initial : RetryPolicy.DefaultMax),
            };
    }

    private static Target ToTarget(TargetContract target) => target switch
    {
        { Handler: { } name } => new HandlerTarget(name) { Version = target.Version ?? 1 },
        { Http: { } http } => new HttpTarget(http.Method, http.Url, ValueList.From(http.Headers.Select(h => new HttpHeader(h.Key, h.Value))), http.Body)
        {
            Text = http.Text,
            Secret = http.Secret,
            Success = ValueList.From(http.Success?.Select(
                text => StatusRange.TryParse(text, out var range) ? range : throw new InvalidOperationException("A range of codes was read that is none."))),
            FollowRedirects = http.FollowRedirects ?? false,
            KeepHeaders = ValueList.From(http.KeepHeaders),
        },
        { Amqp: { } amqp } => AmqpMapping.ToTarget(amqp),
        _ => throw new InvalidOperationException("A target was read that does nothing."),
    };

    private static ScheduleContract ToContract(Schedule schedule) => schedule switch
    {
        OneOffSchedule s => new ScheduleContract { At = s.At },
        DelaySchedule s => new ScheduleContract { Delay = s.Delay },
        IntervalSchedule s => new ScheduleContract
        {
            Every = s.Every,
            Anchor = s.Anchor,
            TimeZone = s.Exclusions.Count == 0 && s.TimeZone == IntervalSchedule.Utc ? null : s.TimeZone,
            Exclusions = ToTexts(s.Exclusions),
        },
        CronSchedule s => new ScheduleContract
        {
            Cron = s.Expression,
            TimeZone = s.TimeZone,
            DstGap = Words.DstGaps.Of(s.Gap),
            DstOverlap = Words.DstOverlaps.Of(s.Overlap),
            Exclusions = ToTexts(s.Exclusions),
        },
        RecurrenceRuleSchedule s => new ScheduleContract
        {
            Rrule = s.Rule,
            Anchor = s.Anchor,
            TimeZone = s.TimeZone,
            Exclusions = ToTexts(s.Exclusions),
        },
        _ => throw new InvalidOperationException($"No contract for {schedule.GetType().Name}."),
    };

    private static string[]? ToTexts(ValueList<DateRange> exclusions) => exclusions.Count == 0 ? null : [.. exclusions.Select(e => e.ToString())];

    private static MisfireContract ToContract(MisfirePolicy misfire) => new()
    {
        Policy = Words.MisfireKinds.Of(misfire.Kind),
        Window = misfire.Kind is MisfireKind.FireAll ? misfire.Window : null,
        Limit = misfire.Kind is MisfireKind.FireAll ? misfire.Limit : null,
    };

    private static RetryContract ToContract(RetryPolicy retry) => new()
    {
        MaxAttempts = retry.MaxAttempts,
        Backoff = Words.Backoffs.Of(retry.Backoff),
        Initial = retry.Initial,
        Factor = retry.Backoff is Backoff.Exponential ? retry.Factor : null,
        Max = retry.Backoff is Backoff.Exponential ? retry.Max : null,
    };

    private static TargetContract ToContract(Target target) => target switch
    {
        HandlerTarget t => new TargetContract { Handler = t.Name, Version = t.Version == 1 ? null : t.Version },
        HttpTarget t => new TargetContract
        {
            Http = new HttpTargetContract(t.Method, t.Url, t.Headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase), t.Body)
            {
                Text = t.Text,
                Secret = t.Secret,
                Success = t.Success.Count == 0 ? null : [.. t.Success.Select(r => r.ToString())],
                FollowRedirects = t.FollowRedirects ? true : null,
                KeepHeaders = t.KeepHeaders.Count == 0 ? null : t.KeepHeaders,
            },
        },
        AmqpTarget t => new TargetContract { Amqp = AmqpMapping.ToContract(t) },
        _ => throw new InvalidOperationException($"No contract for {target.GetType().Name}."),
    };
}
