using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Actors.Domain.Jobs;

/// <summary>What a job is doing, as its clients see it: the first that holds, in this order.</summary>
public enum JobStatus
{
    /// <summary>It will never run again.</summary>
    Cancelled,

    /// <summary>Its fire times are skipped until it is resumed.</summary>
    Paused,

    /// <summary>A run is active: an attempt runs, or waits for its retry.</summary>
    Running,

    /// <summary>Something is still to start.</summary>
    Pending,

    /// <summary>Nothing is left to do, and the last run was discarded or cancelled, or none ever ran.</summary>
    Failed,

    /// <summary>Nothing is left to do, and the last run completed.</summary>
    Completed,
}

/// <summary>How a run ended.</summary>
public enum RunOutcome
{
    /// <summary>Its target succeeded.</summary>
    Completed,

    /// <summary>It was given up.</summary>
    Discarded,

    /// <summary>Somebody stopped it.</summary>
    Cancelled,
}

/// <summary>A run that has started and not ended.</summary>
public sealed record ActiveRun
{
    /// <summary>The run.</summary>
    public required RunId RunId { get; init; }

    /// <summary>How the run's first attempt came about.</summary>
    public required AttemptKind Kind { get; init; }

    /// <summary>The nominal instant.</summary>
    public required DateTimeOffset FireTime { get; init; }

    /// <summary>When the current attempt was or is due.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>The current attempt's number.</summary>
    public required int Attempt { get; init; }

    /// <summary>How many attempts count against the retry policy: those that never began do not.</summary>
    public required int Counted { get; init; }

    /// <summary>When the current attempt was stored as started.</summary>
    public required DateTimeOffset AttemptAt { get; init; }

    /// <summary>The node that runs the current attempt; null while the run waits for its retry.</summary>
    public WorkerNode? Node { get; init; }

    /// <summary>When the next attempt is due; null while one runs.</summary>
    public DateTimeOffset? RetryAt { get; init; }

    /// <summary>
    /// When the current attempt was found lost; null while one runs, and after one that failed. Nothing of the run went on until then since its
    /// node died, so no fire time due before overlapped with it.
    /// </summary>
    public DateTimeOffset? LostAt { get; init; }

    /// <summary>When the current attempt failed; null while one runs, and after one that was lost.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>When the current attempt ended; null while one runs.</summary>
    public DateTimeOffset? EndedAt => LostAt ?? FailedAt;

    /// <summary>The W3C <c>traceparent</c> of the request that asked for the run, else of the one that created the job; null for none.</summary>
    public string? Trace { get; init; }
}

/// <summary>A run that was asked for and has not started.</summary>
/// <param name="RunId">The run.</param>
/// <param name="At">When it was asked for.</param>
public sealed record RequestedRun(RunId RunId, DateTimeOffset At)
{
    /// <summary>The W3C <c>traceparent</c> of the request; null for none.</summary>
    public string? Trace { get; init; }
}

/// <summary>An idempotency key that a command came with.</summary>
/// <param name="Key">The key.</param>
/// <param name="Version">The version of the fact that holds it.</param>
/// <param name="Use">What it was used for.</param>
/// <param name="RunId">The run that it requested or cancelled; null for other commands.</param>
public sealed record UsedKey(string Key, long Version, KeyUse Use, RunId? RunId)
{
    /// <summary>SHA-256 of the body that it came with, in hex; null where it was not kept.</summary>
    public string? BodyHash { get; init; }
}

/// <summary>What an idempotency key was used for: under the same key, another command is refused.</summary>
public enum KeyUse
{
    /// <summary>To create the job.</summary>
    Create,

    /// <summary>To change its definition.</summary>
    Update,

    /// <summary>To request a run.</summary>
    Trigger,

    /// <summary>To pause it.</summary>
    Pause,

    /// <summary>To resume it.</summary>
    Resume,

    /// <summary>To cancel it.</summary>
    Cancel,

    /// <summary>To cancel one of its runs.</summary>
    CancelRun,

    /// <summary>To delete it.</summary>
    Delete,
}

/// <summary>
/// Everything that a job's events say, folded. <see cref="Apply(JobEvent)"/> computes no fire times and looks at no clock; only the decider does.
/// </summary>
public sealed record JobState
{
    /// <summary>How many idempotency keys a job remembers.</summary>
    public const int KeysKept = 32;

    /// <summary>How many runs may be requested and not started.</summary>
    public const int MaxRequested = 16;

    /// <summary>How many runs may be active at once.</summary>
    public const int MaxActive = 16;

