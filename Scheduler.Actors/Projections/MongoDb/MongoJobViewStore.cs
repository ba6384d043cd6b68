using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// The read model in collections of a MongoDB database, for any number of nodes. Rows are guarded by their versions, so that it does not
/// matter which node writes first. The collections can be dropped: they are filled from the journal again.
/// </summary>
public sealed class MongoJobViewStore : IJobViewStore, IDisposable
{
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(1);

    private readonly ViewDatabase _database;
    private readonly ViewSets _sets;
    private readonly RowCommits _rows;
    private readonly StepCommits _steps;

    /// <summary>Connects to nothing yet; <see cref="OpenAsync"/> does.</summary>
    /// <param name="connectionString">With the database's name.</param>
    /// <param name="runAge">
    /// How long after its end the database removes a run from the live views by itself, in whole seconds, by its own clock; it looks about once a
    /// minute. The same on every node: the last one that was opened is right. Null to leave that to <see cref="IViewRetention"/>.
    /// </param>
    public MongoJobViewStore(string connectionString, TimeSpan? runAge = null)
        : this(connectionString, FreshFor, runAge)
    {
    }

    internal MongoJobViewStore(string connectionString, TimeSpan freshFor, TimeSpan? runAge)
    {
        ArgumentException.ThrowIfNullOrEmpty(connectionString);
        _database = new ViewDatabase(connectionString);
        _sets = new ViewSets(_database, freshFor, runAge);
        _rows = new RowCommits(_database, _sets);
        _steps = new StepCommits(_database, _sets);
    }

    /// <summary>How much may be looked at for a page.</summary>
    internal ListBounds Bounds { get; set; } = ListBounds.Default;

    /// <summary>Makes the collections and indexes that are not there, and learns whether the database can be used.</summary>
    /// <exception cref="ViewsUnavailableException">It cannot: the message says why, or a newer release wrote it.</exception>
    public Task OpenAsync(CancellationToken cancellationToken) => _sets.OpenAsync(cancellationToken);

    /// <inheritdoc />
    public ValueTask<ViewTables> LiveTablesAsync(CancellationToken cancellationToken) =>
        CallAsync(stop => _sets.LiveAsync(stop).AsTask(), cancellationToken);

    /// <inheritdoc />
    public void Enqueue(RowWrite write)
    {
        ArgumentNullException.ThrowIfNull(write);
        _rows.Add(write);
    }

