using FsCheck;
using FsCheck.Fluent;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Api;

/// <summary>Any definition that a client can ask for, resolved.</summary>
public static class DefinitionArbitraries
{
    private static readonly DateTimeOffset Resolved = ApiServer.Now.AddMilliseconds(7);

    private static Gen<DateTimeOffset> Instants =>
        from ms in Gen.Choose(0, int.MaxValue) from days in Gen.Choose(-10_000, 10_000) select ApiServer.Now.AddDays(days).AddMilliseconds(ms);

    private static Gen<string> Texts => from more in Gen.Elements("aZ0 \"\\/<>&'+\n\t\u0001äß漢\u2028😀".EnumerateRunes().ToArray()).ArrayOf() select $"x{string.Concat(more.Take(60))}";

    private static Gen<JsonText> Objects => Gen.Elements(
        new JsonText("""{"a":[1,2.50,1e9,"\u00e4",true,null],"ä":{"\u0041":"ä \/"}}"""), new JsonText("""{"":{}}"""), new JsonText("""{"duration":-0.0}"""));

    private static Gen<DateRange> Days =>
        from first in Gen.Choose(0, 3_000)
        from length in Gen.Choose(0, 9)
        select new DateRange(new DateOnly(2026, 1, 1).AddDays(first), new DateOnly(2026, 1, 1).AddDays(first + length));

    private static Gen<ValueList<DateRange>> Exclusions => Days.ArrayOf().Select(days => ValueList.From(days));

    private static Gen<string> Zones => Gen.Elements("UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe");

    private static Gen<Schedule> Schedules => Gen.OneOf(
        from at in Instants select (Schedule)new OneOffSchedule(at),
        from delay in Durations(0, int.MaxValue) select (Schedule)new DelaySchedule(delay),
        from every in Durations(1_000, int.MaxValue)
        from anchor in OrNull(Instants)
        from zone in Zones
        from days in Exclusions
        select (Schedule)new IntervalSchedule(every, anchor, zone, days),
        from cron in Gen.Elements("0 2 * * MON-FRI", "*/5 * * * *", "15 30 12 * * *", "0 0 1 1 *", "0 0 13 * 5")
        from match in Gen.Elements(Enum.GetValues<DayMatch>())
        from zone in Zones
        from gap in Gen.Elements(Enum.GetValues<DstGap>())
        from overlap in Gen.Elements(Enum.GetValues<DstOverlap>())
        from days in Exclusions
        select (Schedule)Matched(new CronSchedule(cron, zone, gap, overlap, days), match),
        from rule in Gen.Elements("FREQ=MONTHLY;BYDAY=-1FR", "FREQ=DAILY;INTERVAL=3")
        from anchor in OrNull(Instants)
        from zone in Zones
        from days in Exclusions
        select (Schedule)new RecurrenceRuleSchedule(rule, anchor, zone, days));

    private static Gen<Target> Targets => Gen.OneOf(
        from name in Gen.Elements("default", "send-mail")
        from version in Gen.Choose(1, 3)
        select (Target)new HandlerTarget(name) { Version = version },
        from url in Gen.Elements("http://x", "https://example.org/a?b=c%20d#e")
        from method in Gen.Elements("GET", "POST", "PATCH")
        from body in OrNull(Objects)
        from headers in Gen.Elements(new HttpHeader("X-A", "1"), new HttpHeader("x-b", ""), new HttpHeader("Accept", "a, b;q=0.1")).ArrayOf()
        from text in Gen.Elements<string?>("{{run.id}} ok", "", null)
        from secret in Gen.Elements<string?>("main", null)
        from success in Gen.Elements(new StatusRange(200, 299), new StatusRange(409, 409)).ArrayOf()
        from follows in Gen.Elements(true, false)
        from kept in Gen.Elements("ETag", "X-Id").ArrayOf()
        select (Target)new HttpTarget(method, url, ValueList.From(headers.DistinctBy(h => h.Name)), body)
        {
            Text = body is null ? text : null,
            Secret = secret,
            Success = ValueList.From(success.Take(16)),
            FollowRedirects = follows,
            KeepHeaders = ValueList.From(kept.Distinct()),
        },
        from routing in Gen.Elements(("", "work"), ("orders", ""), ("orders", "eu.#"), ("ä", "ö"))
        from connection in Gen.Elements("default", "events")
        from body in Gen.Elements<(JsonText? Json, string? Text)>((null, null), (new JsonText("[[1],{},null]"), null), (new JsonText("\"\""), null), (null, ""), (null, "{{run.id}}\n"))
        from headers in Gen.Elements<JsonText?>(null, new JsonText("""{"id":"{{run.id}}","n":-1.5,"list":[null,true,{"a":1}]}"""))
        from text in Gen.Elements(null, "a/b")
        from isPersistent in Gen.Elements(true, false)
        from ttl in Gen.Elements<TimeSpan?>(null, TimeSpan.Zero, TimeSpan.FromSeconds(1.5))
        from priority in Gen.Elements<int?>(null, 0, 255)
        select (Target)new AmqpTarget(routing.Item1, routing.Item2)
        {
            Connection = connection,
            Body = body.Json,
            Text = body.Text,
            Headers = headers,
            ContentType = text,
            IsPersistent = isPersistent,
            Ttl = ttl,
            Priority = priority,
            CorrelationId = text,
            ReplyTo = text,
            Type = text,
        });

