using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>
/// The fire times of one creation or schedule change, held against what its facts say of them. Goes along the chain of plans: what was
/// resolved since the plan before must reach, without a hole and without covering anything twice, from the first unresolved fire
/// time to the cursor. So nothing is walked through, however many fire times lie between two plans.
/// </summary>
internal sealed class GenerationAudit
{
    private readonly JobId _job;
    private readonly int _generation;
    private readonly DateTimeOffset _began;
    private readonly long _mostCounted;
    private readonly AuditGaps _gaps;
    private readonly WaitingAudit _waiting;
    private readonly List<(DateTimeOffset From, DateTimeOffset To)> _sincePlan = [];
    private JobScheduled? _plan;
    private DateTimeOffset? _resolved;
    private DateTimeOffset? _unresolved;
    private DateTimeOffset? _unresolvedDueAt;
    private DateTimeOffset? _startedFromBacklog;
    private long _started;
    private bool _isRaised;

    // The plan was made with other time-zone data: its fire times are what it says, and no schedule here could tell.
    private bool _isForeign;

    public GenerationAudit(JobId job, int generation, JobDefinition definition, DateTimeOffset began, long mostCounted, AuditGaps gaps)
    {
        (_job, _generation, _began, _mostCounted, _gaps, _waiting) = (job, generation, began, mostCounted, gaps, new WaitingAudit(gaps));
        Definition = definition;
        Await(definition.FireTimes.First(began));
    }

