using FsCheck;
using FsCheck.Fluent;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Serialization;

/// <summary>Any event and any state, reachable or not: what is stored must come back whatever it says.</summary>
public static class StoredArbitraries
{
    private static readonly JobId Job = JobId.Parse("any-job");

    private static Gen<DateTimeOffset> Instants =>
        from ms in Gen.Choose(0, int.MaxValue)
        from days in Gen.Choose(-20_000, 20_000)
        select new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(days).AddMilliseconds(ms);

    private static Gen<TimeSpan> Durations => from ticks in Gen.Choose(0, int.MaxValue) from f in Gen.Choose(1, 100_000) select TimeSpan.FromTicks((long)ticks * f);

    private static Gen<string> Texts => from characters in Gen.Elements("aZ0 \"\\/<>&'+\n\t\u0001äß漢\u2028😀".EnumerateRunes().ToArray()).ArrayOf() select string.Concat(characters);

    private static Gen<JsonText> Json => Gen.Elements(
        new JsonText("null"), new JsonText("{}"), new JsonText("""{"a":[1,2.50,1e9,"\u00e4",true,null],"a":{"b":"ä"}}"""), new JsonText("\"x\""), new JsonText("-0.0"));

    private static Gen<RunId> Runs => Gen.OneOf(
        from at in Instants from g in Gen.Choose(1, 9) select RunId.Scheduled(Job, g, at),
        from version in Gen.Choose(1, int.MaxValue) from g in Gen.Choose(1, 9) select RunId.Requested(Job, g, version));

    private static Gen<WorkerNode> Nodes => from uid in Gen.Choose(int.MinValue, int.MaxValue) select new WorkerNode("akka.tcp://s@h:1", (long)uid * 3_000_000_000);

    private static Gen<AttemptTiming> Timings =>
        from at in Instants.OrNull()
        from lateness in Durations.OrNull()
        from duration in Durations.OrNull()
        select new AttemptTiming(at, lateness, duration);

    private static Gen<Schedule> Schedules => Gen.OneOf(
        from at in Instants select (Schedule)new OneOffSchedule(at),
        from delay in Durations from at in Instants.OrNull() select (Schedule)new DelaySchedule(delay, at),
        from every in Durations
        from anchor in Instants.OrNull()
        from zone in Texts
        from excluded in Ranges
        select (Schedule)new IntervalSchedule(every, anchor, zone, excluded),
        from expression in Texts
        from zone in Texts
        from gap in Gen.Elements(Enum.GetValues<DstGap>())
        from overlap in Gen.Elements(Enum.GetValues<DstOverlap>())
        from excluded in Ranges
        from match in Gen.Elements<DayMatch?>(null, DayMatch.Both, DayMatch.Either)
        from hash in Gen.Elements<uint?>(null, 0, uint.MaxValue)
        select (Schedule)new CronSchedule(expression, zone, gap, overlap, excluded) { DayMatch = match, Hash = hash },
        from rule in Texts
        from anchor in Instants.OrNull()
        from zone in Texts
        from excluded in Ranges
        select (Schedule)new RecurrenceRuleSchedule(rule, anchor, zone, excluded));

    private static Gen<ValueList<DateRange>> Ranges =>
        from ranges in (
            from first in Gen.Choose(0, 4_000_000 / 2)
            from days in Gen.Choose(0, 400)
            select new DateRange(DateOnly.FromDayNumber(first), DateOnly.FromDayNumber(first + days))).ArrayOf()
        select ValueList.From(ranges);

    private static Gen<RetryPolicy> Retries =>
        from attempts in Gen.Choose(1, 100)
        from initial in Durations
        from factor in Gen.Choose(100, 10_000)
        from max in Durations
        from isExponential in Gen.Elements(true, false)
        select isExponential
            ? new RetryPolicy(attempts, initial) { Backoff = Backoff.Exponential, Factor = factor / 100.0, Max = max }
            : new RetryPolicy(attempts, initial);

    private static Gen<MisfirePolicy> Misfires =>
        from kind in Gen.Elements(Enum.GetValues<MisfireKind>())
        from window in Durations.OrNull()
        from limit in Gen.Choose(1, MisfirePolicy.MaxLimit)
        select new MisfirePolicy(kind, window, limit);

