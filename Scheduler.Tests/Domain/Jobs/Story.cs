using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What a job can be in the middle of.</summary>
public enum Situation
{
    /// <summary>Nobody created it.</summary>
    Unknown,

    /// <summary>Its fire time lies ahead.</summary>
    Pending,

    /// <summary>Its fire time has come, and it waits for a permit.</summary>
    Due,

    /// <summary>Its first attempt runs.</summary>
    Running,

    /// <summary>Its first attempt failed, and it waits for the second.</summary>
    Retrying,

    /// <summary>A run was requested, and waits for a permit; the fire time lies ahead.</summary>
    Requested,

    /// <summary>It is paused, and its fire time lies ahead.</summary>
    Paused,

    /// <summary>It was paused while its attempt ran.</summary>
    PausedWhileRunning,

    /// <summary>It was paused while it waited for its retry.</summary>
    PausedWhileRetrying,

    /// <summary>Its only run completed.</summary>
    Completed,

    /// <summary>Its only run was discarded.</summary>
    Failed,

    /// <summary>It was cancelled before its fire time.</summary>
    Cancelled,

    /// <summary>It was deleted before its fire time.</summary>
    Deleted,
}

/// <summary>One job, the facts about it so far, and a clock that the spec moves. Facts are stored as soon as they are decided.</summary>
internal sealed class Story
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset FireTime = Start.AddMinutes(1);
    public static readonly TimeSpan Lead = TimeSpan.FromMilliseconds(50);
    public static readonly Tolerance Tolerance = new(Lead, TimeSpan.FromSeconds(10));
    public static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(10);
    public static readonly JobId Id = JobId.Parse("nightly-report");
    public static readonly WorkerNode Node = new("akka.tcp://scheduler@10.0.0.1:4053", 7);

    /// <summary>A one-off with two attempts, ten seconds apart.</summary>
    public static readonly JobDefinition Definition = new()
    {
        Name = "nightly-report",
        Schedule = new OneOffSchedule(FireTime),
        Retry = new RetryPolicy(2, RetryDelay),
    };

    private readonly List<JobEvent> _facts = [];

    public DateTimeOffset Now { get; set; } = Start;

    public JobState State { get; private set; } = JobState.Empty(Id);

    public IReadOnlyList<JobEvent> Facts => _facts;

    /// <summary>The run of the one-off's fire time.</summary>
    public static RunId ScheduledRun => RunId.Scheduled(Id, 1, FireTime);

    public ActiveRun Active => State.Active.Single();

    public static Story In(Situation situation)
    {
        var story = new Story();
        if (situation is Situation.Unknown)
            return story;
        story.Do(new CreateJob(Id, Definition, BodyHash: null));
        switch (situation)
        {
            case Situation.Due:
                story.Now = FireTime;
                break;
            case Situation.Running:
                story.Run();
                break;
            case Situation.Retrying:
                story.Run().Fail();
                break;
            case Situation.Requested:
                story.Do(new TriggerJob(Id, Reason: null));
                break;
            case Situation.Paused:
                story.Pause();
                break;
            case Situation.PausedWhileRunning:
                story.Run().Pause();
                break;
            case Situation.PausedWhileRetrying:
                story.Run().Fail();
                story.Pause();
                break;
            case Situation.Completed:
                story.Run().Succeed();
                break;
            case Situation.Failed:
                story.Run().Fail(retryable: false);
                break;
            case Situation.Cancelled:
                story.Do(new CancelJob(Id, Reason: null));
                break;
            case Situation.Deleted:
                story.Do(new DeleteJob(Id, Reason: null));
                break;
        }

        return story;
    }

    public static AttemptSucceeded Success() => new(Output: null, AttemptTiming.Unknown);

    public static AttemptNotSucceeded Failure(bool retryable = true, FailureKind kind = FailureKind.Failed) =>
        new(kind, "It broke.", retryable, AttemptTiming.Unknown);

    public Decision Do(JobCommand command)
    {
        var decision = JobDecider.Decide(State, command, Now);
        Store(decision.Events);
        return decision;
    }

    public Settlement Settle(WorkerNode? permit)
    {
        var settlement = WouldSettle(permit);
        Store(settlement.Events);
        return settlement;
    }

    /// <summary>What could start or be resolved now, without storing it.</summary>
    public Settlement WouldSettle(WorkerNode? permit) => Settling.Settle(State, Now, Tolerance, permit ?? Node, hasPermit: permit is not null);

    /// <summary>Moves the clock on to the next start, and starts it.</summary>
    public Story Run()
    {
        if (State.NextStart is { } start && start > Now)
            Now = start;
        Settle(Node);
        return this;
    }

    public Decision Succeed() => Report(Success());

    public Decision Fail(bool retryable = true) => Report(Failure(retryable));

    public Decision Report(AttemptOutcome outcome) => Do(new ReportAttempt(Id, Active.RunId, Active.Attempt, outcome));

    public Decision Lose(AttemptLoss loss) => Do(new GiveUpAttempt(Id, Active.RunId, Active.Attempt, loss));

    public void Pause() => Store([new JobPaused { At = At() }]);

    public void Resume() => Store([new JobResumed { At = At() }]);

    public void Store(IEnumerable<JobEvent> facts)
    {
        foreach (var fact in facts)
        {
            _facts.Add(fact);
            State = State.Apply(fact);
        }
    }

    private DateTimeOffset At() => Instant.Max(Instant.Floor(Now), State.LastEventAt);
}
