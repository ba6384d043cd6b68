using Akka.Actor;
using Akka.Configuration;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Sqlite;

/// <summary>Configures journal, snapshot store and read journal on one SQLite file.</summary>
public static class SqlitePersistence
{
    /// <summary>Plugin id of the journal.</summary>
    public const string JournalId = "akka.persistence.journal.sqlite";

    /// <summary>Plugin id of the snapshot store.</summary>
    public const string SnapshotStoreId = "akka.persistence.snapshot-store.sqlite";

    /// <summary>Plugin id of the read journal.</summary>
    public const string ReadJournalId = "akka.persistence.query.journal.sqlite";

    /// <summary>The three plugins with their default settings; no path.</summary>
    public static Config DefaultConfig { get; } =
        ConfigurationFactory.FromResource("Scheduler.Persistence.Sqlite.sqlite.conf", typeof(SqlitePersistence).Assembly);

    /// <summary>Makes the three plugins an actor system's default ones, on one file.</summary>
    /// <param name="path">The database file; it and its folder are made where they don't exist.</param>
    public static Config Config(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var quoted = Path.GetFullPath(path).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
        return ConfigurationFactory.ParseString($$"""
            akka.persistence.journal.plugin = "{{JournalId}}"
            akka.persistence.snapshot-store.plugin = "{{SnapshotStoreId}}"
            {{JournalId}}.path = "{{quoted}}"
            """).WithFallback(DefaultConfig);
    }

    /// <summary>
    /// Opens the file that an actor system is configured for, so that a host learns what is wrong with it before anything depends on it.
    /// </summary>
    /// <param name="system">Configured with <see cref="Config"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It can't be opened: the message says why.</exception>
    public static Task OpenAsync(ActorSystem system, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        return Store(system).OpenAsync(cancellationToken);
    }

    /// <summary>Which journal an actor system has, and how far it goes.</summary>
    /// <param name="system">Configured with <see cref="Config"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It can't be opened.</exception>
    public static Task<JournalStand> StandAsync(ActorSystem system, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        return Store(system).StandAsync(cancellationToken);
    }

    /// <summary>An id for <see cref="StartAsync"/>.</summary>
    public static string NewStart() => SqliteIdentity.NewStart();

    /// <summary>Marks the journal as one that another process has started on: see <see cref="JournalStand.Start"/>.</summary>
    /// <param name="system">Configured with <see cref="Config"/>.</param>
    /// <param name="start">Of <see cref="NewStart"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StoreException">It can't be written.</exception>
    public static Task StartAsync(ActorSystem system, string start, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        return Store(system).StartAsync(start, cancellationToken);
    }

    /// <summary>
    /// Copies an actor system's journal and snapshots as they are now, while they are written to. The copy has its name when it is whole and
    /// on disk.
    /// </summary>
    /// <param name="system">Configured with <see cref="Config"/>.</param>
    /// <param name="path">The copy's file; must not be there.</param>
    /// <param name="cancellationToken">Gives up, and leaves nothing.</param>
    /// <exception cref="StoreException">It can't be copied: the message says why.</exception>
    public static Task BackUpAsync(ActorSystem system, string path, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(system);
        return Store(system).BackUpAsync(path, cancellationToken);
    }

    /// <summary>The same of a file that may be another process's, which goes on meanwhile.</summary>
    /// <param name="journal">The file.</param>
    /// <param name="path">The copy's file; must not be there.</param>
    /// <param name="cancellationToken">Gives up, and leaves nothing.</param>
    /// <exception cref="StoreException">It can't be copied: the message says why.</exception>
    public static void BackUp(string journal, string path, CancellationToken cancellationToken = default) =>
        SqliteJournalBackup.Copy(journal, path, cancellationToken);

    private static SqliteStore Store(ActorSystem system) =>
        (SqliteStore)PersistenceStores.For(system).Get(system.Settings.Config.GetConfig(JournalId));
}
