using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// The read model in a SQLite file of its own. One thread writes, with group commit; queries read beside it on connections of their own,
/// each seeing what is committed when it begins. The file can be deleted while the process is down: it is filled from the journal again.
/// </summary>
public sealed class SqliteJobViewStore : IJobViewStore, IDisposable, IPlanMarks
{
    /// <summary>
    /// How long a projection's small step waits for others to be written with it. Steps of one beat come
    /// within less; a row that a client waits for takes them along.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(25);

    private readonly ViewWriterThread _writer;
    private readonly ViewReaders _readers;
    private readonly ConcurrentDictionary<long, ViewQueries> _queries = new();
    private readonly TimeProvider _time;

    /// <summary>Opens the file, and makes it when it is not there.</summary>
    /// <param name="path">The file; its folder is made.</param>
    /// <param name="log">Told when the file was of no use.</param>
    /// <param name="time">Tells the time; null for the machine's.</param>
    /// <param name="journal">
    /// The journal's file beside it; null when there is none. When that is gone or another one's, nothing is made anew in its folder: another process may be at work there.
    /// </param>
    /// <exception cref="ViewsUnavailableException">The file can't be opened, or a newer release wrote it.</exception>
    public SqliteJobViewStore(string path, ILogger<SqliteJobViewStore> log, TimeProvider? time = null, string? journal = null)
    {
        _time = time ?? TimeProvider.System;
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        try
        {
            PrivateFiles.MakeFolder(Path.GetDirectoryName(full)!);
            _readers = new ViewReaders(full, Damaged);
            _writer = new ViewWriterThread(full, journal, _time, Gathering, _readers.Renew, log);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new ViewsUnavailableException($"The view store '{full}' can't be opened: {e.Message}", e);
        }
    }

    /// <summary>How much may be looked at for a page.</summary>
    internal ListBounds Bounds { get; set; } = ListBounds.Default;

