using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Messages;

namespace Scheduler.Tests.Serialization;

/// <summary>One value of each stored type with every member set, by the name of its golden file.</summary>
internal static class Samples
{
    private static readonly DateTimeOffset T0 = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private static readonly JobId Job = JobId.Parse("nightly-report");
    private static readonly RunId Run = RunId.Scheduled(Job, 1, T0);
    private static readonly RunId Requested = RunId.Requested(Job, 1, 7);
    private static readonly WorkerNode Node = new("akka.tcp://scheduler@127.0.0.1:4053", 1_234_567_890_123);
    private static readonly AttemptTiming Timing = new(T0.AddMilliseconds(3), TimeSpan.FromTicks(12_345), TimeSpan.FromMilliseconds(20.125));

    private static readonly ValueList<DateRange> Excluded =
    [
        new DateRange(new DateOnly(2026, 12, 25), new DateOnly(2026, 12, 25)),
        new DateRange(new DateOnly(2026, 12, 31), new DateOnly(2027, 1, 1)),
    ];

    private static readonly Precondition Precondition = new([3, 4], MustExist: true, MustNotExist: false);

    private static readonly JobDefinition Handler = new()
    {
        Name = "nightly report",
        Description = "Räksmörgås \"quoted\" <b>",
        Tags = ["billing", "daily"],
        Parameters = new JsonText("""{"duration":1.50,"list":[1,null,"ä"]}"""),
        Schedule = new DelaySchedule(TimeSpan.FromSeconds(90), T0),
        Target = new HandlerTarget("reports"),
        Retry = new RetryPolicy(3, TimeSpan.FromSeconds(1.5)),
        Timeout = TimeSpan.FromMinutes(2),
    };

    private static readonly JobDefinition Http = new()
    {
        Name = "call",
        Schedule = new OneOffSchedule(T0),
        Target = new HttpTarget("POST", "https://example.test/hook?a=1&b=2", [new("X-B", "2"), new("X-A", "1")], new JsonText("""{"n":1}""")),
    };

    private static readonly JobDefinition SignedHttp = Http with
    {
        Target = new HttpTarget("POST", "https://example.test/{{job.id}}", [], Body: null)
        {
            Text = "run {{run.id}}",
            Secret = "main",
            Success = [new(200, 299), new(409, 409)],
            FollowRedirects = true,
            KeepHeaders = ["ETag"],
        },
    };

    private static readonly JobDefinition Amqp = new()
    {
        Name = "enqueue",
        Schedule = new OneOffSchedule(T0),
        Target = new AmqpTarget("orders", "eu.new")
        {
            Connection = "events",
            Body = new JsonText("""{"n":1}"""),
            Text = "never beside a body, but a member",
            Headers = new JsonText("""{"task":"report","retries":0,"timelimit":[null,1.5]}"""),
            ContentType = "application/cloudevents+json",
            IsPersistent = false,
            Ttl = TimeSpan.FromMinutes(1),
            Priority = 9,
            CorrelationId = "c-1",
            ReplyTo = "answers",
            Type = "order.created",
        },
    };

    private static readonly JobDefinition PlainAmqp = new() { Name = "enqueue", Schedule = new OneOffSchedule(T0), Target = new AmqpTarget("", "work") };

    private static readonly JobDefinition Cron = new()
    {
        Name = "nightly",
        Schedule = new CronSchedule("0 2 * * MON-FRI", "Europe/Berlin", DstGap.Skip, DstOverlap.Both, Excluded) { DayMatch = DayMatch.Both },
        StartAt = T0,
        EndAt = T0.AddYears(1),
        MaxRuns = 100,
        Jitter = TimeSpan.FromSeconds(30),
        Misfire = new MisfirePolicy(MisfireKind.FireAll, TimeSpan.FromHours(1), 10),
        Overlap = OverlapPolicy.CancelRunning,
        Retry = new RetryPolicy(4, TimeSpan.FromSeconds(10)) { Backoff = Backoff.Exponential, Factor = 1.5, Max = TimeSpan.FromMinutes(10) },
        Priority = -5,
        ConcurrencyKey = "customer-42",
        PauseAfterFailures = 5,
    };