    public JobDefinition Definition { get; private set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Began => _began;

    /// <summary>Goes on from a checkpoint, whose state is what the last plan before it said.</summary>
    public static GenerationAudit Resume(JobState state, DateTimeOffset began, long mostCounted, AuditGaps gaps)
    {
        var audit = new GenerationAudit(state.Id, state.Generation, state.Definition!, began, mostCounted, gaps)
        {
            _started = state.ScheduledRuns,
            _resolved = state.Cursor,
            _plan = new JobScheduled
            {
                At = state.LastEventAt,
                Cursor = state.Cursor,
                NextFireTime = state.NextFireTime,
                NextDueAt = state.NextDueAt,
                Buffered = state.Buffered,
                CatchUp = state.CatchUp,
                Zone = state.Zone,
            },
        };
        audit._waiting.Resume(state);
        audit._isForeign = audit.Definition.Schedule.ZoneId is not null && DataOf(audit._plan) != TimeZones.Data.Version;
        if (state.NextFireTime is not null || audit._isForeign)
            (audit._unresolved, audit._unresolvedDueAt) = (state.NextFireTime, state.NextDueAt);
        else if (state.Cursor is { } cursor)
            audit.Await(audit.Definition.FireTimes.Next(cursor));
        return audit;
    }

    /// <summary>Whether the last plan leaves anything to start.</summary>
    public bool HasWorkLeft => _plan?.NextFireTime is not null || _waiting.Count > 0;

    public bool HasBuffered => _waiting.Buffered is not null;

    /// <summary>Whether a fire time is kept, and has not started.</summary>
    public bool IsWaiting(DateTimeOffset fireTime) => _waiting.Contains(fireTime);

    /// <summary>A schedule that has fired as often as it may has no next fire time, until that is changed.</summary>
    private bool IsSpent => Definition.MaxRuns is { } most && _started >= most;

    private DateTimeOffset? Next => IsSpent ? null : _unresolved;

    /// <summary>The definition changes, and the schedule does not.</summary>
    public void Update(JobDefinition definition, DateTimeOffset at)
    {
        var (wasSpent, jitter) = (IsSpent, Definition.Jitter);
        Definition = definition;
        _isRaised |= wasSpent && !IsSpent;

        // What is due stays due; what is not moves to where the new jitter puts it, but not into the past: that of the clock now, which may have
        // been ahead when the generation began.
        if (_unresolved is { } next && (_isRaised || (definition.Jitter != jitter && _unresolvedDueAt > at)))
            _unresolvedDueAt = _isRaised ? Instant.Max(ByDefinition(next), _began) : Instant.Max(ByJitter(next), at);
    }

    /// <summary>A fire time's first attempt starts.</summary>
    public void Start(string name, AttemptStarted e)
    {
        var fireTime = e.FireTime;
        _gaps.Check(e.RunId == RunId.Scheduled(_job, _generation, fireTime), $"{name} calls the run of {fireTime} {e.RunId.Value}");
        var isWaiting = e.Kind is AttemptKind.Buffered or AttemptKind.CatchUp;
        _gaps.Check(_isForeign || e.DueAt == DueAt(fireTime) || (isWaiting && e.DueAt == Definition.DueAt(e.RunId, fireTime)), $"{name} is due at {e.DueAt}, and {fireTime} is due at {DueAt(fireTime)}");
        var ahead = _started + (e.Kind is AttemptKind.Scheduled ? _waiting.Count : 0);
        _gaps.Check(!(ahead >= Definition.MaxRuns), $"{name} starts {fireTime} after {ahead} runs of at most {Definition.MaxRuns}");
        _started++;
        if (e.Kind is AttemptKind.Buffered)
        {
            _waiting.StartBuffered(name, fireTime);
        }
        else if (e.Kind is not AttemptKind.CatchUp || !_waiting.TryStartCatchUp(name, fireTime))
        {
            _gaps.Check(_resolved is null || fireTime > _resolved, $"{name} starts {fireTime}, which is accounted for already");
            _startedFromBacklog = e.Kind is AttemptKind.CatchUp ? fireTime : null;
            _sincePlan.Add((fireTime, fireTime));
        }
    }

    /// <summary>Occurrences become no runs.</summary>
    /// <returns>How many; null when there are too many to count.</returns>
    public long? Skip(string name, OccurrencesSkipped e)
    {
        if (e.From > e.To)
        {
            _gaps.Add($"{name} covers nothing");
            return 0;
        }

        if (_resolved is { } resolved && e.From <= resolved)
            _waiting.Skip(Definition.FireTimes, e.From, e.To < resolved ? e.To : resolved);
        if (_resolved is null || e.To > _resolved)
        {
            _gaps.Check(_isForeign || DueAt(e.To) <= e.DecidedAt, $"{name} skips {e.To}, which had not come");
            _sincePlan.Add((_resolved is { } last && e.From <= last && _unresolved is { } next ? next : e.From, e.To));
        }

        if (_isForeign)
            return e.Count;
        var most = e.Count < _mostCounted ? Math.Max(e.Count.Value, 1) : _mostCounted;
        var count = Definition.FireTimes.Count(e.From, e.To, most);
        _gaps.Check(e.Count is not { } told || told == count || (count is null && told > most), $"{name} says that it covers {e.Count}, and {e.From} to {e.To} are {(count is null ? "more" : $"{count}")}");
        return e.Count ?? count;
    }

    /// <summary>Everything that is still to come is said anew.</summary>
    /// <param name="name">The fact, as people name it.</param>
    /// <param name="e">The fact.</param>
    /// <param name="lostAt">When the attempts of all active runs had been found lost; null when that is not so.</param>
    public void Plan(string name, JobScheduled e, DateTimeOffset? lostAt)
    {
        var kept = _waiting.Plan(name, e);
        var mayBuffer = Definition.Overlap is OverlapPolicy.BufferOne || (Definition.Overlap is OverlapPolicy.Skip && lostAt >= DueAt(e.Buffered));
        Reach(kept);
        CheckKept(name, e, kept, mayBuffer);
        // Until 2026-11 a one-off in the past was due at its creation, whatever the policy.
        if (Definition.Misfire.LooksAtAge && e.NextFireTime == _unresolved && _unresolvedDueAt < _began && e.NextDueAt == _began)
            _unresolvedDueAt = _began;
        Adopt(name, e);
        _gaps.Check(!_isRaised || _unresolved is not { } missed || DueAt(missed) > e.DecidedAt, $"{_unresolved} was neither run nor skipped when max_runs was raised");
        _isRaised = false;
        _gaps.Check(e.Cursor == _resolved, $"{name} has its cursor at {e.Cursor}, and {_resolved} was resolved last");
        _gaps.Check(e.NextFireTime == Next, $"{name} plans {e.NextFireTime}, and {Next} is next");
        _gaps.Check(e.NextFireTime != Next || e.NextDueAt == DueAt(Next), $"{name} has {Next} due at {e.NextDueAt} instead of {DueAt(Next)}");
        _plan = e;
    }

    /// <summary>Goes over to a plan that was made with other time-zone data than the one before it, or than those in use.</summary>
    private void Adopt(string name, JobScheduled e)
    {
        var (wasForeign, before) = (_isForeign, DataOf(_plan));
        _isForeign = Definition.Schedule.ZoneId is not null && DataOf(e) != TimeZones.Data.Version;
        if (!_isForeign && !wasForeign)
            return;
        _gaps.Check(_resolved is null || e.Cursor >= _resolved, $"{name} goes back to {e.Cursor}, and {_resolved} was resolved");
        _gaps.Check(e.Cursor == _resolved || DataOf(e) != before, $"{name} has its cursor at {e.Cursor}, and {_resolved} was resolved last");
        _resolved = e.Cursor;
        if (!_isForeign)
        {
            Await(e.Cursor is { } cursor ? Definition.FireTimes.Next(cursor) : Definition.FireTimes.First(_began));
        }
        else if (!IsSpent || e.NextFireTime is not null)
        {
            (_unresolved, _unresolvedDueAt) = (e.NextFireTime, e.NextDueAt);
        }
    }

    private static string DataOf(JobScheduled? plan) => plan?.Zone?.Data ?? TimeZoneData.BeforeItWasSaid;

    /// <summary>The job is paused, resumed, changed or ended: nothing that has come may be unresolved, nothing may wait.</summary>
    public void Close(DateTimeOffset at)
    {
        Reach([]);
        _waiting.Close();
        if (Next is { } missed && DueAt(missed) <= at)
            NeitherRunNorSkipped(missed, LastDue(missed, at));
    }

    /// <summary>The facts end here, and the job goes on.</summary>
    /// <returns>How many fire times have come or wait, and have neither started nor been skipped; null for too many to count.</returns>
    public long? Conclude(DateTimeOffset now)
    {
        _gaps.Check(
            _sincePlan.Count == 0 && _plan is { } plan && _waiting.IsPlannedBy(plan) && plan.Cursor == _resolved && plan.NextFireTime == Next && plan.NextDueAt == DueAt(Next),
            $"The last plan is not what follows from the facts");
        Reach([]);
        return Next is { } due && DueAt(due) <= now
            ? _waiting.Count + Definition.FireTimes.Count(due, LastDue(due, now), _mostCounted)
            : _waiting.Count;
    }

    /// <summary>Joins what was resolved since the last plan, oldest first.</summary>
    private void Reach(IReadOnlyList<DateTimeOffset> kept)
    {
        _sincePlan.AddRange(kept.Select(t => (t, t)));
        foreach (var (from, to) in _sincePlan.OrderBy(r => r.From))
        {
            if (_isForeign)
                CheckForeign(from);
            else if (!IsFireTime(from) || !IsFireTime(to) || _unresolved is null || (_resolved is null && from < _unresolved))
                _gaps.Add($"{from} to {to} are run or skipped, and are not fire times of the schedule from {_began} on");
            else if (from < _unresolved)
                _gaps.Add($"{from} is accounted for twice");
            else if (from > _unresolved)
                NeitherRunNorSkipped(_unresolved.Value, Definition.FireTimes.Last(_unresolved.Value, from.AddMilliseconds(-1)));
            if (_resolved is not null && to <= _resolved)
                continue;
            _resolved = to;
            Await(_isForeign ? null : Definition.FireTimes.Next(to));
        }

        _sincePlan.Clear();
    }

    private void CheckForeign(DateTimeOffset from)
    {
        if (_resolved is { } resolved && from <= resolved)
            _gaps.Add($"{from} is accounted for twice");
        else if (_unresolved is { } next && from > next)
            NeitherRunNorSkipped(next, next);
    }

    private void CheckKept(string name, JobScheduled e, IReadOnlyList<DateTimeOffset> kept, bool mayBuffer)
    {
        if (kept.Count == 0 && _startedFromBacklog is null)
            return;
        var policy = Definition.Misfire;
        var isBuffered = e.Buffered is { } buffered && kept.Contains(buffered);
        var caughtUp = kept.Count - (isBuffered ? 1 : 0);
        _gaps.Check(!isBuffered || mayBuffer, $"{name} buffers {e.Buffered}, and the overlap policy does not");
        _gaps.Check((caughtUp == 0 && _startedFromBacklog is null) || policy.Kind is MisfireKind.FireAll, $"{name} catches up, and the misfire policy does not");
        _gaps.Check(caughtUp == 0 || e.CatchUp.Count <= policy.Limit, $"{name} has {e.CatchUp.Count} to catch up with, of at most {policy.Limit}");
        _gaps.Check(_startedFromBacklog is not { } first || e.CatchUp.Count == 0 || first < e.CatchUp[0], $"{name} catches up with {_startedFromBacklog} first, which is not the oldest");
        _gaps.Check(Definition.MaxRuns is not { } most || _started + _waiting.Count <= most, $"{name} has {_waiting.Count} waiting after {_started} runs of at most {Definition.MaxRuns}");
        _startedFromBacklog = null;
    }

    private void NeitherRunNorSkipped(DateTimeOffset from, DateTimeOffset to)
    {
        if (from == to)
            _gaps.Add($"{from} was neither run nor skipped");
        else
            _gaps.Add($"{from} to {to} were neither run nor skipped");
    }

    private bool IsFireTime(DateTimeOffset instant) => Definition.FireTimes.Next(instant.AddMilliseconds(-1)) == instant;

    /// <summary>Due times keep the order of fire times, so only the last one that has come may not be due yet.</summary>
    private DateTimeOffset LastDue(DateTimeOffset first, DateTimeOffset at)
    {
        var last = Definition.FireTimes.Last(first, at);
        return last > first && DueAt(last) > at ? Definition.FireTimes.Last(first, last.AddMilliseconds(-1)) : last;
    }

    private void Await(DateTimeOffset? next)
    {
        _unresolved = next;
        _unresolvedDueAt = next is { } t ? ByDefinition(t) : null;
    }

    private DateTimeOffset DueAt(DateTimeOffset fireTime) => fireTime == _unresolved ? _unresolvedDueAt!.Value : ByDefinition(fireTime);

    private DateTimeOffset? DueAt(DateTimeOffset? fireTime) => fireTime is { } t ? DueAt(t) : null;

    private DateTimeOffset ByJitter(DateTimeOffset fireTime) => Definition.DueAt(RunId.Scheduled(_job, _generation, fireTime), fireTime);

    /// <summary>A fire time that had passed when the generation began is due then, unless the misfire policy looks at its age.</summary>
    private DateTimeOffset ByDefinition(DateTimeOffset fireTime)
    {
        var dueAt = ByJitter(fireTime);
        return Definition.Misfire.LooksAtAge ? dueAt : Instant.Max(dueAt, _began);
    }
}