    /// <summary>The job.</summary>
    public required JobId Id { get; init; }

    /// <summary>The journal sequence number of the last event that is folded in; 0 for none.</summary>
    public long Version { get; init; }

    /// <summary>Counts edits of the job, not its runs, so that a run in between makes no edit stale. The <c>ETag</c>.</summary>
    public int Revision { get; init; }

    /// <summary>The W3C <c>traceparent</c> of the request that created the job; null for none.</summary>
    public string? Trace { get; init; }

    /// <summary>When the last event happened.</summary>
    public DateTimeOffset LastEventAt { get; init; }

    /// <summary>When the job was created.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the job was last edited, paused, resumed or cancelled.</summary>
    public DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The definition; null before the job was ever created.</summary>
    public JobDefinition? Definition { get; init; }

    /// <summary>The hash of the body that created it, when that came with an idempotency key.</summary>
    public string? BodyHash { get; init; }

    /// <summary>Counts the creations and schedule changes of this id.</summary>
    public int Generation { get; init; }

    /// <summary>Whether the job was deleted and not created again.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Whether the job was cancelled.</summary>
    public bool IsCancelled { get; init; }

    /// <summary>Whether the job is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Why the job was paused or cancelled, when somebody said.</summary>
    public string? StatusReason { get; init; }

    /// <summary>When nothing was left to do; null while something is.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The last resolved fire time of this generation; never goes back.</summary>
    public DateTimeOffset? Cursor { get; init; }

    /// <summary>The first fire time that this generation of the job had.</summary>
    public DateTimeOffset? FirstFireTime { get; init; }

    /// <summary>The next nominal instant.</summary>
    public DateTimeOffset? NextFireTime { get; init; }

    /// <summary>When the next run is due.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>The one fire time that waits for the run before it.</summary>
    public DateTimeOffset? Buffered { get; init; }

    /// <summary>Missed fire times that will be run, oldest first.</summary>
    public ValueList<DateTimeOffset> CatchUp { get; init; } = [];

    /// <summary>What the plan was made with, where fire times depend on a time zone.</summary>
    public ZonePlan? Zone { get; init; }

    /// <summary>Runs that were asked for and have not started, oldest first.</summary>
    public ValueList<RequestedRun> Requested { get; init; } = [];

    /// <summary>Runs that have started and not ended, oldest first.</summary>
    public ValueList<ActiveRun> Active { get; init; } = [];

    /// <summary>How the last run that ended did so; null when none has.</summary>
    public RunOutcome? LastOutcome { get; init; }

    /// <summary>When a target was last called.</summary>
    public DateTimeOffset? LastRunAt { get; init; }

    /// <summary>How many runs have started.</summary>
    public long RunCount { get; init; }

    /// <summary>How many runs were discarded.</summary>
    public long FailureCount { get; init; }

    /// <summary>How many runs of fire times this generation has started: what <c>max_runs</c> counts.</summary>
    public long ScheduledRuns { get; init; }

    /// <summary>How many runs were discarded since the last one that completed.</summary>
    public int DiscardedInARow { get; init; }

    /// <summary>The last idempotency keys, oldest first.</summary>
    public ValueList<UsedKey> Keys { get; init; } = [];

    /// <summary>The versions of the checkpoints that the journal was given, oldest first, and no more than are worth keeping apart.</summary>
    public ValueList<long> Checkpoints { get; init; } = [];

    /// <summary>The state before any event.</summary>
    public static JobState Empty(JobId id) => new() { Id = id };

    /// <summary>Whether there is a job for its clients.</summary>
    public bool Exists => Definition is not null && !IsDeleted;

    /// <summary>Whether a fire time, a retry or a request is still to start, or a run is active.</summary>
    public bool HasWorkLeft =>
        NextFireTime is not null || Buffered is not null || CatchUp.Count > 0 || Requested.Count > 0 || Active.Count > 0;

    /// <summary>What the job is doing: the first that holds.</summary>
    public JobStatus Status =>
        IsCancelled ? JobStatus.Cancelled
        : IsPaused ? JobStatus.Paused
        : Active.Count > 0 ? JobStatus.Running
        // Its plan is the fact behind its creation: a projection that fills views may have come to that and no further.
        : HasWorkLeft || Version == 1 ? JobStatus.Pending
        : LastOutcome is RunOutcome.Completed ? JobStatus.Completed
        : JobStatus.Failed;