    private static Gen<Target> Targets => Gen.OneOf(
        from name in Texts from version in Gen.Choose(1, 3) select (Target)new HandlerTarget(name) { Version = version },
        from url in Texts
        from headers in (from n in Texts from v in Texts select new HttpHeader(n, v)).ArrayOf()
        from body in Json.OrNull()
        from text in Texts.OrNone()
        from secret in Texts.OrNone()
        from success in Gen.Elements(new StatusRange(200, 299), new StatusRange(409, 409)).ArrayOf()
        from follows in Gen.Elements(true, false)
        from kept in Texts.ArrayOf()
        select (Target)new HttpTarget("PUT", url, ValueList.From(headers), body)
        {
            Text = text,
            Secret = secret,
            Success = ValueList.From(success),
            FollowRedirects = follows,
            KeepHeaders = ValueList.From(kept),
        },
        from exchange in Texts
        from key in Texts
        from connection in Texts
        from body in Json.OrNull()
        from headers in Json.OrNull()
        from text in Texts.OrNone()
        from isPersistent in Gen.Elements(true, false)
        from ttl in Durations.OrNull()
        from priority in Gen.Choose(0, 255).OrNull()
        select (Target)new AmqpTarget(exchange, key)
        {
            Connection = connection,
            Body = body,
            Text = text,
            Headers = headers,
            ContentType = text,
            IsPersistent = isPersistent,
            Ttl = ttl,
            Priority = (int?)priority,
            CorrelationId = text,
            ReplyTo = text,
            Type = text,
        });

    private static Gen<JobDefinition> Definitions =>
        from name in Texts
        from description in Texts.OrNone()
        from tags in Texts.ArrayOf()
        from parameters in Json.OrNull()
        from schedule in Schedules
        from target in Targets
        from retry in Retries
        from timeout in Durations
        from bounds in Instants.OrNull().ArrayOf(2)
        from maxRuns in Gen.Choose(1, int.MaxValue).OrNull()
        from jitter in Durations
        from misfire in Misfires
        from overlap in Gen.Elements(Enum.GetValues<OverlapPolicy>())
        from priority in Gen.Choose(-100, 100)
        from key in Texts.OrNone()
        from failures in Gen.Choose(1, 100).OrNull()
        select new JobDefinition
        {
            Name = name,
            Description = description,
            Tags = ValueList.From(tags),
            Parameters = parameters,
            Schedule = schedule,
            Target = target,
            Retry = retry,
            Timeout = timeout,
            StartAt = bounds[0],
            EndAt = bounds[1],
            MaxRuns = maxRuns,
            Jitter = jitter,
            Misfire = misfire,
            Overlap = overlap,
            Priority = priority,
            ConcurrencyKey = key,
            PauseAfterFailures = (int?)failures,
        };

    private static Gen<JobEvent> Bare => Gen.OneOf<JobEvent>(
        from at in Instants from d in Definitions from g in Gen.Choose(1, 99) select (JobEvent)new JobCreated { At = at, Definition = d, Generation = g },
        from at in Instants from d in Definitions from g in Gen.Choose(1, 99) select (JobEvent)new JobUpdated { At = at, Definition = d, Generation = g },
        from at in Instants
        from cursor in Instants.OrNull()
        from next in Instants.OrNull()
        from due in Instants.OrNull()
        from buffered in Instants.OrNull()
        from catchUp in Instants.ArrayOf()
        select (JobEvent)new JobScheduled { At = at, Cursor = cursor, NextFireTime = next, NextDueAt = due, Buffered = buffered, CatchUp = ValueList.From(catchUp) },
        from at in Instants select (JobEvent)new JobPaused { At = at },
        from at in Instants select (JobEvent)new JobResumed { At = at },
        from at in Instants select (JobEvent)new JobCancelled { At = at },
        from at in Instants select (JobEvent)new JobCompleted { At = at },
        from at in Instants select (JobEvent)new JobDeleted { At = at },
        from at in Instants from run in Runs select (JobEvent)new RunRequested { At = at, RunId = run },
        from at in Instants from run in Runs select (JobEvent)new RunDiscarded { At = at, RunId = run },
        from at in Instants from run in Runs select (JobEvent)new RunCancelled { At = at, RunId = run },
        from at in Instants
        from run in Runs
        from number in Gen.Choose(1, 100)
        from kind in Gen.Elements(Enum.GetValues<AttemptKind>())
        from fire in Instants
        from due in Instants
        from node in Nodes
        select (JobEvent)new AttemptStarted { At = at, RunId = run, Number = number, Kind = kind, FireTime = fire, DueAt = due, Node = node },
        from at in Instants
        from run in Runs
        from number in Gen.Choose(1, 100)
        from kind in Gen.Elements(Enum.GetValues<FailureKind>())
        from error in Texts
        from retryable in Gen.Elements(true, false)
        from retry in Instants.OrNull()
        from timing in Timings
        select (JobEvent)new AttemptFailed { At = at, RunId = run, Number = number, Kind = kind, Error = error, Retryable = retryable, RetryAt = retry, Timing = timing },
        from at in Instants
        from run in Runs
        from number in Gen.Choose(1, 100)
        from loss in Gen.Elements(Enum.GetValues<AttemptLoss>())
        from retry in Instants.OrNull()
        select (JobEvent)new AttemptLost { At = at, RunId = run, Number = number, Loss = loss, RetryAt = retry },
        from at in Instants
        from run in Runs
        from number in Gen.Choose(1, 100)
        from output in Json.OrNull()
        from timing in Timings
        select (JobEvent)new RunCompleted { At = at, RunId = run, Number = number, Output = output, Timing = timing },
        from at in Instants
        from first in Instants
        from last in Instants
        from count in Gen.Choose(1, int.MaxValue).OrNull()
        from why in Gen.Elements(Enum.GetValues<SkipReason>())
        select (JobEvent)new OccurrencesSkipped { At = at, From = first, To = last, Count = count, Why = why });

