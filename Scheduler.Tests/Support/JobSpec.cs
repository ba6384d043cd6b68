using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit.Xunit2;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Timing;

namespace Scheduler.Tests.Support;

/// <summary>One node of a spec's cluster: its limiter, its workers, and what its jobs share.</summary>
/// <param name="Name">The node.</param>
/// <param name="Runs">Its <see cref="NodeRuns"/>.</param>
/// <param name="Environment">What its jobs share.</param>
/// <param name="Gate">Whether attempts may start on it.</param>
public sealed record TestNode(WorkerNode Name, IActorRef Runs, JobEnvironment Environment, StartGate Gate);

/// <summary>Jobs as the service runs them, below a local parent in place of a shard, over stand-ins for all that lies around them.</summary>
public abstract class JobSpec : TestKit
{
    /// <summary>What every spec's clock shows at first.</summary>
    protected static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    private const string Settings = """
        akka {
          loglevel = ERROR
          stdout-loglevel = OFF
          actor.serialize-messages = off
          persistence {
            journal.plugin = "akka.persistence.journal.scripted"
            journal.scripted.class = "Scheduler.Tests.Support.ScriptedJournal, Scheduler.Tests"
            snapshot-store.plugin = "akka.persistence.snapshot-store.inmem"
          }
        }
        """;

    private readonly Lock _gate = new();
    private int _nodes;
    private TestNode? _host;

    protected JobSpec(Config? settings = null)
        : base((settings ?? Config.Empty).WithFallback(ConfigurationFactory.ParseString(Settings)))
    {
        Clock = new WatchedClock(Start);
        Timers = new ClockTimers(Clock, Sys.Scheduler);
        Journal = JournalScript.Of(Sys);
        Jobs = Sys.ActorOf(Props.Create(typeof(LocalShard), (Func<JobId, Props>)(id => JobActor.Props(id, Host.Environment)), Entities), "jobs");
    }

    protected WatchedClock Clock { get; }

    protected ClockTimers Timers { get; }

    protected JournalScript Journal { get; }

    protected RecordingViews Views { get; } = new();

    protected ScriptedTargets Targets { get; } = new();

    protected Membership Members { get; } = new();

    protected Recorded<EntityChange> Entities { get; } = new("a change of a job's incarnation");

    protected NewJobIds NewIds { get; } = new();

    /// <summary>What the journal says of its failures.</summary>
    protected Func<Exception, bool> IsNothingStored { get; set; } = static _ => false;

    /// <summary>What the journal says of what it holds.</summary>
    protected Func<Exception, bool> IsUnreadable { get; set; } = static _ => false;

    /// <summary>To be set before the first message is sent.</summary>
    protected TimingOptions Timing { get; set; } = new();

    /// <summary>To be set before the first message is sent.</summary>
    protected ExecutionOptions Execution { get; set; } = new();

    /// <summary>The parent of the jobs, where a shard region would be.</summary>
    protected IActorRef Jobs { get; }

    /// <summary>The node that jobs are started on from now on.</summary>
    protected TestNode Host
    {
        get
        {
            lock (_gate)
                return _host ??= StartNode();
        }

        set
        {
            lock (_gate)
                _host = value;
        }
    }

    protected JobId Job { get; } = JobId.Parse("nightly-report");

    protected new DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>The handlers of the nodes that are started from now on; null for any.</summary>
    protected JobHandlers? Handlers { get; set; }

    /// <summary>The stored events of <see cref="Job"/>.</summary>
    protected IReadOnlyList<JobEvent> Events => Journal.EventsOf(Job);

    /// <summary>A job's definition that fires once, at <paramref name="at"/>.</summary>
    protected static JobDefinition OneOff(DateTimeOffset at) => new()
    {
        Name = "Nightly report",
        Schedule = new OneOffSchedule(at),
        Retry = new RetryPolicy(4, TimeSpan.FromSeconds(10)),
        Timeout = TimeSpan.FromMinutes(5),
    };

