using Akka.Configuration;
using Scheduler.Persistence.MongoDb;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>What the build with the official plugin configures.</summary>
public sealed class OfficialPluginSpecs
{
    private const string Database = "mongodb://u:p%22@db/scheduler?replicaSet=rs0";

    [Fact]
    public void Journal_and_snapshot_store_are_the_official_ones_on_the_same_database()
    {
        var config = MongoPersistence.Config(Database, official: true);
        var journal = Plugin(config, "akka.persistence.journal.plugin");
        var snapshots = Plugin(config, "akka.persistence.snapshot-store.plugin");

        Assert.Equal("Akka.Persistence.MongoDb.Journal.MongoDbJournal, Akka.Persistence.MongoDb", journal.GetString("class"));
        Assert.Equal("Akka.Persistence.MongoDb.Snapshot.MongoDbSnapshotStore, Akka.Persistence.MongoDb", snapshots.GetString("class"));
        Assert.Equal(Database, journal.GetString("connection-string"));
        Assert.Equal(Database, snapshots.GetString("connection-string"));
        Assert.True(journal.GetBoolean("use-write-transaction"));
        Assert.False(journal.GetBoolean("legacy-serialization"));
        Assert.Equal(("EventJournal", "Metadata", "SnapshotStore"), (journal.GetString("collection"), journal.GetString("metadata-collection"), snapshots.GetString("collection")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_read_journal_and_its_store_stay_this_projects(bool official)
    {
        var config = MongoPersistence.Config(Database, official);
        Assert.Equal("Scheduler.Persistence.Query.SchedulerReadJournalProvider, Scheduler.Persistence", config.GetConfig(MongoPersistence.ReadJournalId).GetString("class"));
        Assert.Equal("Scheduler.Persistence.MongoDb.MongoStoreProvider, Scheduler.Persistence", config.GetConfig(MongoPersistence.JournalId).GetString("store"));
    }

    [Fact]
    public void The_plugins_have_the_official_ones_ids()
    {
        Assert.Equal("akka.persistence.journal.mongodb", MongoPersistence.JournalId);
        Assert.Equal("akka.persistence.snapshot-store.mongodb", MongoPersistence.SnapshotStoreId);
        Assert.Equal("akka.persistence.query.mongodb", MongoPersistence.ReadJournalId);
    }

    [Fact]
    public void Without_it_journal_and_snapshot_store_are_this_projects()
    {
        var config = MongoPersistence.Config(Database, official: false);
        Assert.Equal("Scheduler.Persistence.Journal.SchedulerJournal, Scheduler.Persistence", Plugin(config, "akka.persistence.journal.plugin").GetString("class"));
        Assert.Equal("Scheduler.Persistence.Snapshots.SchedulerSnapshotStore, Scheduler.Persistence", Plugin(config, "akka.persistence.snapshot-store.plugin").GetString("class"));
    }

    /// <summary>The official extension registers its serializer there; the package itself is in no feed that specs are built from.</summary>
    [Fact]
    public void The_static_constructor_of_the_official_extension_is_run_though_nothing_else_touches_it()
    {
        _ = typeof(Registering);
        Assert.False(s_isRegistered);

        OfficialPlugin.Touch(typeof(Registering));

        Assert.True(s_isRegistered);
    }

    private static bool s_isRegistered;

    private static class Registering
    {
        static Registering() => s_isRegistered = true;
    }

    private static Config Plugin(Config config, string key) => config.GetConfig(config.GetString(key));
}
