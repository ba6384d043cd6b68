using Akka.Persistence;

namespace Scheduler.Persistence.Journal;

/// <summary>
/// For an actor whose persistence id was made a moment ago on this node (a UUID, never an id that a client chose): there can be nothing to
/// recover, so nothing is read. Should there be something after all, the actor's first write fails as a duplicate.
/// </summary>
public static class NewPersistenceId
{
    /// <summary>
    /// What such an actor answers from <c>Recovery</c>. <see cref="SchedulerJournal"/> answers it without touching its store; any other
    /// journal merely replays nothing.
    /// </summary>
    public static Recovery Recovery { get; } = new(SnapshotSelectionCriteria.None, toSequenceNr: 0, replayMax: 0);

    /// <summary>True for the request that an actor with <see cref="Recovery"/> sends.</summary>
    internal static bool IsAskedBy(ReplayMessages request) => request is { ToSequenceNr: 0, Max: 0 };
}
