namespace Scheduler.Tests.Persistence;

public sealed class MongoStandaloneJournalSpecs : JournalConformance
{
    private readonly MongoDatabase _database;

    public MongoStandaloneJournalSpecs()
        : this(StandaloneMongo.NewDatabase())
    {
    }

    private MongoStandaloneJournalSpecs(MongoDatabase database)
        : base(database.Config) => _database = database;

    protected override void AfterAll()
    {
        base.AfterAll();
        _database.Dispose();
    }
}