    /// <inheritdoc />
    public async Task CommitAsync(ProjectionStep step, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(step);
        if (step.Assumed.Count > 0)
            await _rows.PassedAsync();
        if (step.MissingRow() is { } missing)
            throw new RowAssumptionException(missing);
        await _steps.CommitAsync(step).WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public ValueTask<long> FindOffsetAsync(long tables, int slice, CancellationToken cancellationToken) =>
        CallAsync(stop => new ViewQueries(_database, tables).FindOffsetAsync(slice, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<ProjectedJob?> FindProjectedAsync(long tables, JobId id, CancellationToken cancellationToken) =>
        CallAsync(stop => new ViewQueries(_database, tables).FindJobAsync(id, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<RunView?> FindProjectedRunAsync(long tables, RunId id, CancellationToken cancellationToken) =>
        CallAsync(stop => new ViewQueries(_database, tables).FindRunAsync(id, stop), cancellationToken);

    /// <inheritdoc />
    public Task<long> BeginRebuildAsync(CancellationToken cancellationToken) =>
        _database.CallAsync(_sets.BeginRebuildAsync, ViewDatabase.LongPatience, cancellationToken);

    /// <inheritdoc />
    public Task CompleteRebuildAsync(long tables, CancellationToken cancellationToken) =>
        SetAsync(stop => _sets.CompleteRebuildAsync(tables, stop), cancellationToken);

    /// <inheritdoc />
    public Task AbandonRebuildAsync(long tables, CancellationToken cancellationToken) =>
        SetAsync(stop => _sets.AbandonRebuildAsync(tables, stop), cancellationToken);

    /// <inheritdoc />
    public async ValueTask<JobView?> FindJobAsync(JobId id, CancellationToken cancellationToken) =>
        await LiveAsync((queries, stop) => queries.FindJobAsync(id, stop), cancellationToken) is { } row ? new JobView(row.State, row.Projected) : null;

    /// <inheritdoc />
    public ValueTask<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken) =>
        ListAsync((lists, stop) => lists.ReadJobsAsync(query, take, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken) =>
        LiveAsync((queries, stop) => queries.FindRunAsync(id, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken) =>
        ListAsync((lists, stop) => lists.ReadRunsAsync(query, take, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken) =>
        LiveAsync((queries, stop) => queries.DueJobsAsync(slice, upTo, after, limit, stop), cancellationToken);

    /// <inheritdoc />
    public Task<int> DeleteRunsEndedBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        RemoveAsync((removals, stop) => removals.RunsEndedBeforeAsync(before, limit, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<JobsLookedAt> FindJobsWithMoreRunsAsync(RunsKept kept, JobId? after, int limit, CancellationToken cancellationToken) =>
        LiveAsync((queries, stop) => queries.JobsWithMoreRunsAsync(kept, after, limit, stop), cancellationToken);

    /// <inheritdoc />
    public Task<int> DeleteRunsBeyondAsync(JobId job, RunsKept kept, int limit, CancellationToken cancellationToken) =>
        RemoveAsync((removals, stop) => removals.RunsBeyondAsync(job, kept, limit, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<IReadOnlyList<FinishedJob>> FindFinishedJobsAsync(bool areDeleted, DateTimeOffset before, FinishedJob? after, int limit, CancellationToken cancellationToken) =>
        LiveAsync((queries, stop) => queries.FinishedJobsAsync(areDeleted, before, after, limit, stop), cancellationToken);

    /// <inheritdoc />
    public ValueTask<long?> FindOldestRunVersionAsync(JobId job, RunsKept kept, CancellationToken cancellationToken) =>
        LiveAsync((queries, stop) => queries.OldestRunVersionAsync(job, kept, stop), cancellationToken);

    /// <inheritdoc />
    public Task<int> DeleteHiddenBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken) =>
        RemoveAsync((removals, stop) => removals.HiddenBeforeAsync(before, limit, stop), cancellationToken);

    /// <inheritdoc />
    public Task CompleteFillingAsync(long tables, CancellationToken cancellationToken) =>
        SetAsync(stop => _sets.CompleteFillingAsync(tables, stop), cancellationToken);

    /// <inheritdoc />
    public async Task CheckAsync(CancellationToken cancellationToken) =>
        await CallAsync<object?>(
            async stop =>
            {
                await _sets.CheckAsync(stop);
                return null;
            },
            cancellationToken);

    /// <summary>
    /// Compares the views with the journal that they are to follow. When they are another's, or tell of what the journal doesn't have, an
    /// empty set takes their place, and <see cref="ViewTables.Filling"/> says why. Any number of nodes may do so at once.
    /// </summary>
    /// <param name="journal">Reads how far the journal goes: asked after the views, which other nodes go on filling.</param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why the views were emptied by this call; null when they were not.</returns>
    /// <exception cref="ViewsUnavailableException">The database can't be used.</exception>
    public Task<string?> FollowAsync(Func<CancellationToken, Task<JournalMark>> journal, DateTimeOffset now, CancellationToken cancellationToken) =>
        _database.CallAsync(stop => _sets.FollowAsync(journal, now, stop), ViewDatabase.LongPatience, cancellationToken);

    /// <summary>Writes what waits and closes the connections.</summary>
    public void Dispose()
    {
        _rows.EndAsync().GetAwaiter().GetResult();
        _sets.Dispose();
        _database.Dispose();
        // Nobody waits for a step; the one that is being written is projected again.
        _steps.EndAsync().GetAwaiter().GetResult();
    }

    private async ValueTask<T> CallAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellationToken) =>
        await _database.CallAsync(call, ViewDatabase.Patience, cancellationToken);

    private ValueTask<T> LiveAsync<T>(Func<ViewQueries, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
        CallAsync(async stop => await query(new ViewQueries(_database, (await _sets.CurrentAsync(stop)).Live), stop), cancellationToken);

    private ValueTask<T> ListAsync<T>(Func<ListQueries, CancellationToken, Task<T>> query, CancellationToken cancellationToken) =>
        CallAsync(async stop => await query(new ListQueries(_database, (await _sets.CurrentAsync(stop)).Live, Bounds), stop), cancellationToken);

    private Task<int> RemoveAsync(Func<ViewRemovals, CancellationToken, Task<int>> remove, CancellationToken cancellationToken) => _database.CallAsync(
        async stop => await remove(new ViewRemovals(_database, (await _sets.CurrentAsync(stop)).Live), stop), ViewDatabase.LongPatience, cancellationToken);

    private Task<bool> SetAsync(Func<CancellationToken, Task> move, CancellationToken cancellationToken) => _database.CallAsync(
        async stop =>
        {
            await move(stop);
            return true;
        },
        ViewDatabase.LongPatience,
        cancellationToken);
}
