using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Domain.Jobs;

namespace Scheduler.Tests.Domain.Auditing;

/// <summary>
/// Facts about a job that fires every minute, written by hand. Minute 0 is its creation; a fact is dated by the latest minute that was
/// named.
/// </summary>
internal sealed class Journal
{
    public static readonly JobDefinition EveryMinute = Story.Definition with { Schedule = new IntervalSchedule(TimeSpan.FromMinutes(1), Story.Start) };

    private readonly List<JobEvent> _facts = [];
    private readonly JobDefinition _first;
    private DateTimeOffset _at = Story.Start;
    private int _generation = 1;

    public Journal(Func<JobDefinition, JobDefinition>? change = null) => _first = change is null ? EveryMinute : change(EveryMinute);

    public IReadOnlyList<JobEvent> Facts => _facts;

    public static DateTimeOffset T(double minute) => Story.Start.AddMinutes(minute);

    public static RunId Run(double minute, int generation = 1) => RunId.Scheduled(Story.Id, generation, T(minute));

    /// <summary>The job is created and planned.</summary>
    public static Journal Of(Func<JobDefinition, JobDefinition>? change = null) => new Journal(change).Creates().Plans(null, 1);

    public Journal At(double minute)
    {
        _at = T(minute);
        return this;
    }

    public Journal Creates() => Tells(new JobCreated { At = _at, Definition = _first, Generation = _generation });

    public Journal Plans(double? cursor, double? next, double? buffered = null, params double[] catchUp) => Tells(new JobScheduled
    {
        At = _at,
        Cursor = cursor is { } c ? T(c) : null,
        NextFireTime = next is { } n ? T(n) : null,
        NextDueAt = next is { } d ? T(d) : null,
        Buffered = buffered is { } b ? T(b) : null,
        CatchUp = [.. catchUp.Select(T)],
    });

    public Journal Starts(double minute, AttemptKind kind = AttemptKind.Scheduled, int number = 1, double? due = null) => Tells(new AttemptStarted
    {
        At = _at,
        RunId = Run(minute, _generation),
        Number = number,
        Kind = kind,
        FireTime = T(minute),
        DueAt = T(due ?? minute),
        Node = Story.Node,
    });

    /// <summary>A fire time comes, starts on time, and the next one is planned.</summary>
    public Journal Fires(double minute, double? next) => At(minute).Starts(minute).Plans(minute, next);

    public Journal Requests() => Tells(new RunRequested { At = _at, RunId = RunId.Requested(Story.Id, _generation, _facts.Count + 1) });

    public Journal StartsRequest(long version) => Tells(new AttemptStarted
    {
        At = _at,
        RunId = RunId.Requested(Story.Id, _generation, version),
        Number = 1,
        Kind = AttemptKind.Requested,
        FireTime = _at,
        DueAt = _at,
        Node = Story.Node,
    });

    public Journal Completes(double minute, int number = 1, double? startedAt = null) => Tells(new RunCompleted
    {
        At = _at,
        RunId = Run(minute, _generation),
        Number = number,
        Timing = new AttemptTiming(startedAt is { } s ? T(s) : null, null, null),
    });

    public Journal Fails(double minute, double? retry, int number = 1, bool retryable = true) => Tells(new AttemptFailed
    {
        At = _at,
        RunId = Run(minute, _generation),
        Number = number,
        Kind = FailureKind.Failed,
        Error = "It broke.",
        Retryable = retryable,
        RetryAt = retry is { } r ? T(r) : null,
    });

    public Journal Loses(double minute, AttemptLoss loss, double? retry, int number = 1) => Tells(new AttemptLost
    {
        At = _at,
        RunId = Run(minute, _generation),
        Number = number,
        Loss = loss,
        RetryAt = retry is { } r ? T(r) : null,
    });

    public Journal Discards(double minute) => Tells(new RunDiscarded { At = _at, RunId = Run(minute, _generation) });

    public Journal CancelsRun(double minute) => Tells(new RunCancelled { At = _at, RunId = Run(minute, _generation) });

    public Journal Skips(double from, double to, long? count, SkipReason why) =>
        Tells(new OccurrencesSkipped { At = _at, From = T(from), To = T(to), Count = count, Why = why });

    public Journal Updates(Func<JobDefinition, JobDefinition> change, bool isSchedule = false) => Tells(new JobUpdated
    {
        At = _at,
        Definition = change(_first),
        Generation = isSchedule ? ++_generation : _generation,
    });

    public Journal CreatesAgain()
    {
        _generation++;
        return Creates();
    }

    public Journal Pauses() => Tells(new JobPaused { At = _at });

    public Journal Resumes() => Tells(new JobResumed { At = _at });

    public Journal CancelsJob() => Tells(new JobCancelled { At = _at });

    public Journal Deletes() => Tells(new JobDeleted { At = _at });

    public Journal Ends() => Tells(new JobCompleted { At = _at });

    public Journal Tells(JobEvent fact)
    {
        _facts.Add(fact);
        return this;
    }

    /// <summary>The audit of these facts, half a minute after the last of them unless another minute is named.</summary>
    public AuditReport Audit(double? minute = null, long mostCounted = JobAudit.MostCounted)
    {
        var audit = new JobAudit(Story.Id, mostCounted);
        foreach (var fact in _facts)
            audit.Read(fact);
        return audit.Conclude(minute is { } m ? T(m) : _at.AddSeconds(30));
    }
}