    private static Gen<ActiveRun> ActiveRuns =>
        from run in Runs
        from kind in Gen.Elements(Enum.GetValues<AttemptKind>())
        from fire in Instants
        from attempt in Gen.Choose(1, 100)
        from node in Nodes
        from retry in Instants.OrNull()
        from lost in Instants.OrNull()
        select new ActiveRun
        {
            RunId = run,
            Kind = kind,
            FireTime = fire,
            DueAt = fire.AddMilliseconds(attempt),
            Attempt = attempt,
            Counted = attempt - 1,
            AttemptAt = fire.AddSeconds(1),
            Node = retry is null ? node : null,
            RetryAt = retry,
            LostAt = lost,
            FailedAt = lost is null ? retry : null,
        };

    public static Arbitrary<JobEvent> Events() => (
        from fact in Bare
        from who in Texts.OrNone()
        from key in Texts.OrNone()
        from trace in Texts.OrNone()
        from reason in Texts.OrNone()
        from clock in Instants.OrNull()
        from hash in Texts.OrNone()
        select fact with { By = who, Key = key, Trace = trace, Reason = reason, Clock = clock, BodyHash = hash }).ToArbitrary();

    public static Arbitrary<JobState> States() => (
        from definition in Definitions
        from instants in Instants.OrNull().ArrayOf(9)
        from flags in Gen.Choose(0, 15)
        from numbers in Gen.Choose(0, 1_000_000).ArrayOf(7)
        from text in Texts.OrNone()
        from catchUp in Instants.ArrayOf()
        from requested in (from r in Runs from at in Instants select new RequestedRun(r, at)).ArrayOf()
        from active in ActiveRuns.ArrayOf()
        from keys in (from k in Texts from v in Gen.Choose(1, 99) from use in Gen.Elements(Enum.GetValues<KeyUse>()) from r in Gen.OneOf(Gen.Constant<RunId?>(null), Runs.Select(r => (RunId?)r)) from hash in Texts.OrNone() select new UsedKey(k, v, use, r) { BodyHash = hash }).ArrayOf()
        from outcome in Gen.Elements<RunOutcome?>(null, RunOutcome.Completed, RunOutcome.Discarded, RunOutcome.Cancelled)
        select new JobState
        {
            Id = Job,
            Version = numbers[0],
            Revision = numbers[1],
            LastEventAt = instants[0] ?? default,
            CreatedAt = instants[1] ?? default,
            UpdatedAt = instants[2] ?? default,
            Definition = (flags & 1) == 0 ? definition : null,
            BodyHash = text,
            Generation = numbers[2],
            IsDeleted = (flags & 2) != 0,
            IsCancelled = (flags & 4) != 0,
            IsPaused = (flags & 8) != 0,
            StatusReason = text,
            CompletedAt = instants[3],
            Cursor = instants[4],
            FirstFireTime = instants[5],
            NextFireTime = instants[6],
            NextDueAt = instants[7],
            Buffered = instants[8],
            CatchUp = ValueList.From(catchUp),
            Requested = ValueList.From(requested),
            Active = ValueList.From(active),
            LastOutcome = outcome,
            LastRunAt = instants[3],
            RunCount = numbers[3],
            FailureCount = numbers[4],
            ScheduledRuns = numbers[5],
            DiscardedInARow = numbers[6],
            Keys = ValueList.From(keys),
        }).ToArbitrary();

    private static Gen<T?> OrNull<T>(this Gen<T> values)
        where T : struct => Gen.OneOf(Gen.Constant<T?>(null), values.Select(v => (T?)v));

    private static Gen<string?> OrNone(this Gen<string> values) => Gen.OneOf(Gen.Constant<string?>(null), values.Select(v => (string?)v));

    private static Gen<long?> OrNull(this Gen<int> values) => Gen.OneOf(Gen.Constant<long?>(null), values.Select(v => (long?)v));
}
