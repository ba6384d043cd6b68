using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;

namespace Scheduler.Actors.Domain.Auditing;

/// <summary>
/// Reads a job's facts from the first to the last, and proves of each fire time that it became a run or was skipped, once. Knows nothing
/// of how they were decided, and nothing of the state that is folded from them. Keeps only what is active or waits, and takes
/// logarithmic time for a fact, so that a journal of any length can be read.
/// </summary>
public sealed class JobAudit
{
    /// <summary>How many fire times of one range are counted one by one, where there is no formula for them.</summary>
    public const long MostCounted = 1_000_000;

    private readonly JobId _job;
    private readonly long _mostCounted;
    private readonly AuditGaps _gaps = new();
    private readonly AnnouncedAudit _announced;
    private readonly RunsAudit _runs;
    private GenerationAudit? _generation;
    private DateTimeOffset _at = DateTimeOffset.MinValue;
    private long _version;
    private int _generations;
    private SkipTotals _skipped = new();
    private int _discardedInARow;
    private bool _hasEnded = true;
    private bool _isDeleted;
    private bool _isPaused;
    private bool _isCompleted;

    /// <summary>An audit that has read nothing.</summary>
    /// <param name="job">The job.</param>
    /// <param name="mostCounted">How many fire times of one range are counted one by one at most.</param>
    public JobAudit(JobId job, long mostCounted = MostCounted)
    {
        _job = job;
        _mostCounted = mostCounted;
        _announced = new AnnouncedAudit(_gaps);
        _runs = new RunsAudit(_gaps);
    }

    /// <summary>The job.</summary>
    public JobId Job => _job;

    /// <summary>The version of the last fact that was read; 0 before the first.</summary>
    public long Version => _version;

    /// <summary>Reads the next fact.</summary>
    /// <param name="fact">The fact; the first one has version 1, unless it is a checkpoint, which stands for everything before it.</param>
    public void Read(JobEvent fact)
    {
        ArgumentNullException.ThrowIfNull(fact);
        if (_version == 0 && fact is JobCheckpointed begun)
        {
            Resume(begun);
            return;
        }

        _version++;
        var name = $"{fact.GetType().Name} (version {_version})";
        _gaps.Check(fact.At >= _at, $"{name} is dated before the fact in front of it");
        _gaps.Check(fact.At.Offset == TimeSpan.Zero && Instant.Floor(fact.At) == fact.At, $"{name} is not dated by a whole millisecond of UTC");
        _at = Instant.Max(_at, fact.At);
        if (fact is JobCreated created)
            Create(name, created);
        else if (fact is JobCheckpointed checkpoint)
            Check(name, checkpoint);
        else if (_generation is null)
            _gaps.Add($"{name} comes before the job was created");
        else if (_hasEnded && (_isDeleted || fact is not JobDeleted))
            _gaps.Add($"{name} comes after the job has ended");
        else
            Read(name, fact, _generation);
    }

    /// <summary>What follows from the facts that were read.</summary>
    /// <param name="now">Up to when fire times have come.</param>
    public AuditReport Conclude(DateTimeOffset now)
    {
        var skipped = _skipped.All;
        long? open = _runs.ActiveOccurrences;
        if (!_hasEnded)
        {
            open += _generation!.Conclude(now);
            _gaps.Check(_isCompleted || HasWorkLeft(), $"Nothing is left to do, and no JobCompleted says so");
        }

        _announced.Conclude();
        _runs.Conclude();
        var totals = _runs.Totals;
        return new AuditReport
        {
            Occurrences = totals.Completed + totals.Discarded + totals.Cancelled + skipped + open,
            Completed = totals.Completed,
            Discarded = totals.Discarded,
            Cancelled = totals.Cancelled,
            Skipped = skipped,
            Open = open ?? _mostCounted,
            Gaps = _gaps.Found,
        };
    }

    /// <summary>What a checkpoint behind the last fact would say of all of them; of use only where <see cref="Conclude"/> found them clean.</summary>
    public AuditedPast Past => new(_runs.Totals.Completed, _runs.Totals.Discarded, _runs.Totals.Cancelled, _skipped.ByReason, _hasEnded ? null : _generation!.Began);

    /// <summary>Goes on from a checkpoint: what it says was proved before it was stored, and before anything in front of it was deleted.</summary>
    private void Resume(JobCheckpointed checkpoint)
    {
        var (state, past) = (checkpoint.State, checkpoint.Past);
        _version = state.Version + 1;
        _at = checkpoint.At;
        _generations = state.Generation;
        _runs.Resume(state, past);
        _skipped = new SkipTotals(past.Skipped);
        _discardedInARow = state.DiscardedInARow;
        _isDeleted = state.IsDeleted;
        _hasEnded = state.IsDeleted || state.IsCancelled || state.Definition is null;
        _isPaused = state.IsPaused;
        _isCompleted = state.CompletedAt is not null;
        if (state.Definition is not null)
            _generation = GenerationAudit.Resume(state, past.GenerationBegan ?? state.UpdatedAt, _mostCounted, _gaps);
    }

    /// <summary>A checkpoint behind other facts: it must say of them what they say themselves.</summary>
    private void Check(string name, JobCheckpointed e)
    {
        _announced.Read(name, e, isFull: false);
        _gaps.Check(e.State.Version == _version - 1, $"{name} stands for version {e.State.Version}");
        _gaps.Check(e.Past == Past, $"{name} says {e.Past}, and its facts say {Past}");
        _gaps.Check(e.State.Generation == _generations, $"{name} has generation {e.State.Generation} after {_generations}");
    }

