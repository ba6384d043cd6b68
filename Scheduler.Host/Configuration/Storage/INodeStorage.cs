using Akka.Actor;
using Akka.Configuration;
using Scheduler.Actors.Execution.Clock;
using Scheduler.Actors.Membership;
using Scheduler.Actors.Retention;

namespace Scheduler.Host.Configuration.Storage;

/// <summary>What one kind of storage brings to a node. Disposed when the process ends.</summary>
internal interface INodeStorage : IDisposable
{
    /// <summary>Plugin id of the journal.</summary>
    string JournalId { get; }

    /// <summary>Plugin id of the read journal.</summary>
    string ReadJournalId { get; }

    /// <summary>Makes journal, snapshot store and read journal the actor system's own.</summary>
    Config Persistence { get; }

    /// <summary>What the cluster's members agree through, for the actor system; empty where a node is alone with its storage.</summary>
    Config Cluster { get; }

    /// <summary>Where this node finds the others when none are configured; null where a node is alone with its storage.</summary>
    INodeRegistry? OpenRegistry();

    /// <summary>Where the data is, for the operator: no credentials.</summary>
    string Description { get; }

    /// <summary>Registers the read model.</summary>
    /// <param name="services">The container.</param>
    /// <param name="retention">What it keeps.</param>
    void AddViews(IServiceCollection services, RetentionOptions retention);

    /// <summary>The clock that all nodes on this storage share; null where a node is alone with it.</summary>
    /// <param name="system">The node's actor system.</param>
    IReferenceClock? ReferenceClock(ActorSystem system);

    /// <summary>Opens journal and read model.</summary>
    /// <param name="services">The node's services.</param>
    /// <param name="system">The node's actor system.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StartException">One of them cannot be used: the message says which, and why.</exception>
    Task OpenAsync(IServiceProvider services, ActorSystem system, CancellationToken cancellationToken);

    /// <summary>Copies all that cannot be made again, while the node goes on.</summary>
    /// <param name="system">The node's actor system.</param>
    /// <param name="cancellationToken">Gives up, and leaves nothing.</param>
    /// <returns>The journal's file, to read and to dispose of; null where the storage has backups of its own.</returns>
    /// <exception cref="Scheduler.Persistence.Store.StoreException">It cannot be copied: the message says why.</exception>
    Task<Stream?> BackUpAsync(ActorSystem system, CancellationToken cancellationToken);
}
