using Akka.Actor;
using Akka.Streams;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Projections;

namespace Scheduler.Actors.Retention;

/// <summary>What trimming the journal needs.</summary>
/// <param name="Clock">Tells the time.</param>
/// <param name="Views">How far jobs are projected, and which of their runs are kept.</param>
/// <param name="Journal">Where events are audited.</param>
/// <param name="Jobs">The shard region: a job stores its checkpoints and deletes its events itself.</param>
/// <param name="Kept">Which of a job's runs are kept.</param>
/// <param name="Metrics">Counts what is trimmed; null where nobody reads it.</param>
/// <param name="Log">Told of jobs that can't be trimmed.</param>
public sealed record JournalTrimEnvironment(
    TimeProvider Clock, IJobViewStore Views, JournalQueries Journal, IActorRef Jobs, RunsKept Kept, JournalTrimMetrics? Metrics, ILogger Log)
{
    /// <summary>Where events go before they are deleted; null: nowhere.</summary>
    public JournalArchive? Archive { get; init; }

    /// <summary>How long to wait for a job's answer; one that gives none is looked at again when it has grown.</summary>
    internal TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>
/// Bounds a job's journal. Two steps, which need not follow each other: a checkpoint is stored, once all events in front of it were audited and
/// found clean; and when retention keeps no run from before a checkpoint, and the views have all that comes before it, that is deleted. A kill
/// between any two of them leaves more than is needed, and never less.
/// </summary>
public sealed class JournalTrim(JournalTrimEnvironment environment, IMaterializer materializer)
{
    /// <summary>How often a job that goes on firing while it is audited is caught up with before it is left for later.</summary>
    private const int Rounds = 5;

    /// <summary>How much is remembered of what was done: forgetting costs a deletion of nothing, or one more audit.</summary>
    private const int Remembered = 10_000;

    private readonly JobQuestion _jobs = new(environment.Jobs, environment.Clock, environment.AnswerLimit, environment.Log);
    private readonly Dictionary<JobId, long> _cut = [];
    private readonly HashSet<JobId> _unclean = [];
    private bool _isArchiveAway;

    /// <summary>Does what is due for one job. For one caller at a time.</summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Gives up; what is begun then is completed another time.</param>
    /// <exception cref="ViewsUnavailableException">The views can't be read.</exception>
    public async Task LookAfterAsync(JobId id, CancellationToken cancellationToken)
    {
        var tables = await environment.Views.LiveTablesAsync(cancellationToken);

        // What views that are being filled do not have yet, they still need from the journal.
        if (tables.Filling is not null || await environment.Views.FindProjectedAsync(tables.Id, id, cancellationToken) is not { } row)
            return;
        var earliest = await CutAsync(row, cancellationToken) ?? row.State.Checkpoints.FirstOrDefault(1);
        if (Checkpoints.IsDue(row.State, earliest))
            await CheckpointAsync(row.State, earliest, cancellationToken);
    }

    /// <summary>
    /// Leaves of a deleted job no more than a tombstone. Takes two calls: the first stores it, and one that comes when the views have it deletes what is in
    /// front of it. For one caller at a time.
    /// </summary>
    /// <param name="id">The job.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether nothing is left to do for now; otherwise it is to be called again.</returns>
    /// <exception cref="ViewsUnavailableException">The views can't be read.</exception>
    public async Task<bool> ForgetAsync(JobId id, CancellationToken cancellationToken)
    {
        var tables = await environment.Views.LiveTablesAsync(cancellationToken);
        if (tables.Filling is not null)
            return false;
        if (await environment.Views.FindProjectedAsync(tables.Id, id, cancellationToken) is not { State: { IsDeleted: true } state })
            return true;
        if (!Checkpoints.IsTombstone(state))
            return await CheckpointAsync(state, state.Checkpoints.FirstOrDefault(1), cancellationToken);
        return state.Checkpoints.Count == 0 || await DeleteAsync(id, state.Checkpoints[^1], cancellationToken);
    }

    private async Task<long?> CutAsync(ProjectedJob row, CancellationToken cancellationToken)
    {
        var id = row.State.Id;
        if (row.State.Checkpoints.Count == 0)
            return null;
        var done = _cut.TryGetValue(id, out var before) ? before : (long?)null;
        var needed = await environment.Views.FindOldestRunVersionAsync(id, environment.Kept, cancellationToken) ?? row.Projected;
        if (Checkpoints.CutBefore(row.State, Math.Min(needed, row.Projected)) is not { } cut || cut <= done)
            return done;
        if (!await DeleteAsync(id, cut, cancellationToken))
            return done;
        if (_cut.Count >= Remembered)
            _cut.Clear();
        return _cut[id] = cut;
    }

    private async Task<bool> DeleteAsync(JobId id, long before, CancellationToken cancellationToken)
    {
        if (!await ArchiveAsync(id, before, cancellationToken))
            return false;
        var reply = await _jobs.AskAsync<JobTrimmed>(new TrimJob(id, before), cancellationToken);
        if (reply?.Before != before)
            return false;
        environment.Metrics?.Deleted();
        return true;
    }

    /// <summary>Keeps what is about to be deleted. Where that can't be done, nothing is.</summary>
    private async Task<bool> ArchiveAsync(JobId id, long before, CancellationToken cancellationToken)
    {
        if (environment.Archive is not { } archive)
            return true;
        try
        {
            // The audit that let the checkpoint be stored has read them all.
            var events = environment.Journal.ReadAsync(id.PersistenceId, 1, before - 1, static unreadable => throw unreadable, materializer);
            var count = await archive.AppendAsync(id, events, cancellationToken);
            environment.Metrics?.Archived(count);
            if (_isArchiveAway)
                environment.Log.LogInformation("The archive {Folder} can be written again: the journal is trimmed", archive.Folder);
            _isArchiveAway = false;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            if (!_isArchiveAway)
                environment.Log.LogWarning(e, "The archive {Folder} can't be written: {Cause} Nothing is deleted from the journal until it can", archive.Folder, e.Message);
            _isArchiveAway = true;
            return false;
        }
    }

    /// <summary>Stores a checkpoint, if the job's events prove to be clean.</summary>
    /// <returns>Whether nothing is left to do: it is stored, or never will be.</returns>
    private async Task<bool> CheckpointAsync(JobState state, long earliest, CancellationToken cancellationToken)
    {
        var id = state.Id;
        if (_unclean.Contains(id))
            return true;
        var audit = new JobAudit(id);
        var from = state.Checkpoints.Count > 0 ? state.Checkpoints[^1] : 1;
        for (var round = 0; round < Rounds; round++)
        {
            var gap = await ReadAsync(audit, from, cancellationToken) ?? audit.Conclude(environment.Clock.GetUtcNow()).Gaps.FirstOrDefault();
            if (gap is not null)
            {
                LeaveAlone(id, gap);
                return true;
            }

            switch (await _jobs.AskAsync<JobReply>(new CheckpointJob(id, audit.Version, audit.Past) { Earliest = earliest }, cancellationToken))
            {
                case JobAccepted:
                    environment.Metrics?.Checkpointed();
                    return true;
                case JobConflict:
                    from = audit.Version + 1;
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    /// <summary>Reads a job's events into an audit, one at a time, whatever their number.</summary>
    /// <returns>Why they prove nothing; null where all could be read.</returns>
    private async Task<string?> ReadAsync(JobAudit audit, long from, CancellationToken cancellationToken)
    {
        string? gap = null;
        await JournalQueries.Readable(
                environment.Journal.CurrentById.CurrentEventsByPersistenceId(audit.Job.PersistenceId, from, long.MaxValue), unreadable => gap ??= unreadable.Message)
            .RunForeach(
                envelope =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (gap is not null)
                        return;
                    if (envelope.Event is JobEvent fact && Checkpoints.CanFollow(audit.Version, envelope.SequenceNr, fact))
                        audit.Read(fact);
                    else
                        gap = $"event {envelope.SequenceNr} does not follow version {audit.Version}";
                },
                materializer);
        return gap ?? (audit.Version == 0 ? "there are no events" : null);
    }

    private void LeaveAlone(JobId id, string why)
    {
        if (_unclean.Count >= Remembered)
            _unclean.Clear();
        _unclean.Add(id);
        environment.Metrics?.LeftAlone();
        environment.Log.LogWarning("The journal of job {JobId} is not trimmed, because its audit is not clean: {Gap}", id.Value, why);
    }
}
