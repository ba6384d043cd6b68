using System.Diagnostics.Metrics;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Actors.Messages;

namespace Scheduler.Tests.Support;

/// <summary>One node's limiter and workers; jobs and the shard region are probes.</summary>
public abstract class RunsSpec : TestKit
{
    protected static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private readonly MeterListener _listener = new();
    private long _abandoned;
    private IActorRef? _runs;
    private TestProbe? _region;
    private StartGate? _gate;

    protected RunsSpec()
        : base("akka { loglevel = OFF, stdout-loglevel = OFF }")
    {
        Clock = new WatchedClock(Start);
        Timers = new ClockTimers(Clock, Sys.Scheduler);
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (Metrics.Counts(instrument))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, more, _, _) => Interlocked.Add(ref _abandoned, more));
        _listener.Start();
    }

    protected WatchedClock Clock { get; }

    protected ClockTimers Timers { get; }

    protected ScriptedTargets Targets { get; } = new();

    /// <summary>To be set before the first message is sent.</summary>
    protected ExecutionOptions Options { get; set; } = new() { MaxConcurrentRuns = 1 };

    /// <summary>To be set before the first message is sent; null for any handler.</summary>
    protected JobHandlers? Handlers { get; set; }

    protected RunMetrics Metrics { get; } = new();

    /// <summary>How long before its due time a permit is granted at the earliest. To be set before the first message is sent.</summary>
    protected TimeSpan? GrantAhead { get; set; }

    /// <summary>Whether attempts may start on the node.</summary>
    protected StartGate Gate => _gate ??= new StartGate(Clock);

    /// <summary>Where workers report.</summary>
    protected TestProbe Region => _region ??= CreateTestProbe("region");

    /// <summary>The limiter.</summary>
    protected IActorRef Runs =>
        _runs ??= Sys.ActorOf(Props.Create(typeof(NodeRuns), new RunWorkerEnvironment(Clock, Timers, Targets, Region, Options) { Handlers = Handlers, Gate = Gate, GrantAhead = GrantAhead, Metrics = Metrics }), NodeRuns.ActorName);

    protected static Attempt AttemptOf(string job, DateTimeOffset? dueAt = null, TimeSpan? timeout = null)
    {
        var id = JobId.Parse(job);
        var due = dueAt ?? Start;
        return new Attempt(id, RunId.Scheduled(id, 1, due), 1, due, due, new JobDefinition
        {
            Name = job,
            Schedule = new OneOffSchedule(due),
            Timeout = timeout ?? TimeSpan.FromSeconds(30),
        });
    }

    /// <summary>A job of that node.</summary>
    protected TestProbe NewJob() => CreateTestProbe();

    protected void Ask(TestProbe job, long request = 1) => Ask(job, AttemptOf("any"), request);

    private protected void Ask(TestProbe job, Attempt attempt, long request = 1) =>
        Runs.Tell(new RequestPermit(request, RunClaim.Of(attempt.Definition, attempt.DueAt)), job);

    protected void GiveBack(TestProbe job, long request = 1) => Runs.Tell(new ReleasePermit(request), job);

    protected static async Task GrantedAsync(TestProbe job, long request = 1) =>
        Xunit.Assert.Equal(new PermitGranted(request), await job.ExpectMsgAsync<PermitGranted>(Patience.Limit));

    /// <summary>The node has read all that it was told.</summary>
    protected Task SeenAsync() => Runs.Ask<ActorIdentity>(new Identify(messageId: null), Patience.Limit);

    /// <summary>Fails when the job was told anything.</summary>
    protected async Task NothingForAsync(TestProbe job)
    {
        await SeenAsync();
        await job.Ref.Ask<ActorIdentity>(new Identify(messageId: null), Patience.Limit);
        Xunit.Assert.False(job.HasMessages);
    }

    /// <summary>Runs an attempt of a job that gets its permit at once.</summary>
    protected async Task<TargetCall> RunAsync(Attempt attempt)
    {
        var job = NewJob();
        Ask(job);
        await GrantedAsync(job);
        Runs.Tell(new StartAttempt(1, attempt), job);
        return await Targets.Calls.NextAsync();
    }

    protected async Task<ReportAttempt> ReportedAsync() => await Region.ExpectMsgAsync<ReportAttempt>(Patience.Limit);

    /// <summary>What a report says of an attempt that did not succeed.</summary>
    protected async Task<AttemptNotSucceeded> FailureAsync() => Xunit.Assert.IsType<AttemptNotSucceeded>((await ReportedAsync()).Outcome);

    /// <summary>Acknowledges the last report, as the job does once it is stored.</summary>
    protected void Acknowledge(ReportAttempt report) =>
        Region.LastSender.Tell(new ReportAcknowledged(report.JobId, report.RunId, report.Number), Region);

    /// <summary>The node says that an attempt never began, until the job has heard of it.</summary>
    protected async Task HandedBackAsync(Attempt attempt)
    {
        Xunit.Assert.Equal(
            new AttemptAnswer(attempt.JobId, attempt.RunId, attempt.Number, IsHere: false),
            await Region.ExpectMsgAsync<AttemptAnswer>(Patience.Limit));
        Xunit.Assert.True(await IsHereAsync(attempt));
        Region.LastSender.Tell(new ReportAcknowledged(attempt.JobId, attempt.RunId, attempt.Number), Region);
    }

    /// <summary>What the node says when it is asked after an attempt.</summary>
    protected async Task<bool> IsHereAsync(Attempt attempt) => (await Runs.Ask<Actors.Messages.AttemptAnswer>(
        new AskAttempt(attempt.JobId, attempt.RunId, attempt.Number), Patience.Limit)).IsHere;

    /// <summary>How many attempts the node says that it has abandoned.</summary>
    protected long AbandonedCount => Interlocked.Read(ref _abandoned);

    /// <inheritdoc />
    protected override void AfterAll()
    {
        base.AfterAll();
        _listener.Dispose();
        Metrics.Dispose();
    }

    /// <summary>The node's only worker.</summary>
    protected Task<IActorRef> WorkerAsync() => Sys.ActorSelection(Runs.Path / "*").ResolveOne(Patience.Limit);
}
