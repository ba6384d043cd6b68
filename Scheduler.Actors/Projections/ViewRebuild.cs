using Akka.Actor;
using Akka.Streams;
using Akka.Streams.Dsl;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>How far a rebuild is.</summary>
/// <param name="Slices">How many slices have been read to what was there when it began.</param>
/// <param name="Events">How many events have been read.</param>
/// <param name="IsDone">Whether the rebuilt tables are the ones that queries read.</param>
public sealed record RebuildProgress(int Slices, long Events, bool IsDone);

/// <summary>Makes the views anew from the journal, while everything goes on.</summary>
public interface IViewRebuild
{
    /// <summary>The rebuild that goes on, or the last one; null when there was none since the node started.</summary>
    RebuildProgress? Progress { get; }

    /// <summary>Whether one goes on.</summary>
    bool IsRunning { get; }

    /// <summary>
    /// Fills new tables from the journal and makes them the live ones. Queries, commands and firing go on with those before until then.
    /// </summary>
    /// <param name="cancellationToken">Gives up, and leaves the live tables as they are.</param>
    /// <exception cref="InvalidOperationException">One goes on already.</exception>
    /// <exception cref="ViewsUnavailableException">The store cannot be reached; the live tables are as they were.</exception>
    Task<RebuildProgress> RebuildAsync(CancellationToken cancellationToken);
}

/// <summary>
/// Reads each slice's events from the first into the new tables, then, in passes that get shorter, what came meanwhile. What is missing
/// still when the tables are swapped the projections read themselves: they go on from the offset in the new tables.
/// </summary>
public sealed class ViewRebuild : IViewRebuild
{
    private const int Passes = 3;

    private readonly ProjectionEnvironment _environment;
    private readonly ActorMaterializer _materializer;
    private RebuildProgress? _progress;
    private int _running;

    /// <summary>One for each node.</summary>
    public ViewRebuild(ActorSystem system, ProjectionEnvironment environment)
    {
        _environment = environment;
        _materializer = system.Materializer();
    }

    /// <inheritdoc />
    public RebuildProgress? Progress => Volatile.Read(ref _progress);

    /// <inheritdoc />
    public bool IsRunning => Volatile.Read(ref _running) != 0;

    /// <inheritdoc />
    public async Task<RebuildProgress> RebuildAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _running, 1) != 0)
            throw new InvalidOperationException("A rebuild of the views goes on already.");
        try
        {
            Volatile.Write(ref _progress, new RebuildProgress(0, 0, IsDone: false));
            var tables = await _environment.Store.BeginRebuildAsync(cancellationToken);
            try
            {
                await FillAsync(tables, cancellationToken);
                await _environment.Store.CompleteRebuildAsync(tables, cancellationToken);
            }
            catch
            {
                await _environment.Store.AbandonRebuildAsync(tables, CancellationToken.None);
                throw;
            }

            var done = Progress! with { IsDone = true };
            Volatile.Write(ref _progress, done);
            return done;
        }
        finally
        {
            Volatile.Write(ref _running, 0);
        }
    }

    private async Task FillAsync(long tables, CancellationToken cancellationToken)
    {
        for (var pass = 0; pass < Passes; pass++)
        {
            for (var slice = 0; slice < JobId.Slices; slice++)
            {
                await FillAsync(tables, slice, cancellationToken);
                if (pass == 0)
                    Volatile.Write(ref _progress, Progress! with { Slices = slice + 1 });
            }
        }
    }

    private async Task FillAsync(long tables, int slice, CancellationToken cancellationToken)
    {
        var offset = await _environment.Store.FindOffsetAsync(tables, slice, cancellationToken);
        var projection = new SliceProjection(slice, tables, _environment, recent: null, _materializer);
        await JournalQueries.Gathered(
                JournalQueries.Readable(_environment.Journal.CurrentEventsAfter(slice, offset), _environment.SetAsideUnreadable),
                SliceProjection.MostEvents,
                SliceProjection.EnoughBytes)
            .SelectAsync(1, async events =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                await foreach (var step in projection.ProjectAsync(events, cancellationToken))
                    await _environment.Store.CommitAsync(step, cancellationToken);
                Volatile.Write(ref _progress, Progress! with { Events = Progress!.Events + events.Count });
                return events.Count;
            })
            .RunWith(Sink.Ignore<int>(), _materializer);
    }
}