    private static Gen<MisfirePolicy> Misfires => Gen.OneOf(
        Gen.Elements(new MisfirePolicy(MisfireKind.FireOnce), new MisfirePolicy(MisfireKind.Skip)),
        from window in OrNull(Durations(1, int.MaxValue)) from limit in Gen.Choose(1, MisfirePolicy.MaxLimit) select new MisfirePolicy(MisfireKind.FireAll, window, limit));

    private static Gen<RetryPolicy> Retries => Gen.OneOf(
        from attempts in Gen.Choose(1, 100) from initial in Durations(0, int.MaxValue) select new RetryPolicy(attempts, initial),
        from attempts in Gen.Choose(1, 100)
        from initial in Durations(0, int.MaxValue / 2)
        from more in Durations(0, int.MaxValue / 2)
        from factor in Gen.Choose(100, 10_000)
        select new RetryPolicy(attempts, initial) { Backoff = Backoff.Exponential, Factor = factor / 100.0, Max = initial + more });

    public static Arbitrary<JobDefinition> Definitions() => (
        from name in Texts
        from description in Texts
        from tags in Texts.ArrayOf()
        from parameters in OrNull(Objects)
        from schedule in Schedules
        from target in Targets
        from start in OrNull(Instants)
        from window in OrNull(Durations(0, int.MaxValue))
        from numbers in Gen.Choose(-100, 100).ArrayOf(4)
        from jitter in Durations(0, 1_000_000)
        from misfire in Misfires
        from overlap in Gen.Elements(Enum.GetValues<OverlapPolicy>())
        from retry in Retries
        from timeout in Durations(1, 86_400_000)
        select new JobDefinition
        {
            Name = name,
            Description = numbers[0] > 0 ? description : null,
            Tags = ValueList.From(tags.Where(t => t.Length < 30).Distinct(StringComparer.Ordinal).Take(32)),
            Parameters = parameters,
            Schedule = schedule,
            Target = target,
            StartAt = start,
            EndAt = window is { } w ? (start ?? Resolved) + w : null,
            MaxRuns = numbers[1] > 0 ? numbers[1] * 3_000_000_000L : null,
            Jitter = jitter,
            Misfire = misfire,
            Overlap = overlap,
            Retry = retry,
            Timeout = timeout,
            Priority = numbers[2],
            ConcurrencyKey = numbers[3] > 0 ? name : null,
            PauseAfterFailures = numbers[3] < 0 ? -numbers[3] : null,
        }.Resolve(JobId.Parse("any"), before: null, Resolved)).ToArbitrary();

    private static CronSchedule Matched(CronSchedule cron, DayMatch match) => cron.RestrictsBothDays ? cron with { DayMatch = match } : cron;

    private static Gen<TimeSpan> Durations(int least, int most) => Gen.Choose(least, most).Select(ms => TimeSpan.FromMilliseconds(ms));

    private static Gen<T?> OrNull<T>(Gen<T> values)
        where T : struct => Gen.OneOf(Gen.Constant<T?>(null), values.Select(v => (T?)v));
}
