using Scheduler.Persistence.Events;

namespace Scheduler.Persistence.Store;

/// <summary>A stretch of the journal in the store's order.</summary>
/// <param name="Events">Those that match, ascending by ordering; may be empty although more follow.</param>
/// <param name="ReadTo">Every matching event up to and including this ordering is in this page or in one before it.</param>
internal sealed record EventPage(IReadOnlyList<EventRecord> Events, long ReadTo)
{
    /// <summary>A page ends with the event that makes its payloads so many bytes: it is in memory as a whole, and an event may have a megabyte.</summary>
    public const long EnoughBytes = 4 << 20;
}
