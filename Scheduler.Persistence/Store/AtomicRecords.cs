using Scheduler.Persistence.Events;

namespace Scheduler.Persistence.Store;

/// <summary>Events of one persistence id that are stored all or not at all, in ascending sequence numbers.</summary>
/// <param name="Events">At least one.</param>
internal sealed record AtomicRecords(IReadOnlyList<EventRecord> Events)
{
    /// <summary>Whether nobody waits for it: see <see cref="UnhurriedEventsSetup"/>.</summary>
    public bool IsUnhurried { get; init; }
}