    private static readonly JobDefinition HashedCron = new()
    {
        Name = "spread",
        Schedule = new CronSchedule("H H(0-7) * * *", "Europe/Berlin", DstGap.Shift, DstOverlap.First, []) { DayMatch = DayMatch.Both, Hash = 3_735_928_559 },
    };

    private static readonly JobDefinition EitherDay = new() { Name = "nightly", Schedule = CronOf(DayMatch.Either) };

    private static readonly JobDefinition Every = new()
    {
        Name = "poll",
        Schedule = new IntervalSchedule(TimeSpan.FromMinutes(5), T0, "Europe/Berlin", Excluded),
        Misfire = new MisfirePolicy(MisfireKind.Skip),
        Overlap = OverlapPolicy.BufferOne,
    };

    private static readonly JobDefinition Rule = new()
    {
        Name = "monthly",
        Schedule = new RecurrenceRuleSchedule("FREQ=MONTHLY;BYDAY=-1FR", T0, "Europe/Berlin", Excluded),
        Overlap = OverlapPolicy.Allow,
    };

    private static readonly JobState State = new()
    {
        Id = Job,
        Version = 12,
        Revision = 3,
        LastEventAt = T0.AddSeconds(9),
        CreatedAt = T0,
        UpdatedAt = T0.AddSeconds(1),
        Definition = Handler,
        BodyHash = "ab12",
        Generation = 2,
        IsDeleted = true,
        IsCancelled = true,
        IsPaused = true,
        StatusReason = "holiday",
        CompletedAt = T0.AddSeconds(2),
        Cursor = T0.AddSeconds(3),
        FirstFireTime = T0.AddSeconds(4),
        NextFireTime = T0.AddSeconds(5),
        NextDueAt = T0.AddSeconds(6),
        Buffered = T0.AddSeconds(7),
        CatchUp = [T0.AddSeconds(8), T0.AddSeconds(9)],
        Requested = [new RequestedRun(Requested, T0.AddSeconds(10))],
        Active =
        [
            new ActiveRun
            {
                RunId = Run,
                Kind = AttemptKind.CatchUp,
                FireTime = T0,
                DueAt = T0.AddMilliseconds(250),
                Attempt = 2,
                Counted = 1,
                AttemptAt = T0.AddMilliseconds(251),
                Node = Node,
                RetryAt = T0.AddSeconds(11),
            },
        ],
        LastOutcome = RunOutcome.Discarded,
        LastRunAt = T0.AddSeconds(12),
        RunCount = 5,
        FailureCount = 1,
        ScheduledRuns = 4,
        DiscardedInARow = 1,
        Keys = [new UsedKey("k1", 1, KeyUse.Create, null), new UsedKey("k2", 9, KeyUse.Trigger, RunId.Parse("nightly-report~1~t9"))],
    };

