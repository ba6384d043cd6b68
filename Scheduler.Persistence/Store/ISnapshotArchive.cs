using Akka.Persistence;

namespace Scheduler.Persistence.Store;

/// <summary>A snapshot as a store keeps it; at most one for each persistence id and sequence number.</summary>
/// <param name="PersistenceId">Whose state it is.</param>
/// <param name="SequenceNr">Of the last event that is in it.</param>
/// <param name="Timestamp">When it was taken, in UTC ticks.</param>
/// <param name="SerializerId">Identifier of the Akka serializer that wrote it.</param>
/// <param name="Manifest">The serializer's manifest; empty when it has none.</param>
/// <param name="Payload">The state's bytes.</param>
internal sealed record SnapshotRecord(
    string PersistenceId, long SequenceNr, long Timestamp, int SerializerId, string Manifest, byte[] Payload);

/// <summary>What a snapshot store needs of a database.</summary>
internal interface ISnapshotArchive
{
    /// <summary>The newest (by sequence number) that meets the criteria, or null.</summary>
    Task<SnapshotRecord?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken);

    /// <summary>Stores it, in place of one at the same sequence number.</summary>
    Task SaveAsync(SnapshotRecord snapshot, CancellationToken cancellationToken);

    /// <summary>Deletes all that meet the criteria; none is fine.</summary>
    Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken);
}
