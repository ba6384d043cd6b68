using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>
/// Where the read model is kept, as those see it who write it: the view writer and the projections. Queries see <see cref="IJobViews"/>.
/// A store may hold two sets of tables: the live one, that queries read, and one that is being rebuilt.
/// </summary>
public interface IJobViewStore : IJobViews, IViewRetention
{
    /// <summary>The set that queries read now.</summary>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached.</exception>
    ValueTask<ViewTables> LiveTablesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Adds a row to the next group commit, in the order of the calls, and in that of <see cref="CommitAsync"/>. Returns at once and never
    /// throws: how it ended is told to the row. It goes into the live set, and into the one that is being rebuilt if there is one.
    /// </summary>
    void Enqueue(RowWrite write);

    /// <summary>
    /// Writes one step of a projection: run rows and job rows, each guarded by its version, what was set aside, and the offset. When it
    /// fails, all of it may be there, or nothing, or a part; projecting the same events again from the stored offset completes it. For that
    /// a job's row never says that an event is projected whose run row, or setting aside, is not there, and the offset is never ahead of
    /// any row.
    /// </summary>
    /// <exception cref="ViewTablesReplacedException">The set of tables is no more: begin again with the live one.</exception>
    /// <exception cref="RowAssumptionException">A row that the step relied on was not written: begin again from the stored offset.</exception>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached, or refuses.</exception>
    Task CommitAsync(ProjectionStep step, CancellationToken cancellationToken);

    /// <summary>The offset up to which a slice's events are in that set; 0 for none.</summary>
    ValueTask<long> FindOffsetAsync(long tables, int slice, CancellationToken cancellationToken);

    /// <summary>A job's row, as a projection continues it; null when there is none.</summary>
    ValueTask<ProjectedJob?> FindProjectedAsync(long tables, JobId id, CancellationToken cancellationToken);

    /// <summary>A run's row; null when there is none.</summary>
    ValueTask<RunView?> FindProjectedRunAsync(long tables, RunId id, CancellationToken cancellationToken);

    /// <summary>Makes an empty set of tables, instead of any other that is not live. From here on each row is written to both.</summary>
    /// <returns>The new set.</returns>
    Task<long> BeginRebuildAsync(CancellationToken cancellationToken);

    /// <summary>Makes the rebuilt set the live one and drops the one before it, at one stroke.</summary>
    Task CompleteRebuildAsync(long tables, CancellationToken cancellationToken);

    /// <summary>Drops a set that will not be completed.</summary>
    Task AbandonRebuildAsync(long tables, CancellationToken cancellationToken);

    /// <summary>The live set is whole: <see cref="ViewTables.Filling"/> is over. Of another set nothing is said.</summary>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached, or refuses.</exception>
    Task CompleteFillingAsync(long tables, CancellationToken cancellationToken);

    /// <summary>Proves that the store takes writes, by making a tiny one.</summary>
    /// <exception cref="ViewsUnavailableException">It does not.</exception>
    Task CheckAsync(CancellationToken cancellationToken);
}

/// <summary>The set of tables that queries read.</summary>
/// <param name="Id">Its number: each rebuild makes a new one.</param>
/// <param name="Replaced">Signalled when another set takes its place.</param>
public sealed record ViewTables(long Id, CancellationToken Replaced)
{
    /// <summary>What it is being filled with; null when it is whole.</summary>
    public ViewsFilling? Filling { get; init; }
}

/// <summary>A job's row, as a projection continues it.</summary>
/// <param name="State">The state at the row's version, which may be ahead of the projection.</param>
/// <param name="Projected">The version up to which the projection has handled the job's events.</param>
/// <param name="Generation">The job's <c>g</c> at that version: run ids of skipped occurrences are made of it.</param>
public sealed record ProjectedJob(JobState State, long Projected, int Generation);

/// <summary>An event that could not be projected.</summary>
/// <param name="PersistenceId">Whose it is.</param>
/// <param name="Version">Its number in that journal.</param>
/// <param name="Error">What went wrong.</param>
public sealed record EventSetAside(string PersistenceId, long Version, string Error);

/// <summary>What a projection writes in one go.</summary>
/// <param name="Tables">The set of tables.</param>
/// <param name="Slice">The slice.</param>
/// <param name="Offset">The highest offset of the events that are handled then. Lower than the stored one where a resumed stream repeats events: the higher one stays.</param>
public sealed record ProjectionStep(long Tables, int Slice, long Offset)
{
    /// <summary>Rows of jobs, each once.</summary>
    public IReadOnlyCollection<ProjectedJob> Jobs { get; init; } = [];

    /// <summary>Rows of runs, each once.</summary>
    public IReadOnlyCollection<RunView> Runs { get; init; } = [];

    /// <summary>Events that could not be projected.</summary>
    public IReadOnlyCollection<EventSetAside> SetAside { get; init; } = [];

    /// <summary>Rows of the view writer that the step relies on: events were dropped because these rows have them.</summary>
    public IReadOnlyCollection<RowWrite> Assumed { get; init; } = [];

    /// <summary>Why one of the rows that the step relies on is not there; null when all are.</summary>
    internal string? MissingRow() => Assumed.FirstOrDefault(row => !row.IsIn(Tables)) is { } missing
        ? $"The row of job {missing.State.Id} was not written into set {Tables}."
        : null;
}

/// <summary>The set of tables that a projection writes is no more.</summary>
public sealed class ViewTablesReplacedException(string message) : Exception(message);

/// <summary>A row that a projection relied on was not written.</summary>
public sealed class RowAssumptionException(string message) : Exception(message);
