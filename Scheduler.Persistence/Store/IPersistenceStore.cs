namespace Scheduler.Persistence.Store;

/// <summary>One database: its journal and its snapshots. Disposing it flushes and closes it.</summary>
internal interface IPersistenceStore : IDisposable
{
    /// <summary>The journal's side.</summary>
    IEventStore Events { get; }

    /// <summary>The snapshots' side.</summary>
    ISnapshotArchive Snapshots { get; }
}
