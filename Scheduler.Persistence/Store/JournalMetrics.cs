using System.Diagnostics.Metrics;

namespace Scheduler.Persistence.Store;

/// <summary>What operators count of the stores of this process.</summary>
public static class JournalMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Scheduler.Persistence";

    private static readonly Meter s_meter = new(MeterName);

    private static readonly Counter<long> s_deletedEvents = s_meter.CreateCounter<long>(
        "scheduler.journal.deleted", unit: "{event}", description: "Events deleted from the journal.");

    private static readonly Counter<long> s_freed = s_meter.CreateCounter<long>(
        "scheduler.journal.freed", unit: "By", description: "Bytes of the deleted events' payloads: what they took beside is not counted.");

    /// <summary>Events are deleted for good.</summary>
    /// <param name="events">Their number.</param>
    /// <param name="bytes">What their payloads took; null where the store can't tell without reading them.</param>
    internal static void Deleted(long events, long? bytes)
    {
        s_deletedEvents.Add(events);
        if (bytes is { } freed)
            s_freed.Add(freed);
    }
}
