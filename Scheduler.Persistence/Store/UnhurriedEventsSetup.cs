using Akka.Actor.Setup;

namespace Scheduler.Persistence.Store;

/// <summary>
/// Names the events that nobody waits for. A store may keep them back for some milliseconds, so that more of them share a transaction, where
/// it has stored something just before; those of one persistence id stay in their order. Without it every event is stored at once.
/// </summary>
/// <param name="isUnhurried">
/// Tells of an event, without its tags, whether it may wait. Called by journals, on several threads; a write waits only when all of its events may.
/// </param>
public sealed class UnhurriedEventsSetup(Func<object, bool> isUnhurried) : Setup
{
    /// <summary>Tells of an event whether it may wait.</summary>
    public Func<object, bool> IsUnhurried { get; } = isUnhurried;
}