    /// <inheritdoc />
    public ValueTask<ViewTables> LiveTablesAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_writer.Live);

    /// <inheritdoc />
    public void Enqueue(RowWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        if (!_writer.TryAdd(write))
            write.Fail(new ViewsUnavailableException("The view store is closed."));
    }

    /// <inheritdoc />
    public Task CommitAsync(ProjectionStep step, CancellationToken cancellationToken) => _writer.AddAsync(step);

    /// <inheritdoc />
    public ValueTask<long> FindOffsetAsync(long tables, int slice, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_readers.Read(connection => Queries(tables).FindOffset(connection, slice)));

    /// <inheritdoc />
    public ValueTask<ProjectedJob?> FindProjectedAsync(long tables, JobId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_readers.Read(connection => Queries(tables).FindJob(connection, id)));

    /// <inheritdoc />
    public ValueTask<RunView?> FindProjectedRunAsync(long tables, RunId id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_readers.Read(connection => Queries(tables).FindRun(connection, id)));

    /// <inheritdoc />
    public Task<long> BeginRebuildAsync(CancellationToken cancellationToken) => _writer.BeginRebuildAsync();

    /// <inheritdoc />
    public async Task CompleteRebuildAsync(long tables, CancellationToken cancellationToken)
    {
        await _writer.CompleteRebuildAsync(tables);
        _queries.Clear();
    }

    /// <inheritdoc />
    public Task AbandonRebuildAsync(long tables, CancellationToken cancellationToken) => _writer.AbandonRebuildAsync(tables);

    /// <inheritdoc />
    public ValueTask<JobView?> FindJobAsync(JobId id, CancellationToken cancellationToken) => Live(
        (connection, queries) => queries.FindJob(connection, id) is { } row ? new JobView(row.State, row.Projected) : null);

    /// <inheritdoc />
    public ValueTask<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken) =>
        Live((connection, queries) => queries.ReadJobs(connection, query, Bounds, take));

    /// <inheritdoc />
    public ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken) =>
        Live((connection, queries) => queries.FindRun(connection, id));

    /// <inheritdoc />
    public ValueTask<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken) =>
        Live((connection, queries) => queries.ReadRuns(connection, query, Bounds, take));

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken) =>
        Live((connection, queries) => queries.DueJobs(connection, slice, upTo, after, limit));

    /// <inheritdoc />
    public Task<int> DeleteRunsEndedBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        _writer.RemoveAsync((removals, connection) => removals.RunsEndedBefore(connection, before, limit));

    /// <inheritdoc />
    public ValueTask<JobsLookedAt> FindJobsWithMoreRunsAsync(RunsKept kept, JobId? after, int limit, CancellationToken cancellationToken) =>
        Live((connection, queries) => queries.JobsWithMoreRuns(connection, kept, after, limit));

    /// <inheritdoc />
    public Task<int> DeleteRunsBeyondAsync(JobId job, RunsKept kept, int limit, CancellationToken cancellationToken) =>
        _writer.RemoveAsync((removals, connection) => removals.RunsBeyond(connection, job.Value, kept, limit));

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<FinishedJob>> FindFinishedJobsAsync(bool areDeleted, DateTimeOffset before, FinishedJob? after, int limit, CancellationToken cancellationToken) =>
        Live((connection, queries) => queries.FinishedJobs(connection, areDeleted, before, after, limit));

    /// <inheritdoc />
    public ValueTask<long?> FindOldestRunVersionAsync(JobId job, RunsKept kept, CancellationToken cancellationToken) =>
        Live((connection, queries) => queries.OldestRunVersion(connection, job, kept));

    /// <inheritdoc />
    public Task<int> DeleteHiddenBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        _writer.RemoveAsync((removals, connection) => removals.HiddenBefore(connection, before, limit));

    /// <inheritdoc />
    public Task CompleteFillingAsync(long tables, CancellationToken cancellationToken) => _writer.CompleteFillingAsync(tables);

    /// <inheritdoc />
    public PlanMark Find()
    {
        var live = _writer.Live;
        return new PlanMark(live.Id, live.Filling is null, _readers.Read(connection => ViewSource.PlannedWith(connection, live.Id)));
    }

    /// <inheritdoc />
    public Task NoteAsync(long tables, string data) => _writer.NotePlansAsync(tables, data);

    /// <inheritdoc />
    public Task CheckAsync(CancellationToken cancellationToken) => _writer.CheckAsync(_time.GetUtcNow()).WaitAsync(cancellationToken);

    /// <summary>
    /// Compares the views with the journal that they are to follow. When they are another's, or tell of what the journal doesn't have, they
    /// are emptied, and <see cref="ViewTables.Filling"/> says why. To be followed by <see cref="BeginAsync"/>.
    /// </summary>
    /// <param name="journal">The journal as it was left.</param>
    /// <param name="nextStart">What it is about to be marked with.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="ViewsUnavailableException">The file can't be written.</exception>
    public Task FollowAsync(JournalMark journal, string nextStart, CancellationToken cancellationToken) =>
        _writer.FollowAsync(journal, nextStart).WaitAsync(cancellationToken);

    /// <summary>The journal is marked with its new start.</summary>
    /// <exception cref="ViewsUnavailableException">The file can't be written.</exception>
    public Task BeginAsync(string start, CancellationToken cancellationToken) => _writer.BeginAsync(start).WaitAsync(cancellationToken);

    /// <summary>Writes what waits and closes the file.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        _readers.Dispose();
    }

    /// <summary>
    /// A query that begins just when a rebuild is completed may find the tables gone that it was made for; it is asked again then.
    /// </summary>
    private ValueTask<T> Live<T>(Func<SqliteConnection, ViewQueries, T> query)
    {
        var tables = _writer.Live.Id;
        try
        {
            return ValueTask.FromResult(_readers.Read(connection => query(connection, Queries(tables))));
        }
        catch (ViewsUnavailableException) when (_writer.Live.Id != tables)
        {
            var now = _writer.Live.Id;
            return ValueTask.FromResult(_readers.Read(connection => query(connection, Queries(now))));
        }
    }

    /// <summary>The writer makes the file anew, unless it has done so already.</summary>
    private void Damaged(int generation, SqliteException cause)
    {
        if (_readers.IsCurrent(generation))
            _writer.Damaged(cause, () => _readers.IsCurrent(generation));
    }

    private ViewQueries Queries(long tables) => _queries.GetOrAdd(tables, static id => new ViewQueries(id));
}
