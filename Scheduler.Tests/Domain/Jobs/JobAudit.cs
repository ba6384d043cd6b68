using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>What an audit found: how each occurrence ended, and what is wrong.</summary>
/// <param name="Occurrences">How many fire times have come.</param>
/// <param name="Completed">How many of them became runs that completed.</param>
/// <param name="Discarded">How many became runs that were discarded.</param>
/// <param name="Cancelled">How many became runs that were cancelled.</param>
/// <param name="Skipped">How many a skip covers.</param>
/// <param name="Open">How many are active, or still to be resolved.</param>
/// <param name="Faults">What must never be, each in a sentence.</param>
internal sealed record AuditFindings(int Occurrences, int Completed, int Discarded, int Cancelled, int Skipped, int Open, ValueList<string> Faults);

/// <summary>
/// Reads a job's facts from the first to the last and holds them against what must always be, knowing nothing of how they were decided
/// and nothing of the state that is folded from them.
/// </summary>
internal sealed class JobAudit
{
    private readonly Func<Schedule, DateTimeOffset, IEnumerable<DateTimeOffset>> _fireTimesUntil;
    private readonly List<string> _faults = [];
    private readonly Dictionary<RunId, Run> _runs = [];
    private readonly List<Era> _eras = [];
    private DateTimeOffset _at = DateTimeOffset.MinValue;
    private int _version;
    private int _generation;
    private JobDefinition? _definition;

    private JobAudit(Func<Schedule, DateTimeOffset, IEnumerable<DateTimeOffset>> fireTimesUntil) => _fireTimesUntil = fireTimesUntil;

    private enum Fate
    {
        Open,
        Completed,
        Discarded,
        Cancelled,
    }

    private Era? Current => _eras.Count > 0 ? _eras[^1] : null;

    /// <summary>Audits.</summary>
    /// <param name="facts">The whole journal of one job.</param>
    /// <param name="now">Up to when fire times have come.</param>
    /// <param name="fireTimesUntil">All fire times of a schedule up to an instant, found by walking.</param>
    public static AuditFindings Of(
        IEnumerable<JobEvent> facts,
        DateTimeOffset now,
        Func<Schedule, DateTimeOffset, IEnumerable<DateTimeOffset>> fireTimesUntil)
    {
        var audit = new JobAudit(fireTimesUntil);
        foreach (var fact in facts)
            audit.Read(fact);
        return audit.Conclude(now);
    }

    private void Read(JobEvent fact)
    {
        _version++;
        Check(fact.At >= _at, $"{Name(fact)} is dated before the fact in front of it");
        Check(fact.At.Offset == TimeSpan.Zero && fact.At.Ticks % TimeSpan.TicksPerMillisecond == 0, $"{Name(fact)} is not dated by a whole millisecond of UTC");
        _at = fact.At;
        Check(Current?.IsCompleted != true || fact is RunRequested or JobScheduled or JobCreated or JobUpdated or JobPaused or JobResumed or JobCancelled or JobDeleted,
            $"{Name(fact)} follows the job's completion");
        switch (fact)
        {
            case JobCreated e:
                Check(Current is null or { Ended: not null }, $"{Name(e)} comes though the job exists");
                Begin(e.Definition, e.Generation, e.At, mayRepeat: false);
                break;
            case JobUpdated e:
                if (e.Generation != _generation)
                    Begin(e.Definition, e.Generation, e.At, mayRepeat: true);
                _definition = e.Definition;
                break;
            case JobScheduled e:
                Plan(e);
                break;
            case JobPaused:
                Current!.IsPaused = true;
                break;
            case JobResumed:
                Current!.IsPaused = false;
                break;
            case JobCancelled e:
                End(e);
                break;
            case JobDeleted e:
                End(e);
                break;
            case JobCompleted:
                Check(!HasWorkLeft(), $"{Name(fact)} comes though something is left to do");
                Current!.IsCompleted = true;
                break;
            case RunRequested e:
                Check(e.RunId == RunId.Requested(e.RunId.JobId, _generation, _version), $"{Name(e)} promises {e.RunId}, which is another request's");
                Check(_runs.TryAdd(e.RunId, new Run(fireTime: null)), $"{e.RunId} is promised twice");
                Current!.IsCompleted = false;
                break;
            case AttemptStarted e:
                Start(e);
                break;
            case AttemptFailed e:
                EndAttempt(e, e.RunId, e.Number, counts: true, e.RetryAt);
                break;
            case AttemptLost e:
                EndAttempt(e, e.RunId, e.Number, e.Loss is AttemptLoss.Unknown, e.RetryAt);
                break;
            case RunCompleted e:
                EndAttempt(e, e.RunId, e.Number, counts: true, retryAt: null);
                EndRun(e, e.RunId, Fate.Completed);
                break;
            case RunDiscarded e:
                EndRun(e, e.RunId, Fate.Discarded);
                break;
            case RunCancelled e:
                EndRun(e, e.RunId, Fate.Cancelled);
                break;
            case OccurrencesSkipped e:
                Check(e.From <= e.To && e.Count is null or >= 1, $"{Name(e)} covers nothing");
                Current!.Skips.Add((e.From, e.To, e.Count));
                break;
            default:
                Check(holds: false, $"{Name(fact)} is of a kind that no audit knows");
                break;
        }
    }

