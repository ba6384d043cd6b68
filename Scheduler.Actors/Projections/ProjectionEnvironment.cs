using Microsoft.Extensions.Logging;
using Scheduler.Actors.Logging;

namespace Scheduler.Actors.Projections;

/// <summary>What the projections of a node share.</summary>
/// <param name="Clock">Tells the time.</param>
/// <param name="Store">Where rows go.</param>
/// <param name="Journal">Where events come from.</param>
/// <param name="Recent">The rows that the node's view writer has just written.</param>
/// <param name="Lag">Told how far the projections are behind.</param>
/// <param name="Log">Told of failures.</param>
public sealed record ProjectionEnvironment(
    TimeProvider Clock, IJobViewStore Store, JournalQueries Journal, RecentRows Recent, ProjectionLag Lag, ILogger Log)
{
    /// <summary>
    /// How long a step waits for the rows of jobs that begin in it. An event and the row that the entity makes of it set out at the same
    /// moment; a projection that comes first would do the entity's work once more.
    /// </summary>
    public TimeSpan NewRowGrace { get; init; } = TimeSpan.FromMilliseconds(3);

    /// <summary>
    /// When projections go on after a small step. A run is in lists about a tenth of a second after it was stored, and what it changed meanwhile is one
    /// write.
    /// </summary>
    public ProjectionRhythm Rhythm { get; init; } = new(TimeSpan.FromMilliseconds(100), TimeProvider.System);

    /// <summary>The delay before a failed stream is started again; it doubles up to <see cref="MaxRestartDelay"/>.</summary>
    public TimeSpan MinRestartDelay { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>The longest delay before a failed stream is started again.</summary>
    public TimeSpan MaxRestartDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether to say that streams fail: when the store is away, all slices' do.</summary>
    public OutageLog Outages { get; init; } = new(Clock);

    /// <summary>Counts and logs an event that the journal has and nobody can read.</summary>
    internal void SetAsideUnreadable(Exception cause)
    {
        Lag.SetAside();
        Log.LogError(cause, "An event in the journal can't be read and is set aside: {Cause}", cause.Message);
    }
}
