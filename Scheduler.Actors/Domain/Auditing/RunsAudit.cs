using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>
/// Holds attempts, retries and outcomes against what must be, whatever they are runs of. Knows the runs that are active or requested and
/// no others: one that has ended can't come back, since no fact may start what neither waits nor is planned.
/// </summary>
internal sealed class RunsAudit(AuditGaps gaps)
{
    /// <summary>How many runs may be active at once.</summary>
    private const int MostActive = 16;

    private readonly Dictionary<RunId, AuditedRun> _active = [];
    private readonly HashSet<RunId> _requested = [];

    /// <summary>How many runs are active.</summary>
    public int Active => _active.Count;

    /// <summary>How many of the active ones are runs of fire times.</summary>
    public int ActiveOccurrences => _active.Values.Count(r => r.IsOccurrence);

    /// <summary>How many runs are requested and have not started.</summary>
    public int Requested => _requested.Count;

    /// <summary>How the runs of fire times ended.</summary>
    public RunTotals Totals { get; } = new();

    /// <summary>Since when nothing of the active runs goes on, because the attempts of all were lost; null when that is not so.</summary>
    public DateTimeOffset? LostAt => Active > 0 && _active.Values.All(r => r.LostAt is not null) ? _active.Values.Min(r => r.LostAt) : null;

    /// <summary>Whether as many runs are active as may be: a fire time that comes now overlaps.</summary>
    public bool IsFull(OverlapPolicy overlap) => Active >= (overlap is OverlapPolicy.Allow ? MostActive : 1);

    /// <summary>Goes on from a checkpoint.</summary>
    public void Resume(JobState state, AuditedPast past)
    {
        Totals.Resume(past);
        foreach (var requested in state.Requested)
            _requested.Add(requested.RunId);
        foreach (var run in state.Active)
        {
            _active.Add(run.RunId, new AuditedRun(run.Kind is not AttemptKind.Requested)
            {
                Attempts = run.Attempt,
                Counted = run.Counted,
                IsRunning = run.Node is not null,
                DueAt = run.DueAt,
                RetryAt = run.RetryAt,
                LostAt = run.LostAt,
                EndedAt = run.EndedAt,
            });
        }
    }

    public void Request(string name, RunRequested e, OverlapPolicy overlap, bool isBuffered)
    {
        gaps.Check(overlap is not OverlapPolicy.Skip || (Active == 0 && Requested == 0), $"{name} comes while a run is active or requested, and the overlap policy is skip");
        gaps.Check(overlap is not OverlapPolicy.BufferOne || Active == 0 || (Requested == 0 && !isBuffered), $"{name} comes while another waits for the active run");
        gaps.Check(_requested.Add(e.RunId), $"{name} promises {e.RunId.Value} twice");
        gaps.Check(Requested <= JobState.MaxRequested, $"{name} is the {Requested}th that waits of at most {JobState.MaxRequested}");
    }

    /// <summary>The first attempt of a run.</summary>
    public void Begin(string name, AttemptStarted e, OverlapPolicy overlap)
    {
        gaps.Check(e.Kind is not AttemptKind.Requested || _requested.Remove(e.RunId), $"{name} starts {e.RunId.Value}, which nobody asked for");
        gaps.Check(e.Kind is AttemptKind.CatchUp ? Active == 0 : !IsFull(overlap), $"{name} overlaps an active run");
        gaps.Check(e.Number == 1, $"{name} has number {e.Number} after 0");
        var run = new AuditedRun(e.Kind is not AttemptKind.Requested);
        gaps.Check(_active.TryAdd(e.RunId, run), $"{name} starts {e.RunId.Value}, which is active");
        Started(run, e);
    }

    /// <summary>Another attempt of a run.</summary>
    public void Retry(string name, AttemptStarted e)
    {
        if (!_active.TryGetValue(e.RunId, out var run))
        {
            gaps.Add($"{name} starts {e.RunId.Value} again, which is not active");
            return;
        }

        gaps.Check(!run.IsRunning, $"{name} starts {e.RunId.Value} while an attempt of it runs");
        gaps.Check(run.IsRunning || run.RetryAt is not null, $"{name} is an attempt of {e.RunId.Value} that was not promised");
        gaps.Check(run.RetryAt is null || e.DueAt == run.RetryAt || (e.DecidedAt < run.EndedAt && e.DueAt == e.DecidedAt), $"{name} is due at {e.DueAt}, and was promised for {run.RetryAt}");
        gaps.Check(e.Number == run.Attempts + 1, $"{name} has number {e.Number} after {run.Attempts}");
        Started(run, e);
    }

