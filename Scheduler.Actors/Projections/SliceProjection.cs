using System.Runtime.CompilerServices;
using Akka.Persistence.Query;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// Folds a slice's events into rows, a step at a time. An event that is projected already is dropped; the next one is folded; before one
/// further on, what lies between is read from the job's own journal. So events may come twice, late, or with some missing.
/// </summary>
/// <remarks>For one caller at a time, that commits each step before it asks for the next; after a failed one it begins with a new instance.</remarks>
/// <param name="slice">The slice.</param>
/// <param name="tables">The set of tables that is written.</param>
/// <param name="environment">What projections share.</param>
/// <param name="recent">The node's new rows; null where they are of no use.</param>
/// <param name="materializer">Runs the reading of gaps.</param>
internal sealed class SliceProjection(int slice, long tables, ProjectionEnvironment environment, RecentRows? recent, IMaterializer materializer)
{
    /// <summary>The most events that are projected together.</summary>
    public const int MostEvents = 500;

    /// <summary>What is in memory of them, or of the rows of a step, ends with the one that makes it so many bytes.</summary>
    public const long EnoughBytes = 4 << 20;

    private const int FoldsKept = 1024;

    private readonly FoldCache _folds = new(FoldsKept, EnoughBytes);
    private readonly HashSet<JobFold> _changed = [];
    private readonly Dictionary<RunId, RunView> _runs = [];
    private readonly List<EventSetAside> _setAside = [];
    private readonly List<RowWrite> _assumed = [];
    private long _bytes;
    private long _reached;

    /// <summary>
    /// What the events lead to: one step, mostly, and several where their rows are large. Only the last one moves the offset, so all of them are repeated
    /// where one isn't committed.
    /// </summary>
    /// <param name="events">In their order; at least one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ViewsUnavailableException">The store cannot be read.</exception>
    public async IAsyncEnumerable<ProjectionStep> ProjectAsync(
        IReadOnlyList<EventEnvelope> events, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        _folds.Turn();
        foreach (var envelope in await NewJobsLastAsync(events, cancellationToken))
        {
            if (!JobId.TryFromPersistenceId(envelope.PersistenceId, out var id))
            {
                SetAside(envelope.PersistenceId, envelope.SequenceNr, new InvalidOperationException("It is not a job's."));
                continue;
            }

            await foreach (var next in WithMissedAsync(id, envelope, cancellationToken))
            {
                if (_bytes >= EnoughBytes)
                {
                    yield return TakeStep();
                    _folds.Turn();
                }

                // It may have been let go meanwhile, and its row is written: then it is read again.
                var fold = await FindAsync(id, cancellationToken);
                if (next.SequenceNr > fold.Projected)
                    await ProjectAsync(id, fold, next, cancellationToken);
            }
        }

        // Of the highest, not of the last: where several nodes write, an event may come late, with an offset below those before it.
        foreach (var envelope in events)
            _reached = Math.Max(_reached, JournalQueries.NumberOf(envelope.Offset));
        yield return TakeStep();
    }

    private ProjectionStep TakeStep()
    {
        var step = new ProjectionStep(tables, slice, _reached)
        {
            Jobs = [.. _changed.Select(fold => fold.Row)],
            Runs = [.. _runs.Values],
            SetAside = [.. _setAside],
            Assumed = [.. _assumed],
        };
        _changed.Clear();
        _runs.Clear();
        _setAside.Clear();
        _assumed.Clear();
        _bytes = 0;
        return step;
    }

    /// <summary>
    /// The events, those of jobs that begin in this step last (the order of jobs among each other means nothing): the entity is about to
    /// write their rows, which spares the projection all work for them, and has mostly done so by then.
    /// </summary>
    private async ValueTask<IReadOnlyList<EventEnvelope>> NewJobsLastAsync(IReadOnlyList<EventEnvelope> events, CancellationToken cancellationToken)
    {
        if (recent is null)
            return events;
        HashSet<string>? begun = null;
        foreach (var envelope in events)
        {
            if (envelope.SequenceNr == 1 && JobId.TryFromPersistenceId(envelope.PersistenceId, out var id) && _folds.Find(id) is null && !TryAssume(id))
                (begun ??= new HashSet<string>(StringComparer.Ordinal)).Add(envelope.PersistenceId);
        }

        if (begun is null)
            return events;

        // Real time, whatever the clock says: it is a race on this machine that is waited for.
        if (environment.NewRowGrace > TimeSpan.Zero)
            await Task.Delay(environment.NewRowGrace, TimeProvider.System, cancellationToken);
        return [.. events.Where(e => !begun.Contains(e.PersistenceId)), .. events.Where(e => begun.Contains(e.PersistenceId))];
    }

