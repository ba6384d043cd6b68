namespace Scheduler.Tests.Persistence;

public sealed class MongoJournalSpecs : JournalConformance
{
    private readonly MongoDatabase _database;

    public MongoJournalSpecs()
        : this(new MongoDatabase())
    {
    }

    private MongoJournalSpecs(MongoDatabase database)
        : base(database.Config) => _database = database;

    protected override void AfterAll()
    {
        base.AfterAll();
        _database.Dispose();
    }
}
