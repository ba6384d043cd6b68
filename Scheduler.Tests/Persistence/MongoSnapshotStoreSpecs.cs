namespace Scheduler.Tests.Persistence;

public sealed class MongoSnapshotStoreSpecs : SnapshotStoreConformance
{
    private readonly MongoDatabase _database;

    public MongoSnapshotStoreSpecs()
        : this(new MongoDatabase())
    {
    }

    private MongoSnapshotStoreSpecs(MongoDatabase database)
        : base(database.Config) => _database = database;

    protected override void AfterAll()
    {
        base.AfterAll();
        _database.Dispose();
    }
}