    /// <summary>Whether a run that was requested may start now: no run is active, or the overlap policy lets it run beside those, or in their place.</summary>
    public bool MayStartBesideActive => Active.Count == 0 || Definition?.Overlap switch
    {
        OverlapPolicy.Allow => Active.Count < MaxActive,
        OverlapPolicy.CancelRunning => true,
        _ => false,
    };

    /// <summary>Whether a run was requested that may start: it is due, whatever the clock says that it was asked by.</summary>
    public bool HasRequestToStart => Requested.Count > 0 && MayStartBesideActive;

    /// <summary>
    /// The earliest instant at which something waits to start, leaving attempts that run aside: what the job's own timer is set to. Null
    /// when nothing does. What waits for an active run is started by that one's end, so it counts for nothing here.
    /// </summary>
    public DateTimeOffset? NextStart
    {
        get
        {
            if (!Exists || IsCancelled)
                return null;
            var next = HasRequestToStart ? Requested[0].At : (DateTimeOffset?)null;
            if (IsPaused)
                return next;
            foreach (var run in Active)
                next = Instant.Min(next, run.RetryAt);
            if (Active.Count == 0)
                next = Instant.Min(next, Instant.Min(Buffered, CatchUp.Count > 0 ? CatchUp[0] : null));
            return Instant.Min(next, NextDueAt);
        }
    }

    /// <summary>
    /// When a sleeping job must be woken: the earliest of what waits to start, and of the starts of attempts that run, so that a job
    /// whose node died in the middle of its only run is found again. A run that was asked for is due since ever: the clock that it was asked by may
    /// have been set back. Null when nothing is left to do.
    /// </summary>
    public DateTimeOffset? WakeAt
    {
        get
        {
            var wake = NextStart;
            if (wake is not null && HasRequestToStart)
                wake = DateTimeOffset.UnixEpoch;
            foreach (var run in Active)
            {
                if (run.Node is not null)
                    wake = Instant.Min(wake, run.AttemptAt);
            }

            return wake;
        }
    }

    /// <summary>The active run with that id; null when there is none.</summary>
    public ActiveRun? FindActive(RunId run) => Active.FirstOrDefault(r => r.RunId == run);

    /// <summary>The state after <paramref name="fact"/>. Pure: the same events give the same state on every node and version.</summary>
    public JobState Apply(JobEvent fact)
    {
        var next = fact switch
        {
            JobCreated e => Created(e) with { Trace = e.Trace },
            JobScheduled e => this with
            {
                Cursor = e.Cursor,
                FirstFireTime = FirstFireTime ?? e.NextFireTime,
                NextFireTime = e.NextFireTime,
                NextDueAt = e.NextDueAt,
                Buffered = e.Buffered,
                CatchUp = e.CatchUp,
                Zone = e.Zone,
                CompletedAt = null,
            },
            JobUpdated e => Updated(e),
            JobPaused e => this with { Revision = Revision + 1, UpdatedAt = e.DecidedAt, IsPaused = true, StatusReason = e.Reason },
            JobResumed e => this with { Revision = Revision + 1, UpdatedAt = e.DecidedAt, IsPaused = false, StatusReason = null, DiscardedInARow = 0 },
            JobCancelled e => WithoutPlan() with { Revision = Revision + 1, UpdatedAt = e.DecidedAt, IsCancelled = true, IsPaused = false, StatusReason = e.Reason },
            JobCompleted e => this with { CompletedAt = e.At },
            JobDeleted => WithoutPlan() with { IsDeleted = true },
            RunRequested e => this with { Requested = Requested.Add(new RequestedRun(e.RunId, e.DecidedAt) { Trace = e.Trace }), CompletedAt = null },
            AttemptStarted e => Started(e),
            AttemptFailed e => Failed(e) with { LastRunAt = e.Timing.StartedAt ?? LastRunAt },
            AttemptLost e => Lost(e),
            RunCompleted e => Ended(e.RunId, RunOutcome.Completed) with { LastRunAt = e.Timing.StartedAt ?? LastRunAt, DiscardedInARow = 0 },
            RunDiscarded e => Ended(e.RunId, RunOutcome.Discarded) with { FailureCount = FailureCount + 1, DiscardedInARow = DiscardedInARow + 1 },
            RunCancelled e => Ended(e.RunId, RunOutcome.Cancelled),
            OccurrencesSkipped => this,
            JobCheckpointed e => e.State with { Checkpoints = e.State.Checkpoints.Add(e.State.Version + 1) },
            _ => throw new InvalidOperationException($"No rule for {fact.GetType().Name}."),
        };
        next = next with { Version = next.Version + 1, LastEventAt = fact.At };
        return fact.Key is null || next.Keys.Any(k => k.Key == fact.Key)
            ? next
            : next.Remember(fact, fact.Key);
    }

