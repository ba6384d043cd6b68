using Akka.Actor;
using Akka.Configuration;

namespace Scheduler.Persistence.Store;

/// <summary>Makes stores of one kind; named by a plugin's <c>store</c> setting, created with its parameterless constructor.</summary>
internal interface IStoreProvider
{
    /// <summary>What plugins must have in common to share one store, a file's path for example.</summary>
    string KeyFor(ActorSystem system, Config plugin);

    /// <summary>Makes the store without touching the database yet.</summary>
    IPersistenceStore Create(ActorSystem system, Config plugin, TimeProvider time);
}