    public void Fail(string name, AttemptFailed e, RetryPolicy retry)
    {
        if (EndAttempt(name, e.RunId, e.Number, e.Timing) is not { } run)
            return;
        run.RetryAt = e.RetryAt;
        run.EndedAt = e.DecidedAt;
        gaps.Check(e.RetryAt is not null == (e.Retryable && retry.Allows(run.Counted)), $"{name} has {(e.RetryAt is null ? "no" : "a")} retry, against the policy");
        CheckDelay(name, run, e, retry.DelayAfter(run.Counted, e.RunId.Value));
    }

    public void Lose(string name, AttemptLost e, RetryPolicy retry)
    {
        if (EndAttempt(name, e.RunId, e.Number, AttemptTiming.Unknown) is not { } run)
            return;
        run.RetryAt = e.RetryAt;
        run.LostAt = run.EndedAt = e.DecidedAt;
        var isFree = e.Loss is AttemptLoss.NotBegun;
        gaps.Check(e.RetryAt is not null == (isFree || retry.Allows(run.Counted)), $"{name} has {(e.RetryAt is null ? "no" : "a")} retry, against the policy");
        CheckDelay(name, run, e, isFree ? TimeSpan.Zero : retry.DelayAfter(run.Counted, e.RunId.Value));
        if (isFree)
            run.Counted--;
    }

    public void Complete(string name, RunCompleted e)
    {
        if (EndAttempt(name, e.RunId, e.Number, e.Timing) is not null)
            EndRun(e.RunId, RunOutcome.Completed);
    }

    public void Discard(string name, RunDiscarded e)
    {
        if (!_active.TryGetValue(e.RunId, out var run))
        {
            gaps.Add($"{name} ends {e.RunId.Value}, which is not active");
            return;
        }

        gaps.Check(run.MustEnd, $"{name} ends {e.RunId.Value}, which may still be tried");
        EndRun(e.RunId, RunOutcome.Discarded);
    }

    public void Cancel(string name, RunCancelled e)
    {
        if (_active.ContainsKey(e.RunId))
            EndRun(e.RunId, RunOutcome.Cancelled);
        else
            gaps.Check(_requested.Remove(e.RunId), $"{name} ends {e.RunId.Value}, which is neither active nor requested");
    }

    /// <summary>The job has ended: nothing may be left.</summary>
    public void Close(string name)
    {
        foreach (var run in _active.Keys.Concat(_requested))
            gaps.Add($"{name} leaves {run.Value} behind");
        _active.Clear();
        _requested.Clear();
    }

    public void Conclude()
    {
        foreach (var (id, run) in _active)
            gaps.Check(!run.MustEnd, $"{id.Value} will not be tried again, and has not ended");
    }

    private static void Started(AuditedRun run, AttemptStarted e)
    {
        run.Attempts = e.Number;
        run.Counted++;
        run.IsRunning = true;
        run.DueAt = e.DueAt;
        run.RetryAt = null;
        run.LostAt = null;
        run.EndedAt = null;
    }

    private AuditedRun? EndAttempt(string name, RunId id, int number, AttemptTiming timing)
    {
        if (!_active.TryGetValue(id, out var run) || !run.IsRunning || run.Attempts != number)
        {
            gaps.Add($"{name} ends attempt {number} of {id.Value}, which does not run");
            return null;
        }

        gaps.Check(timing.StartedAt is null || timing.StartedAt >= run.DueAt, $"{name} says that the target was called at {timing.StartedAt}, before {run.DueAt}");
        run.IsRunning = false;
        return run;
    }

    private void CheckDelay(string name, AuditedRun run, JobEvent end, TimeSpan delay)
    {
        if (run.RetryAt is not { } retryAt)
            return;
        var earliest = Instant.After(end.DecidedAt, delay);
        // Else the clock has been set back since the attempt began, and what it was due at says nothing.
        if (end.DecidedAt == end.At)
            earliest = Instant.Max(earliest, run.DueAt);
        gaps.Check(retryAt >= earliest, $"{name} promises a retry at {retryAt}, before {earliest}");
        gaps.Check(Instant.Floor(retryAt) == retryAt, $"{name} promises a retry between two milliseconds");
    }

    private void EndRun(RunId id, RunOutcome outcome)
    {
        _active.Remove(id, out var run);
        if (run!.IsOccurrence)
            Totals.Count(outcome);
    }
}
