using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Scheduler.Persistence.Store;

namespace Scheduler.Persistence.MongoDb;

/// <summary>Makes MongoDB stores: one for each connection string. Whatever plugin asks first, the settings are the journal's.</summary>
internal sealed class MongoStoreProvider : IStoreProvider
{
    public string KeyFor(ActorSystem system, Config plugin)
    {
        var connectionString = plugin.GetString("connection-string", "");
        if (string.IsNullOrEmpty(connectionString))
            connectionString = Section(system, MongoPersistence.JournalId).GetString("connection-string", "");
        if (string.IsNullOrEmpty(connectionString))
            throw new ConfigurationException($"The setting '{MongoPersistence.JournalId}.connection-string' is missing: it names the database.");
        return connectionString;
    }

    public IPersistenceStore Create(ActorSystem system, Config plugin, TimeProvider time) => new MongoStore(
        MongoStoreSettings.From(
            Section(system, MongoPersistence.JournalId), Section(system, MongoPersistence.SnapshotStoreId), KeyFor(system, plugin)),
        time,
        Logging.GetLogger(system, typeof(MongoStore)));

    private static Config Section(ActorSystem system, string id) =>
        (system.Settings.Config.GetConfig(id) ?? Config.Empty).WithFallback(MongoPersistence.DefaultConfig.GetConfig(id));
}
