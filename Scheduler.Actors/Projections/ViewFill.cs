using Akka.Actor;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections;

/// <summary>How far the projections are with views that were made anew.</summary>
/// <param name="Filling">What they are being filled with.</param>
/// <param name="Slices">How many slices are in them.</param>
/// <param name="Events">How many events this node has projected meanwhile.</param>
/// <param name="FinishedAt">When all were; null before.</param>
public sealed record FillProgress(ViewsFilling Filling, int Slices, long Events, DateTimeOffset? FinishedAt)
{
    /// <summary>How many events the node had projected before, since it was started.</summary>
    internal long EventsBefore { get; init; }
}

/// <summary>
/// Watches the projections fill views that were made anew, and notes when they are whole. It does nothing to them: they read the journal
/// from its beginning by themselves, since an empty set of tables has no offsets.
/// </summary>
public sealed class ViewFill
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly ProjectionEnvironment _environment;
    private readonly Lazy<IMaterializer> _materializer;
    private FillProgress? _progress;

    /// <summary>One for each node.</summary>
    public ViewFill(ActorSystem system, ProjectionEnvironment environment)
    {
        _environment = environment;
        _materializer = new Lazy<IMaterializer>(() => system.Materializer());
    }

    /// <summary>The filling that goes on, or the last one; null when there was none since the node started.</summary>
    public FillProgress? Progress => Volatile.Read(ref _progress);

    /// <summary>Watches until it is cancelled. Looks in real time: it waits for this machine's work, whatever the clock says.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // The store or the journal: both say themselves what is wrong with them.
                _environment.Log.LogDebug(e, "How far the views are can't be told");
            }

            await Task.Delay(Pause, TimeProvider.System, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken cancellationToken)
    {
        var tables = await _environment.Store.LiveTablesAsync(cancellationToken);
        if (tables.Filling is not { } filling)
        {
            // A rebuild on request, or another node, has ended it.
            if (Progress is { FinishedAt: null } ended)
                Volatile.Write(ref _progress, ended with { FinishedAt = _environment.Clock.GetUtcNow() });
            return;
        }

        var before = Progress?.Filling == filling ? Progress : new FillProgress(filling, 0, 0, FinishedAt: null) { EventsBefore = Progress is null ? 0 : _environment.Lag.EventCount };
        Volatile.Write(ref _progress, before);
        var slices = 0;
        for (var slice = 0; slice < JobId.Slices; slice++)
        {
            if (await HasAllAsync(tables.Id, slice, filling.Until, cancellationToken))
                slices++;
            Volatile.Write(ref _progress, before with { Slices = Math.Max(slices, before.Slices), Events = _environment.Lag.EventCount - before.EventsBefore });
        }

        if (slices < JobId.Slices)
            return;
        await _environment.Store.CompleteFillingAsync(tables.Id, cancellationToken);
        var done = Progress! with { FinishedAt = _environment.Clock.GetUtcNow() };
        Volatile.Write(ref _progress, done);
        _environment.Log.LogInformation("The views are whole again: they were filled from {Events} events, because {Reason}", done.Events, filling.Reason);
    }

    /// <summary>Whether no event of the slice is left before that offset. One step further on is enough to know that some are.</summary>
    private async Task<bool> HasAllAsync(long tables, int slice, long until, CancellationToken cancellationToken)
    {
        var offset = await _environment.Store.FindOffsetAsync(tables, slice, cancellationToken);
        if (offset >= until)
            return true;
        var left = await _environment.Journal.CurrentByTag.CurrentEventsByTag(JobId.SliceTag(slice), Offset.Sequence(offset))
            .AddAttributes(ActorAttributes.CreateSupervisionStrategy(_ => Akka.Streams.Supervision.Directive.Resume))
            .Where(e => JournalQueries.NumberOf(e.Offset) > offset)
            .TakeWhile(e => JournalQueries.NumberOf(e.Offset) <= until)
            .Take(1)
            .RunWith(Sink.Seq<EventEnvelope>(), _materializer.Value)
            .WaitAsync(cancellationToken);
        return left.Count == 0;
    }
}
