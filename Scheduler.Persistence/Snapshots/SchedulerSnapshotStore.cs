using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;
using Scheduler.Persistence.Journal;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Snapshots;

/// <summary>An Akka.Persistence snapshot store in the journal's database; saving shares the journal's transactions.</summary>
public sealed class SchedulerSnapshotStore : SnapshotStore
{
    private readonly IPersistenceStore _store;
    private readonly EventCodec _codec;

    /// <summary>Made by Akka.Persistence.</summary>
    /// <param name="config">The plugin's configuration; <c>store</c> names the kind of store.</param>
    /// <exception cref="ConfigurationException">A setting is missing or wrong.</exception>
    public SchedulerSnapshotStore(Config config)
    {
        var stores = PersistenceStores.For(Context.System);
        _store = stores.Get(config);
        _codec = new EventCodec((ExtendedActorSystem)Context.System, stores.Time);
    }

    /// <inheritdoc />
    public override async Task<PersistenceHealthCheckResult> CheckHealthAsync(CancellationToken cancellationToken = default)
    {
        var result = await base.CheckHealthAsync(cancellationToken);
        return await StoreHealth.CheckAsync(_store.Events, result, cancellationToken);
    }

    /// <inheritdoc />
    protected override async Task<SelectedSnapshot> LoadAsync(
        string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken)
    {
        var record = await _store.Snapshots.LoadAsync(persistenceId, criteria, cancellationToken).WaitAsync(cancellationToken);
        // Akka's own contract for "none".
        return record is null ? null! : _codec.ToSnapshot(record);
    }

    /// <inheritdoc />
    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot, CancellationToken cancellationToken) =>
        _store.Snapshots.SaveAsync(_codec.ToRecord(metadata, snapshot), cancellationToken).WaitAsync(cancellationToken);

    /// <inheritdoc />
    protected override Task DeleteAsync(SnapshotMetadata metadata, CancellationToken cancellationToken)
    {
        // Without a timestamp any snapshot at that number is meant; with one, only that very snapshot.
        var exact = metadata.Timestamp != DateTime.MinValue;
        var criteria = new SnapshotSelectionCriteria(
            metadata.SequenceNr,
            exact ? metadata.Timestamp : DateTime.MaxValue,
            metadata.SequenceNr,
            exact ? metadata.Timestamp : DateTime.MinValue);
        return DeleteAsync(metadata.PersistenceId, criteria, cancellationToken);
    }

    /// <inheritdoc />
    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria, CancellationToken cancellationToken) =>
        _store.Snapshots.DeleteAsync(persistenceId, criteria, cancellationToken).WaitAsync(cancellationToken);
}
