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
/// <param name="Metrics">Counts what is trimmed; null where nobody reads it.</param>
/// <param name="Log">Told of jobs that can't be trimmed.</param>
public sealed record JournalTrimEnvironment(
    TimeProvider Clock, IJobViewStore Views, JournalQueries Journal, IActorRef Jobs, JournalTrimMetrics? Metrics, ILogger Log)
{
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

    private readonly Dictionary<JobId, long> _cut = [];
    private readonly HashSet<JobId> _unclean = [];

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

    /// <summary>Leaves of a deleted job no more than a tombstone; takes two calls, and the projection between them.</summary>
    /// <param name="state">The job, as the views have it, and all of it projected.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ForgetAsync(JobState state, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!state.IsDeleted)
            return;
        if (!Checkpoints.IsTombstone(state))
            await CheckpointAsync(state, state.Checkpoints.FirstOrDefault(1), cancellationToken);
        else if (state.Checkpoints.Count > 0)
            await DeleteAsync(state.Id, state.Checkpoints[^1], cancellationToken);
    }

    private async Task<long?> CutAsync(ProjectedJob row, CancellationToken cancellationToken)
    {
        var id = row.State.Id;
        if (row.State.Checkpoints.Count == 0)
            return null;
        var done = _cut.TryGetValue(id, out var before) ? before : (long?)null;
        var needed = await environment.Views.FindOldestRunVersionAsync(id, cancellationToken) ?? row.Projected;
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
        var reply = await AskAsync<JobTrimmed>(new TrimJob(id, before), cancellationToken);
        if (reply?.Before != before)
            return false;
        environment.Metrics?.Deleted();
        return true;
    }

    private async Task CheckpointAsync(JobState state, long earliest, CancellationToken cancellationToken)
    {
        var id = state.Id;
        if (_unclean.Contains(id))
            return;
        var audit = new JobAudit(id);
        var from = state.Checkpoints.Count > 0 ? state.Checkpoints[^1] : 1;
        for (var round = 0; round < Rounds; round++)
        {
            if (!await ReadAsync(audit, from, cancellationToken))
                return;
            var report = audit.Conclude(environment.Clock.GetUtcNow());
            if (!report.Clean)
            {
                LeaveAlone(id, report.Gaps[0]);
                return;
            }

            var command = new CheckpointJob(id, audit.Version, audit.Past) { Earliest = earliest };
            if (await AskAsync<JobReply>(command, cancellationToken) is not JobConflict)
            {
                environment.Metrics?.Checkpointed();
                return;
            }

            from = audit.Version + 1;
        }
    }

    /// <summary>Reads a job's events into an audit, one at a time, whatever their number.</summary>
    private async Task<bool> ReadAsync(JobAudit audit, long from, CancellationToken cancellationToken)
    {
        var id = audit.Job;
        try
        {
            await environment.Journal.CurrentById.CurrentEventsByPersistenceId(id.PersistenceId, from, long.MaxValue)
                .RunForeach(
                    envelope =>
                    {
                        cancellationToken.ThrowIfCancellationRequested();
                        if (envelope.Event is not JobEvent fact)
                            throw new InvalidOperationException($"Event {envelope.SequenceNr} is no event of a job.");
                        if (audit.Version > 0 ? envelope.SequenceNr != audit.Version + 1 : !Checkpoints.CanBeginWith(envelope.SequenceNr, fact))
                            throw new InvalidOperationException($"Event {envelope.SequenceNr} comes after {audit.Version}.");
                        audit.Read(fact);
                    },
                    materializer);
            return audit.Version > 0;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LeaveAlone(id, e.GetBaseException().Message);
            return false;
        }
    }

    private void LeaveAlone(JobId id, string why)
    {
        if (_unclean.Count >= Remembered)
            _unclean.Clear();
        _unclean.Add(id);
        environment.Metrics?.LeftAlone();
        environment.Log.LogWarning("The journal of job {JobId} is not trimmed, because its audit is not clean: {Gap}", id.Value, why);
    }

    private async Task<T?> AskAsync<T>(IJobMessage message, CancellationToken cancellationToken)
        where T : class
    {
        using var limit = new CancellationTokenSource(environment.AnswerLimit, environment.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await environment.Jobs.Ask<T>(message, either.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            environment.Log.LogDebug(e, "Job {JobId} did not answer {Message}", message.JobId.Value, message.GetType().Name);
            return null;
        }
    }
}