    /// <summary>The state after all of <paramref name="facts"/>, in order.</summary>
    public JobState Apply(IEnumerable<JobEvent> facts) => facts.Aggregate(this, (state, fact) => state.Apply(fact));

    private JobState Remember(JobEvent fact, string key)
    {
        KeyUse? use = fact switch
        {
            JobCreated => KeyUse.Create,
            JobUpdated => KeyUse.Update,
            RunRequested => KeyUse.Trigger,
            JobPaused => KeyUse.Pause,
            JobResumed => KeyUse.Resume,
            JobCancelled => KeyUse.Cancel,
            RunCancelled or OccurrencesSkipped { Why: SkipReason.Cancelled } => KeyUse.CancelRun,
            JobDeleted => KeyUse.Delete,
            _ => null,
        };
        var run = fact switch
        {
            RunRequested e => e.RunId,
            RunCancelled e => e.RunId,
            OccurrencesSkipped e => RunId.Scheduled(Id, Generation, e.From),
            _ => (RunId?)null,
        };
        return use is null ? this : this with { Keys = Keys.Add(new UsedKey(key, Version, use.Value, run) { BodyHash = fact.BodyHash }).Last(KeysKept) };
    }

    private JobState Created(JobCreated e) => Empty(Id) with
    {
        Version = Version,
        Revision = Revision + 1,
        CreatedAt = e.DecidedAt,
        UpdatedAt = e.DecidedAt,
        Definition = e.Definition,
        BodyHash = e.BodyHash,
        Generation = e.Generation,
        Keys = Keys,
        Checkpoints = Checkpoints,
    };

    private JobState Updated(JobUpdated e)
    {
        var next = this with { Revision = Revision + 1, UpdatedAt = e.DecidedAt, Definition = e.Definition, Generation = e.Generation };
        return e.Generation == Generation
            ? next
            : next with { Cursor = null, FirstFireTime = null, NextFireTime = null, NextDueAt = null, Buffered = null, CatchUp = [], ScheduledRuns = 0 };
    }

    private JobState WithoutPlan() => this with { NextFireTime = null, NextDueAt = null, Buffered = null, CatchUp = [] };

    private JobState Started(AttemptStarted e)
    {
        var run = FindActive(e.RunId);
        if (run is not null)
        {
            return this with
            {
                Active = Active.Replace(r => r.RunId == e.RunId, r => r with
                {
                    Attempt = e.Number,
                    Counted = r.Counted + 1,
                    AttemptAt = e.DecidedAt,
                    DueAt = e.DueAt,
                    Node = e.Node,
                    RetryAt = null,
                    LostAt = null,
                    FailedAt = null,
                }),
            };
        }

        return this with
        {
            Requested = e.Kind is AttemptKind.Requested ? Requested.RemoveAll(r => r.RunId == e.RunId) : Requested,
            RunCount = RunCount + 1,
            ScheduledRuns = e.Kind is AttemptKind.Requested ? ScheduledRuns : ScheduledRuns + 1,
            Active = Active.Add(new ActiveRun
            {
                RunId = e.RunId,
                Kind = e.Kind,
                FireTime = e.FireTime,
                DueAt = e.DueAt,
                Attempt = e.Number,
                Counted = 1,
                AttemptAt = e.DecidedAt,
                Node = e.Node,
                Trace = Requested.FirstOrDefault(r => r.RunId == e.RunId)?.Trace ?? Trace,
            }),
        };
    }

    private JobState Failed(AttemptFailed e) => this with
    {
        Active = Active.Replace(r => r.RunId == e.RunId, r => r with { Node = null, RetryAt = e.RetryAt, FailedAt = e.DecidedAt }),
    };

    private JobState Lost(AttemptLost e)
    {
        var counts = e.Loss is AttemptLoss.NotBegun ? 0 : 1;
        return this with
        {
            Active = Active.Replace(r => r.RunId == e.RunId, r => r with { Node = null, RetryAt = e.RetryAt, LostAt = e.DecidedAt, Counted = r.Counted - 1 + counts }),
        };
    }

    private JobState Ended(RunId id, RunOutcome outcome) => this with
    {
        Active = Active.RemoveAll(r => r.RunId == id),
        Requested = Requested.RemoveAll(r => r.RunId == id),
        LastOutcome = outcome,
    };
}
