using Akka.Actor;
using Akka.Configuration;

namespace Scheduler.Persistence.Store;

/// <summary>
/// The stores of one actor system. Its journal, snapshot store and read journal share the store of one database; all are closed when the
/// system has terminated.
/// </summary>
internal sealed class PersistenceStores : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly Dictionary<string, IPersistenceStore> _stores = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private bool _closed;

    public PersistenceStores(ExtendedActorSystem system)
    {
        _system = system;
        Time = system.Settings.Setup.Get<PersistenceTimeSetup>() is { HasValue: true } setup ? setup.Value.Time : TimeProvider.System;
        // After all actors have stopped, so that nothing writes any more: the last checkpoint finds everything.
        system.RegisterOnTermination(Close);
    }

    /// <summary>The clock that events are stamped with.</summary>
    public TimeProvider Time { get; }

    public static PersistenceStores For(ActorSystem system) => system.WithExtension<PersistenceStores, PersistenceStoresProvider>();

    /// <summary>The store that a plugin's configuration names.</summary>
    public IPersistenceStore Get(Config plugin)
    {
        var name = plugin.GetString("store", null)
            ?? throw new ConfigurationException("A persistence plugin of Scheduler.Persistence needs the setting 'store'.");
        var type = Type.GetType(name) ?? throw new ConfigurationException($"The setting 'store' names a type that isn't there: {name}");
        var provider = (IStoreProvider)Activator.CreateInstance(type)!;
        var key = $"{type.FullName}|{provider.KeyFor(_system, plugin)}";
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (!_stores.TryGetValue(key, out var store))
                _stores.Add(key, store = provider.Create(_system, plugin, Time));
            return store;
        }
    }

    private void Close()
    {
        IPersistenceStore[] stores;
        lock (_gate)
        {
            _closed = true;
            stores = [.. _stores.Values];
            _stores.Clear();
        }

        foreach (var store in stores)
            store.Dispose();
    }
}

/// <summary>Makes <see cref="PersistenceStores"/> for an actor system.</summary>
internal sealed class PersistenceStoresProvider : ExtensionIdProvider<PersistenceStores>
{
    public override PersistenceStores CreateExtension(ExtendedActorSystem system) => new(system);
}
