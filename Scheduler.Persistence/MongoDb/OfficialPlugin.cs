using System.Runtime.CompilerServices;
using Akka.Configuration;

namespace Scheduler.Persistence.MongoDb;

/// <summary>
/// Akka.Persistence.MongoDb at the place of this project's journal and snapshot store: built with <c>-p:OfficialMongoPlugin=true</c>. The read
/// journal stays this project's; it finds what the other writes, in its database.
/// </summary>
internal static class OfficialPlugin
{
    /// <summary>True in a build that references it.</summary>
    public static bool IsReferenced =>
#if OFFICIAL_MONGO_PLUGIN
        true;
#else
        false;
#endif

    /// <summary>
    /// Touches the plugin's extension. It registers a serializer there by which a payload's type is written as <c>System.Byte[], System.Private.CoreLib</c>; journal and snapshot
    /// store alone don't touch it, and wrote <c>System.Byte[]</c> (2026-11), which the plugin reads and other readers of its documents may not.
    /// </summary>
    public static void RegisterSerializers()
    {
#if OFFICIAL_MONGO_PLUGIN
        Touch(typeof(Akka.Persistence.MongoDb.MongoDbPersistence));
#endif
    }

    /// <summary>Runs a type's static constructor, where nothing else has: naming the type does not.</summary>
    internal static void Touch(Type type) => RuntimeHelpers.RunClassConstructor(type.TypeHandle);

    /// <summary>What to lay over <see cref="MongoPersistence.DefaultConfig"/>.</summary>
    /// <param name="quotedConnectionString">As it stands between quotation marks. The plugin has no default for its snapshot store's.</param>
    public static Config Config(string quotedConnectionString) => ConfigurationFactory.ParseString($$"""
        {{MongoPersistence.JournalId}} {
          class = "Akka.Persistence.MongoDb.Journal.MongoDbJournal, Akka.Persistence.MongoDb"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          # An atomic write is all or nothing.
          use-write-transaction = on
          # The layout that this project reads: bytes of Akka's serializers.
          legacy-serialization = off
        }
        {{MongoPersistence.SnapshotStoreId}} {
          class = "Akka.Persistence.MongoDb.Snapshot.MongoDbSnapshotStore, Akka.Persistence.MongoDb"
          plugin-dispatcher = "akka.actor.default-dispatcher"
          connection-string = "{{quotedConnectionString}}"
          auto-initialize = on
          # One document: it is stored whole without a transaction.
          use-write-transaction = off
          legacy-serialization = off
          call-timeout = 5s
        }
        """);
}