    /// <summary>The event, after those before it that are not projected; nothing where it is itself.</summary>
    private async IAsyncEnumerable<EventEnvelope> WithMissedAsync(JobId id, EventEnvelope envelope, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var fold = await FindAsync(id, cancellationToken);
        if (envelope.SequenceNr <= fold.Projected)
            yield break;
        if (envelope.SequenceNr > fold.Projected + 1)
        {
            var unreadable = false;
            var missed = environment.Journal.ReadAsync(
                envelope.PersistenceId,
                fold.Projected + 1,
                LastToRead(fold, envelope),
                cause =>
                {
                    unreadable = true;
                    environment.SetAsideUnreadable(cause);
                },
                materializer);
            var isLeftOver = true;
            await foreach (var one in missed.WithCancellation(cancellationToken))
            {
                isLeftOver &= !unreadable && !Checkpoints.CanFollow(fold.Projected, one.SequenceNr, one.Event);
                if (!isLeftOver)
                    yield return one;
            }
        }

        yield return envelope;
    }

    /// <summary>
    /// How far a job's journal is read to fill a gap before an event: to the event, and to the journal's end where nothing of the job is
    /// projected. The latter is the case of a job whose hidden row retention has removed: a day after its deletion, and not before that was
    /// projected, so that the slice's offset was committed behind it. The event is then either a new one (the id was put anew), or one that
    /// came twice and very late. Read to its own place only, such a one would make the row of a job that still lived at that point, with
    /// nothing to come that says otherwise; read to the end, it finds the deletion, and leaves a hidden row, which the next retention
    /// removes. A job's first event has no gap before it and is taken as it is: no reader goes back to it without what comes behind it.
    /// </summary>
    private static long LastToRead(JobFold fold, EventEnvelope envelope) => fold.Projected == 0 ? long.MaxValue : envelope.SequenceNr - 1;

    private async ValueTask ProjectAsync(JobId id, JobFold fold, EventEnvelope envelope, CancellationToken cancellationToken)
    {
        var version = envelope.SequenceNr;
        var fact = envelope.Event as JobEvent;
        RunView? row = null;
        var run = fact is null ? null : RunFold.RunOf(id, fold.Generation, fact);
        if (run is { } runId && !RunFold.IsFirst(fact!) && !fold.Open.TryGetValue(runId, out row))
            row = _runs.TryGetValue(runId, out row) ? row : await environment.Store.FindProjectedRunAsync(tables, runId, cancellationToken);

        if (_changed.Add(fold))
            _bytes += Weight.Of(fold.State);
        if (fact is JobCheckpointed checkpoint && version > fold.Projected + 1)
            await RestoreAsync(id, fold, checkpoint, cancellationToken);
        try
        {
            if (fact is null)
                throw new InvalidOperationException($"A {envelope.Event?.GetType().Name ?? "null"} is no event of a job.");
            var next = run is { } changed && !(row?.Version >= version) ? RunFold.Apply(row, id, changed, version, fact) : null;
            var before = Weight.Of(fold.State);
            fold.Apply(version, fact);
            _folds.Grew(Weight.Of(fold.State) - before);
            _bytes += Weight.Of(fact);
            if (next is not null)
                Keep(fold, next);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            SetAside(envelope.PersistenceId, version, e);
            fold.Pass(version);
        }
    }

    /// <summary>The rows of runs that went on across a checkpoint, whose beginnings are gone with the events in front of it.</summary>
    private async ValueTask RestoreAsync(JobId id, JobFold fold, JobCheckpointed checkpoint, CancellationToken cancellationToken)
    {
        foreach (var run in RunFold.Restored(id, checkpoint.State))
        {
            if (!fold.Open.ContainsKey(run.RunId) && !_runs.ContainsKey(run.RunId) && await environment.Store.FindProjectedRunAsync(tables, run.RunId, cancellationToken) is null)
                Keep(fold, run);
        }
    }

    private void Keep(JobFold fold, RunView run)
    {
        _runs[run.RunId] = run;
        if (run.HasEnded)
            fold.Open.Remove(run.RunId);
        else
            fold.Open[run.RunId] = run;
    }

    private async ValueTask<JobFold> FindAsync(JobId id, CancellationToken cancellationToken)
    {
        if (_folds.Find(id) is { } known)
            return known;
        if (TryAssume(id))
            return _folds.Find(id)!;
        var row = await environment.Store.FindProjectedAsync(tables, id, cancellationToken);
        var fold = row is null ? JobFold.Empty(id) : new JobFold(row);
        _folds.Add(id, fold);
        return fold;
    }

    private bool TryAssume(JobId id)
    {
        if (recent?.Take(id) is not { } row)
            return false;
        _assumed.Add(row);
        _folds.Add(id, new JobFold(new ProjectedJob(row.State, row.State.Version, row.State.Generation)));
        return true;
    }

    private void SetAside(string persistenceId, long version, Exception cause)
    {
        environment.Lag.SetAside();
        environment.Log.LogError(cause, "Event {Version} of {PersistenceId} can't be projected and is set aside", version, persistenceId);
        _setAside.Add(new EventSetAside(persistenceId, version, cause.Message));
    }
}