    private static readonly CommandOrigin Origin = new("alice", "key-1", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

    /// <summary>The values, by golden file: the manifest, with a suffix where a type has more than one shape.</summary>
    public static IReadOnlyDictionary<string, object> All { get; } = new Dictionary<string, object>(StringComparer.Ordinal)
    {
        ["job.created.v1"] = Marked(new JobCreated { At = T0, Definition = Handler, Generation = 1, BodyHash = "ab12" }),
        ["job.created.v1.http"] = new JobCreated { At = T0, Definition = Http, Generation = 1 },
        ["job.created.v1.amqp"] = new JobCreated { At = T0, Definition = Amqp, Generation = 1 },
        ["job.created.v1.amqp_defaults"] = new JobCreated { At = T0, Definition = PlainAmqp, Generation = 1 },
        ["job.created.v1.cron"] = new JobCreated { At = T0, Definition = Cron, Generation = 1 },
        ["job.created.v1.cron.either"] = new JobCreated { At = T0, Definition = EitherDay, Generation = 1 },
        ["job.created.v1.cron.hashed"] = new JobCreated { At = T0, Definition = HashedCron, Generation = 1 },
        ["job.created.v1.every"] = new JobCreated { At = T0, Definition = Every, Generation = 1 },
        ["job.created.v1.rrule"] = new JobCreated { At = T0, Definition = Rule, Generation = 1 },
        ["job.scheduled.v1"] = new JobScheduled
        {
            At = T0,
            Cursor = T0.AddSeconds(1),
            NextFireTime = T0.AddSeconds(2),
            NextDueAt = T0.AddSeconds(3),
            Buffered = T0.AddSeconds(4),
            CatchUp = [T0.AddSeconds(5), T0.AddSeconds(6)],
        },
        ["job.scheduled.v1.zone"] = new JobScheduled
        {
            At = T0,
            Cursor = T0.AddSeconds(1),
            NextFireTime = T0.AddSeconds(2),
            NextDueAt = T0.AddSeconds(3),
            Zone = new ZonePlan("2026f", TimeSpan.FromHours(-4)),
            Reason = "The time-zone data changed.",
        },
        ["job.created.v1.http.more"] = new JobCreated { At = T0, Definition = SignedHttp, Generation = 1 },
        ["job.updated.v1"] = Marked(new JobUpdated { At = T0, Definition = Http, Generation = 2 }),
        ["job.paused.v1"] = Marked(new JobPaused { At = T0 }),
        ["job.resumed.v1"] = Marked(new JobResumed { At = T0 }),
        ["job.cancelled.v1"] = Marked(new JobCancelled { At = T0 }),
        ["job.completed.v1"] = new JobCompleted { At = T0 },
        ["job.deleted.v1"] = Marked(new JobDeleted { At = T0 }),
        ["run.requested.v1"] = Marked(new RunRequested { At = T0, RunId = Requested }),
        ["attempt.started.v1"] = new AttemptStarted
        {
            At = T0,
            RunId = Run,
            Number = 2,
            Kind = AttemptKind.CatchUp,
            FireTime = T0,
            DueAt = T0.AddMilliseconds(250),
            Node = Node,
        },
        ["attempt.failed.v1"] = new AttemptFailed
        {
            At = T0,
            RunId = Run,
            Number = 2,
            Kind = FailureKind.TimedOut,
            Error = "no answer\nin time",
            Retryable = true,
            RetryAt = T0.AddSeconds(10),
            Timing = Timing,
        },
        ["attempt.lost.v1"] = new AttemptLost { At = T0, RunId = Run, Number = 2, Loss = AttemptLoss.NotBegun, RetryAt = T0.AddSeconds(10) },
        ["run.completed.v1"] = new RunCompleted { At = T0, RunId = Run, Number = 2, Output = new JsonText("""{"rows":[1,2],"e":1e3}"""), Timing = Timing },
        ["run.discarded.v1"] = new RunDiscarded { At = T0, RunId = Run, Reason = "exhausted" },
        ["run.cancelled.v1"] = Marked(new RunCancelled { At = T0, RunId = Requested }),
        ["job.checkpointed.v1"] = new JobCheckpointed
        {
            At = T0,
            State = State,
            Past = new AuditedPast(7, 6, 5, [new SkippedPast(SkipReason.Misfire, 4), new SkippedPast(SkipReason.Paused, null)], T0.AddDays(-1)),
        },
        ["job.checkpointed.v1.tombstone"] = new JobCheckpointed
        {
            At = T0,
            State = JobState.Empty(Job) with { Version = 9, Revision = 3, Generation = 2, LastEventAt = T0, CreatedAt = T0, UpdatedAt = T0, IsDeleted = true },
            Past = new AuditedPast(1, 0, 0, [], GenerationBegan: null),
        },
        ["job.state.v1.checkpoints"] = JobState.Empty(Job) with { Version = 900, Checkpoints = [301, 602] },
        ["msg.job.checkpoint.v1"] = new CheckpointJob(Job, 300, new AuditedPast(1, 2, 3, [new SkippedPast(SkipReason.Overlap, 4)], T0)) { Earliest = 1, Origin = Origin },
        ["occurrences.skipped.v1"] = new OccurrencesSkipped { At = T0, From = T0.AddHours(-1), To = T0, Count = 60, Why = SkipReason.Misfire },
        ["job.updated.v1.body_hash"] = Marked(new JobUpdated { At = T0, Definition = Http, Generation = 2, BodyHash = "ab12" }),
        ["job.paused.v1.body_hash"] = Marked(new JobPaused { At = T0, BodyHash = "ab12" }),
        ["run.requested.v1.body_hash"] = Marked(new RunRequested { At = T0, RunId = Requested, BodyHash = "ab12" }),
        ["run.cancelled.v1.body_hash"] = Marked(new RunCancelled { At = T0, RunId = Requested, BodyHash = "ab12" }),
        ["job.state.v1.body_hash"] = State with { Keys = [new UsedKey("k1", 1, KeyUse.Create, null) { BodyHash = "ab12" }] },
        ["msg.job.update.v1.body_hash"] = new UpdateJob(Job, Rule, Precondition) { Origin = Origin with { BodyHash = "ab12" } },
        ["msg.job.trigger.v1.body_hash"] = new TriggerJob(Job, "now") { Origin = Origin with { BodyHash = "ab12" } },
        ["job.state.v1"] = State,
        ["run.requested.v1.clock"] = new RunRequested { At = T0, RunId = Requested, Clock = T0.AddHours(-3) },
        ["job.state.v1.failed"] = State with { Active = [State.Active[0] with { Node = null, FailedAt = T0.AddSeconds(13) }] },
        ["job.state.v1.lost"] = State with { Active = [State.Active[0] with { Node = null, LostAt = T0.AddSeconds(13) }] },
        ["job.state.v1.zone"] = State with { Zone = new ZonePlan("2026f", TimeSpan.FromHours(-4)) },
        ["msg.job.create.v1"] = new CreateJob(Job, Handler, "ab12") { Origin = Origin },
        ["msg.job.create.v1.unresolved"] = new CreateJob(Job, Handler with { Schedule = new DelaySchedule(TimeSpan.FromSeconds(90)) }, BodyHash: null),
        ["msg.job.create.v1.day_match_unsaid"] = new CreateJob(Job, EitherDay with { Schedule = CronOf(match: null) }, BodyHash: null),
        ["msg.job.put.v1"] = new PutJob(Job, Every with { Schedule = new IntervalSchedule(TimeSpan.FromMinutes(5)) }, Precondition) { Origin = Origin },
        ["msg.job.update.v1"] = new UpdateJob(Job, Rule, Precondition) { Origin = Origin },
        ["msg.job.get.v1"] = new GetJob(Job) { Origin = Origin },
        ["msg.job.pause.v1"] = new PauseJob(Job, "holiday") { Origin = Origin },
        ["msg.job.resume.v1"] = new ResumeJob(Job, "back") { Origin = Origin },
        ["msg.run.cancel.v1"] = new CancelRun(Job, Run, "stuck") { Origin = Origin },
        ["msg.job.trim.v1"] = new TrimJob(Job, 301),
        ["msg.job.trimmed.v1"] = new JobTrimmed(Job, 301),
        ["msg.limit.need.v1"] = new LimitNeed("key:reports", new WorkerNode("akka.tcp://scheduler@10.0.0.1:4053", 1234567890123))
        {
            Held = 2,
            Waiting = 3,
            Ledger = "0638999999999999999",
            Seen = 4,
            At = T0,
        },
        ["msg.limit.granted.v1"] = new LimitGranted("rate:https://example.org:443", "0638999999999999999") { Number = 5, Places = 1, At = T0 },
        ["msg.limit.ask.v1"] = new AskLimitNeed("target:handler:report", "0638999999999999999"),
        ["msg.node.draining.v1"] = new NodeDraining(new WorkerNode("akka.tcp://scheduler@10.0.0.1:4053", 1234567890123)),
        ["msg.job.replan.v1"] = new ReplanJob(Job) { Origin = Origin },
        ["msg.job.trigger.v1"] = new TriggerJob(Job, "now") { Origin = Origin },
        ["msg.job.cancel.v1"] = new CancelJob(Job, "enough") { Origin = Origin },
        ["msg.job.delete.v1"] = new DeleteJob(Job, "old") { Origin = Origin },
        ["msg.job.delete.v1.guarded"] = new DeleteJob(Job, "retention") { Precondition = Precondition with { MustNotExist = true }, Version = 12 },
        ["msg.attempt.report.v1"] = new ReportAttempt(Job, Run, 2, new AttemptSucceeded(new JsonText("[1]"), Timing)),
        ["msg.attempt.report.v1.failed"] = new ReportAttempt(Job, Run, 2, new AttemptNotSucceeded(FailureKind.Failed, "500", Retryable: true, Timing)),
        ["msg.attempt.report.v1.later"] = new ReportAttempt(
            Job, Run, 2, new AttemptNotSucceeded(FailureKind.Failed, "503", Retryable: true, Timing) { RetryAfter = TimeSpan.FromSeconds(120) }),
        ["msg.attempt.give_up.v1"] = new GiveUpAttempt(Job, Run, 2, AttemptLoss.Unknown),
        ["msg.job.wake.v1"] = new Wake(Job),
        ["msg.job.stop.v1"] = StopJob.Instance,
        ["msg.attempt.ask.v1"] = new AskAttempt(Job, Run, 2),
        ["msg.attempt.answer.v1"] = new AttemptAnswer(Job, Run, 2, IsHere: true),
        ["msg.permit_wait.ask.v1"] = new AskPermitWait(Job),
        ["msg.permit_wait.answer.v1"] = new PermitWaitAnswer(Job, new WaitingForPermit("key:customer-42", T0)),
        ["msg.permit_wait.answer.v1.none"] = new PermitWaitAnswer(Job, Wait: null),
        ["msg.progress.ask.v1"] = new AskProgress(Job, Run, 2),
        ["msg.progress.answer.v1"] = new ProgressAnswer(Job, Run, new RunProgress(3, 10, T0)),
        ["msg.progress.answer.v1.none"] = new ProgressAnswer(Job, Run, Progress: null),
        ["msg.attempt.stop.v1"] = new StopAttempt(Job, Run, 2),
        ["msg.job.accepted.v1"] = new JobAccepted(State, Replayed: true),
        ["msg.run.accepted.v1"] = new RunAccepted(State, Requested, Replayed: true),
        ["msg.job.accepted.v1.new"] = new JobAccepted(State, Replayed: false) { IsNew = true },
        ["msg.job.found.v1"] = new JobFound(State),
        ["msg.job.precondition_failed.v1"] = new PreconditionFailed(Job, 4),
        ["msg.job.definition_refused.v1"] = new DefinitionRefused(Job, "end_at", "lies in the past"),
        ["msg.job.definition_refused.v1.day_match"] = new DefinitionRefused(Job, "schedule.day_match", "is required")
        {
            Readings = new([T0, T0.AddDays(1)], [T0.AddDays(7)]),
        },
        ["msg.run.not_active.v1"] = new RunNotActive(Job, Run),
        ["msg.job.not_found.v1"] = new JobNotFound(Job),
        ["msg.job.gone.v1"] = new JobGone(Job),
        ["msg.job.conflict.v1"] = new JobConflict(Job, "it is cancelled"),
        ["msg.job.conflict.v1.key"] = new JobConflict(Job, "used for another body") { IsOfKey = true },
        ["msg.attempt.acknowledged.v1"] = new ReportAcknowledged(Job, Run, 2),
        ["msg.job.decision_failed.v1"] = new DecisionFailed(Job),
        ["msg.job.unreadable.v1"] = new JobUnreadable(Job),
        ["msg.job.outcome_unknown.v1"] = new OutcomeUnknown(Job),
        ["msg.job.store_refused.v1"] = new StoreRefused(Job, "disk full"),
    };

    private static CronSchedule CronOf(DayMatch? match) => new("0 2 13 * FRI", "Europe/Berlin", DstGap.Shift, DstOverlap.First, []) { DayMatch = match };

    private static JobEvent Marked(JobEvent fact) =>
        fact with { By = "alice", Key = "key-1", Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", Reason = "holiday" };
}