    private void Create(string name, JobCreated e)
    {
        _gaps.Check(_hasEnded, $"{name} comes though the job exists");
        if (!_hasEnded)
            End(name, e.DecidedAt);
        _hasEnded = _isDeleted = _isPaused = _isCompleted = false;
        _discardedInARow = 0;
        Begin(name, e.Definition, e.Generation, e.DecidedAt);
    }

    private void Begin(string name, JobDefinition definition, int generation, DateTimeOffset at)
    {
        _gaps.Check(generation == _generations + 1, $"{name} begins generation {generation} after {_generations}");
        _generations = generation;
        _generation = new GenerationAudit(_job, generation, definition, at, _mostCounted, _gaps);
    }

    private void Read(string name, JobEvent fact, GenerationAudit current)
    {
        var definition = current.Definition;
        _announced.Read(name, fact, _runs.IsFull(definition.Overlap));
        _gaps.Check(!_isCompleted || MayFollowCompletion(fact), $"{name} comes after the job's completion");
        switch (fact)
        {
            case JobScheduled e:
                current.Plan(name, e, _runs.LostAt);
                _isCompleted = false;
                break;
            case JobUpdated e:
                Update(name, e, current);
                break;
            case JobPaused e:
                _gaps.Check(!_isPaused, $"{name} comes though the job is paused");
                current.Close(e.DecidedAt);
                _isPaused = true;
                break;
            case JobResumed e:
                _gaps.Check(_isPaused, $"{name} comes though the job is not paused");
                current.Close(e.DecidedAt);
                _isPaused = false;
                _discardedInARow = 0;
                break;
            case JobCancelled or JobDeleted:
                if (!_hasEnded)
                    End(name, fact.DecidedAt);
                _isDeleted = fact is JobDeleted;
                break;
            case JobCompleted:
                _gaps.Check(!HasWorkLeft(), $"{name} comes though something is left to do");
                _isCompleted = true;
                break;
            case RunRequested e:
                _gaps.Check(e.RunId == RunId.Requested(_job, _generations, _version), $"{name} promises {e.RunId.Value}, which is another request's");
                _runs.Request(name, e, definition.Overlap, current.HasBuffered);
                _isCompleted = false;
                break;
            case AttemptStarted e:
                Start(name, e, current);
                break;
            case AttemptFailed e:
                _runs.Fail(name, e, definition.Retry);
                break;
            case AttemptLost e:
                _runs.Lose(name, e, definition.Retry);
                break;
            case RunCompleted e:
                _runs.Complete(name, e);
                _discardedInARow = 0;
                break;
            case RunDiscarded e:
                _runs.Discard(name, e);
                if (++_discardedInARow >= definition.PauseAfterFailures && !_isPaused)
                    _announced.Pause();
                break;
            case RunCancelled e:
                _runs.Cancel(name, e);
                break;
            case OccurrencesSkipped e:
                CheckReason(name, e, current);
                _skipped.Add(e.Why, current.Skip(name, e));
                break;
            default:
                _gaps.Add($"{name} is of a kind that no audit knows");
                break;
        }
    }

    private void Update(string name, JobUpdated e, GenerationAudit current)
    {
        var isNew = e.Generation != _generations;
        _gaps.Check(isNew == (e.Definition.FireTimes != current.Definition.FireTimes), $"{name} has generation {e.Generation} after {_generations}, and the schedule is {(isNew ? "the same" : "another")}");
        if (isNew)
        {
            current.Close(e.DecidedAt);
            Begin(name, e.Definition, e.Generation, e.DecidedAt);
        }
        else
        {
            current.Update(e.Definition, e.DecidedAt);
        }
    }

    private void Start(string name, AttemptStarted e, GenerationAudit current)
    {
        _gaps.Check(!_isPaused || e.Kind is AttemptKind.Requested, $"{name} starts something of a paused job that nobody requested");
        if (e.Kind is AttemptKind.Retry)
        {
            _runs.Retry(name, e);
            return;
        }

        if (e.Kind is not AttemptKind.Requested)
            current.Start(name, e);
        _runs.Begin(name, e, current.Definition.Overlap);
    }

    private void CheckReason(string name, OccurrencesSkipped e, GenerationAudit current)
    {
        var (misfire, overlap) = (current.Definition.Misfire, current.Definition.Overlap);

        // One run that waits may be cancelled, and the job goes on.
        if (e.Why is not SkipReason.Cancelled || e.From != e.To || !current.IsWaiting(e.From))
            _announced.Skip(e.Why);
        if (e.Why is SkipReason.Misfire)
            _gaps.Check(misfire.Kind is not MisfireKind.FireAll, $"{name} skips as misfires what is to be caught up with");
        else if (e.Why is SkipReason.Window)
            _gaps.Check(misfire is { Kind: MisfireKind.FireAll, Window: { } window } && e.To <= e.DecidedAt - window, $"{name} skips {e.To} as older than a window that it lies in");
        else if (e.Why is SkipReason.Overlap && !_runs.IsFull(overlap))
            _announced.Overlap();
    }

    private void End(string name, DateTimeOffset at)
    {
        _generation!.Close(at);
        _runs.Close(name);
        _hasEnded = true;
        _isPaused = false;
    }

    /// <summary>A job that has nothing left to do may be changed, run once more, or end.</summary>
    private static bool MayFollowCompletion(JobEvent fact) =>
        fact is RunRequested or JobScheduled or JobUpdated or JobResumed or JobCancelled or JobDeleted or OccurrencesSkipped;

    private bool HasWorkLeft() => _generation!.HasWorkLeft || _runs.Active > 0 || _runs.Requested > 0;
}