    private void Begin(JobDefinition definition, int generation, DateTimeOffset at, bool mayRepeat)
    {
        Check(generation == _generation + 1, $"Generation {generation} follows {_generation}");
        _generation = generation;
        _definition = definition;
        if (Current is { Ended: null } before)
            before.Ended = at;
        _eras.Add(new Era(definition.Schedule, generation, at) { IsPaused = mayRepeat && Current?.IsPaused == true });
    }

    private void Plan(JobScheduled e)
    {
        var era = Current!;
        Check(era.Ended is null, $"{Name(e)} plans for a job that has ended");
        Check(era.Cursor is null || (e.Cursor is not null && e.Cursor >= era.Cursor), $"{Name(e)} moves the cursor back");
        Check(e.NextFireTime is null || e.Cursor is null || e.NextFireTime > e.Cursor, $"{Name(e)} plans what is resolved already");
        Check(e.NextFireTime is null == e.NextDueAt is null && (e.NextDueAt is null || e.NextDueAt >= e.NextFireTime), $"{Name(e)} is due before its fire time");
        era.Cursor = e.Cursor;
        era.Next = e.NextFireTime;
        era.DueAt = e.NextDueAt;
        era.IsCompleted = false;
    }

    private void End(JobEvent fact)
    {
        var era = Current!;
        era.Ended ??= fact.At;
        era.IsPaused = false;
        era.Next = null;
        Check(_runs.Values.All(r => r.Fate is not Fate.Open), $"{Name(fact)} leaves a run behind");
    }

    private void Start(AttemptStarted e)
    {
        var era = Current!;
        Check(era.Ended is null, $"{Name(e)} starts something of a job that has ended");
        Check(e.Kind is AttemptKind.Requested || !era.IsPaused, $"{Name(e)} starts something of a paused job that nobody requested");
        if (e.Kind is AttemptKind.Scheduled)
        {
            Check(e.RunId == RunId.Scheduled(e.RunId.JobId, _generation, e.FireTime), $"{Name(e)} calls {e.FireTime:O} {e.RunId}");
            Check(e.FireTime == era.Next && e.DueAt == era.DueAt, $"{Name(e)} starts {e.FireTime:O}, which is not what was planned");
            Check(_runs.TryAdd(e.RunId, new Run(e.FireTime)), $"{e.RunId} comes twice");
            Check(Active() == 1, $"{Name(e)} overlaps");
        }

        if (!_runs.TryGetValue(e.RunId, out var run))
        {
            Check(holds: false, $"{Name(e)} starts {e.RunId}, which nobody asked for");
            return;
        }

        Check(run.Fate is Fate.Open, $"{Name(e)} starts {e.RunId} again, which has ended");
        Check(!run.IsRunning, $"{Name(e)} starts {e.RunId} while an attempt of it runs");
        Check(e.Number == run.Attempts + 1, $"{Name(e)} has number {e.Number} after {run.Attempts}");
        Check(e.Kind is AttemptKind.Retry == run.Attempts > 0, $"{Name(e)} number {e.Number} is of kind {e.Kind}");
        Check(run.RetryAt is null || e.DueAt == run.RetryAt, $"{Name(e)} is due at {e.DueAt:O}, and was promised for {run.RetryAt:O}");
        run.Attempts = e.Number;
        run.Counted++;
        run.IsRunning = true;
        run.RetryAt = null;
        Check(run.Counted <= _definition!.Retry.MaxAttempts, $"{Name(e)} is the {run.Counted}th that counts of at most {_definition.Retry.MaxAttempts}");
    }

    private void EndAttempt(JobEvent fact, RunId id, int number, bool counts, DateTimeOffset? retryAt)
    {
        if (!_runs.TryGetValue(id, out var run) || run.Fate is not Fate.Open || !run.IsRunning || run.Attempts != number)
        {
            Check(holds: false, $"{Name(fact)} ends attempt {number} of {id}, which does not run");
            return;
        }

        run.IsRunning = false;
        run.RetryAt = retryAt;
        run.MustEnd = retryAt is null;
        if (!counts)
            run.Counted--;
        Check(retryAt is null || retryAt.Value.Ticks % TimeSpan.TicksPerMillisecond == 0, $"{Name(fact)} promises a retry between two milliseconds");
    }