    /// <summary>A node of its own, a member from now on.</summary>
    protected TestNode StartNode()
    {
        var number = Interlocked.Increment(ref _nodes);
        var name = new WorkerNode($"akka.tcp://scheduler@10.0.0.{number}:4053", 7_000 + number);
        var gate = new StartGate(Clock);
        var runs = Sys.ActorOf(
            Props.Create(typeof(NodeRuns), new RunWorkerEnvironment(Clock, Timers, Targets, Jobs, Execution) { Handlers = Handlers, Gate = gate }),
            number == 1 ? NodeRuns.ActorName : $"{NodeRuns.ActorName}-{number}");
        Members.Join(name, runs);
        return new TestNode(name, runs, new JobEnvironment(
            Clock, Timers, Timing, new AwakeGauge(Timing.MaxAwake), Views, Jobs, runs, new ScriptedNodes(name, Members), NewIds)
        {
            IsNothingStored = cause => IsNothingStored(cause),
            IsUnreadable = cause => IsUnreadable(cause),
            IsClockWrong = () => gate.IsClosedFor(StartStop.Clock),
        }, gate);
    }

    protected Task<JobReply> AskAsync(JobCommand command) => Jobs.Ask<JobReply>(command, Patience.Limit);

    /// <summary>Creates <see cref="Job"/>.</summary>
    protected async Task<JobAccepted> CreateAsync(JobDefinition definition) =>
        Xunit.Assert.IsType<JobAccepted>(await AskAsync(new CreateJob(Job, definition, BodyHash: null)));

    /// <summary>Runs <see cref="Job"/> once more, to its success.</summary>
    protected async Task RunAsync()
    {
        Xunit.Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
        var call = await Targets.Calls.NextAsync();
        call.Succeed();
        await StoredAsync<RunCompleted>(e => e.RunId == call.Attempt.RunId);
    }

    /// <summary>The first such event of <see cref="Job"/> that is stored, now or later.</summary>
    protected async Task<T> StoredAsync<T>(Predicate<T>? matches = null)
        where T : JobEvent
    {
        bool Matches(JobEvent e) => e is T fact && (matches?.Invoke(fact) ?? true);
        var write = await Journal.Stored.FirstAsync(w => w.PersistenceId == Job.PersistenceId && w.Events.Any(Matches));
        return (T)write.Events.First(Matches);
    }

    /// <summary>When the <paramref name="count"/>th such change has happened to <see cref="Job"/>.</summary>
    protected Task<IReadOnlyList<EntityChange>> EntityAsync(EntityStage stage, int count = 1) =>
        Entities.AtLeastAsync(count, c => c == new EntityChange(Job.Value, stage));

    /// <summary>Whether an incarnation of <see cref="Job"/> is there.</summary>
    protected bool IsAwake() => Entities.Items.LastOrDefault(c => c.Job == Job.Value && c.Stage is not EntityStage.Passivating)?.Stage is EntityStage.Started;

    /// <summary>Stops the job's incarnation as a hand-over does, and waits for its end.</summary>
    protected async Task HandOverAsync()
    {
        var before = Entities.Items.Count(c => c == new EntityChange(Job.Value, EntityStage.Stopped));
        Jobs.Tell(new HandOver(Job), ActorRefs.NoSender);
        await EntityAsync(EntityStage.Stopped, before + 1);
    }

    protected void Wake() => Jobs.Tell(new Wake(Job), ActorRefs.NoSender);

    /// <summary>
    /// When everything that was sent to the job, its node and the journal so far has been dealt with: what has not happened by then was not
    /// going to. Each answers only after what came before, and no chain of messages among them is longer than the rounds made.
    /// </summary>
    protected async Task SettleAsync()
    {
        var journal = Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(journalPluginId: null);
        for (var round = 0; round < 6; round++)
        {
            await SeenByAsync(Jobs);
            await SeenByAsync(Sys.ActorSelection(Jobs.Path / Job.Value));
            await SeenByAsync(Host.Runs);
            await SeenByAsync(journal);
        }
    }

    /// <summary>When <paramref name="actor"/> has dealt with what was sent to it before. The question jumps no queue and is never stashed.</summary>
    protected static Task SeenByAsync(ICanTell actor) => actor.Ask<ActorIdentity>(new Identify(messageId: null), Patience.Limit);

    protected void AdvanceTo(DateTimeOffset instant) => Clock.Advance(instant - Now);

    /// <summary>When <see cref="Job"/> waits for <paramref name="start"/> by a timer of its own.</summary>
    protected Task WaitsForAsync(DateTimeOffset start) => Timers.Armed.FirstAsync(t => !t.IsPrecise && t.At == start - Timing.Lead);

    /// <summary>When a worker waits for the last stretch before <paramref name="dueAt"/>.</summary>
    protected Task<ArmedTimer> WorkerWaitsForAsync(DateTimeOffset dueAt) => Timers.Armed.FirstAsync(t => t.IsPrecise && t.At == dueAt);
}
