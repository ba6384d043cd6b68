using Akka.Actor;
using Akka.Configuration;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Configures journal, snapshot store and read journal on one MongoDB database: a replica set or a sharded cluster, whose transactions
/// keep what one <c>PersistAll</c> writes together; on a standalone server it takes more round trips (ADR 0012).
/// </summary>
public static class MongoPersistence
{
    /// <summary>Plugin id of the journal.</summary>
    public const string JournalId = "akka.persistence.journal.mongodb";

    /// <summary>Plugin id of the snapshot store.</summary>
    public const string SnapshotStoreId = "akka.persistence.snapshot-store.mongodb";

    /// <summary>Plugin id of the read journal: the official plugin's, which lies beside and not below "query.journal".</summary>
    public const string ReadJournalId = "akka.persistence.query.mongodb";

    /// <summary>The three plugins with their default settings; no connection string.</summary>
    public static Config DefaultConfig { get; } =
        ConfigurationFactory.FromResource("Scheduler.Persistence.MongoDb.mongodb.conf", typeof(MongoPersistence).Assembly);

    /// <summary>Makes the plugins an actor system's default ones, on one database.</summary>
    /// <param name="connectionString">Names the database too: <c>mongodb://host/scheduler?replicaSet=rs0</c>.</param>
    public static Config Config(string connectionString) => Config(connectionString, OfficialPlugin.IsReferenced);

    /// <summary>The same, with this project's journal and snapshot store, or with those of the official plugin.</summary>
    internal static Config Config(string connectionString, bool official)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(connectionString);
        var quoted = connectionString.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        if (official)
            OfficialPlugin.RegisterSerializers();
        var plugins = official ? OfficialPlugin.Config(quoted).WithFallback(DefaultConfig) : DefaultConfig;
        return ConfigurationFactory.ParseString($$"""
            akka.persistence.journal.plugin = "{{JournalId}}"
            akka.persistence.snapshot-store.plugin = "{{SnapshotStoreId}}"
            {{JournalId}}.connection-string = "{{quoted}}"
            """).WithFallback(plugins);
    }

    /// <summary>What the clock of the database's server shows: the primary's, at some moment of the call.</summary>
    /// <param name="system">Configured with <see cref="Config(string)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The server doesn't answer.</exception>
    public static Task<DateTimeOffset> ReadServerTimeAsync(ActorSystem system, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        var store = PersistenceStores.For(system).Get(system.Settings.Config.GetConfig(JournalId));
        return ((MongoStore)store).ReadServerTimeAsync(cancellationToken);
    }

    /// <summary>
    /// Opens the database that an actor system is configured for, so that a host learns what is wrong with it before anything depends on it.
    /// </summary>
    /// <param name="system">Configured with <see cref="Config(string)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It can't be opened: the message says why.</exception>
    public static Task OpenAsync(ActorSystem system, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        return PersistenceStores.For(system).Get(system.Settings.Config.GetConfig(JournalId)).Events.OpenAsync(cancellationToken);
    }

    /// <summary>Which journal an actor system has, and how far it goes.</summary>
    /// <param name="system">Configured with <see cref="Config(string)"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It can't be opened.</exception>
    public static Task<JournalStand> StandAsync(ActorSystem system, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        return ((MongoStore)PersistenceStores.For(system).Get(system.Settings.Config.GetConfig(JournalId))).StandAsync(cancellationToken);
    }

    /// <summary>
    /// Says what the other nodes of a cluster know this one by, before it is opened: a node that is killed leaves transactions open, which hold up others' writes
    /// of the same jobs for as long as the server lets them, and <see cref="EndNodeAsync"/> ends them by that name.
    /// </summary>
    /// <param name="system">Configured with <see cref="Config(string)"/>.</param>
    /// <param name="node">Unique for each process.</param>
    public static void NameNode(ActorSystem system, string node) => Store(system).NameNode(node);

    /// <summary>Ends what a node that is gone has left open in the database, where the server lets this one do so.</summary>
    /// <param name="system">Configured with <see cref="Config(string)"/>.</param>
    /// <param name="node">Its name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">The database can't be opened.</exception>
    public static Task EndNodeAsync(ActorSystem system, string node, CancellationToken cancellationToken = default) =>
        Store(system).EndSessionsAsync(node, cancellationToken);

    private static MongoStore Store(ActorSystem system) => (MongoStore)PersistenceStores.For(system).Get(system.Settings.Config.GetConfig(JournalId));
}
