using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.Sqlite;

/// <summary>Makes SQLite stores: one for each file. Whatever plugin asks first, the settings are the journal's.</summary>
internal sealed class SqliteStoreProvider : IStoreProvider
{
    public string KeyFor(ActorSystem system, Config plugin)
    {
        var path = plugin.GetString("path", "");
        if (string.IsNullOrEmpty(path))
            path = Journal(system).GetString("path", "");
        if (string.IsNullOrEmpty(path))
            throw new ConfigurationException($"The setting '{SqlitePersistence.JournalId}.path' is missing: it names the database file.");
        return Path.GetFullPath(path);
    }

    public IPersistenceStore Create(ActorSystem system, Config plugin, TimeProvider time) =>
        new SqliteStore(SqliteStoreSettings.From(Journal(system), KeyFor(system, plugin)), time, Logging.GetLogger(system, typeof(SqliteStore)));

    private static Config Journal(ActorSystem system) =>
        (system.Settings.Config.GetConfig(SqlitePersistence.JournalId) ?? Config.Empty)
        .WithFallback(SqlitePersistence.DefaultConfig.GetConfig(SqlitePersistence.JournalId));
}