    private void EndRun(JobEvent fact, RunId id, Fate fate)
    {
        if (!_runs.TryGetValue(id, out var run) || run.Fate is not Fate.Open)
        {
            Check(holds: false, $"{Name(fact)} ends {id}, which is not there or has ended");
            return;
        }

        Check(fate is Fate.Cancelled || run.MustEnd, $"{Name(fact)} ends {id}, which may still be tried");
        run.Fate = fate;
        run.IsRunning = false;
        run.MustEnd = false;
    }

    private AuditFindings Conclude(DateTimeOffset now)
    {
        Check(_runs.Values.All(r => r.Fate is not Fate.Open || !r.MustEnd), "A run can neither be retried nor has it ended");
        Check(Current is not { Ended: null } era || era.IsCompleted == !HasWorkLeft(), "Nothing is left to do, and nobody said so");
        int occurrences = 0, completed = 0, discarded = 0, cancelled = 0, skipped = 0, open = 0;
        foreach (var past in _eras)
        {
            // A fire time before the creation is due with it.
            var until = past.Ended ?? Instant.Max(now, past.Began);
            var expected = _fireTimesUntil(past.Schedule, until).ToHashSet();
            var resolved = past.Skips.SelectMany(s => Covered(past.Schedule, s)).Concat(RunsOf(past).Select(r => r.FireTime!.Value)).ToList();
            Check(resolved.Count == resolved.Distinct().Count(), "An occurrence is accounted for twice");

            // What was resolved before the clock jumped back has come.
            expected.UnionWith(resolved);
            foreach (var fireTime in expected)
            {
                occurrences++;
                if (past.Skips.Exists(s => s.From <= fireTime && fireTime <= s.To))
                    skipped++;
                else if (RunsOf(past).FirstOrDefault(r => r.FireTime == fireTime) is { } run)
                    Count(run.Fate);
                else if (past.Next is { } next && next <= fireTime)
                    open++;
                else
                    Check(holds: false, $"Nothing is known of {fireTime:O}");
            }
        }

        return new AuditFindings(occurrences, completed, discarded, cancelled, skipped, open, ValueList.From(_faults));

        void Count(Fate fate) => _ = fate switch
        {
            Fate.Completed => completed++,
            Fate.Discarded => discarded++,
            Fate.Cancelled => cancelled++,
            _ => open++,
        };
    }

    private IEnumerable<DateTimeOffset> Covered(Schedule schedule, (DateTimeOffset From, DateTimeOffset To, long? Count) skip)
    {
        var covered = _fireTimesUntil(schedule, skip.To).Where(t => t >= skip.From).ToList();
        Check(skip.Count is null || skip.Count == covered.Count, $"A skip of {skip.Count} covers {covered.Count}");
        return covered;
    }

    private IEnumerable<Run> RunsOf(Era era) =>
        _runs.Where(r => r.Value.FireTime is { } t && r.Key == RunId.Scheduled(r.Key.JobId, era.Generation, t)).Select(r => r.Value);

    private bool HasWorkLeft() => Current?.Next is not null || Active() > 0 || _runs.Values.Any(r => r.Fate is Fate.Open);

    private int Active() => _runs.Values.Count(r => r.Fate is Fate.Open && (r.Attempts > 0 || r.FireTime is not null));

    private string Name(JobEvent fact) => $"{fact.GetType().Name} (version {_version})";

    private void Check(bool holds, string fault)
    {
        if (!holds)
            _faults.Add(fault);
    }

    /// <summary>A generation: one creation or schedule change, and what was planned from it.</summary>
    private sealed class Era(Schedule schedule, int generation, DateTimeOffset began)
    {
        public Schedule Schedule { get; } = schedule;

        public int Generation { get; } = generation;

        public DateTimeOffset Began { get; } = began;

        public DateTimeOffset? Ended { get; set; }

        public DateTimeOffset? Cursor { get; set; }

        public DateTimeOffset? Next { get; set; }

        public DateTimeOffset? DueAt { get; set; }

        public bool IsPaused { get; set; }

        public bool IsCompleted { get; set; }

        public List<(DateTimeOffset From, DateTimeOffset To, long? Count)> Skips { get; } = [];
    }

    private sealed class Run(DateTimeOffset? fireTime)
    {
        public DateTimeOffset? FireTime { get; } = fireTime;

        public Fate Fate { get; set; }

        public int Attempts { get; set; }

        public int Counted { get; set; }

        public bool IsRunning { get; set; }

        public bool MustEnd { get; set; }

        public DateTimeOffset? RetryAt { get; set; }
    }
}
