using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Query;

namespace Scheduler.Tests.Persistence;

public sealed class MongoReadJournalSpecs : ReadJournalConformance
{
    // So small that every spec reads several pages and outruns the tail.
    private static readonly Config s_tight = ConfigurationFactory.ParseString($$"""
        {{MongoPersistence.ReadJournalId}} { page-size = 5, tail-capacity = 8 }
        """);

    private readonly MongoDatabase _database;

    public MongoReadJournalSpecs()
        : this(new MongoDatabase())
    {
    }

    private MongoReadJournalSpecs(MongoDatabase database)
        : base(s_tight.WithFallback(database.Config)) => _database = database;

    protected override bool HasLateEvents => true;

    protected override SchedulerReadJournal OpenJournal(ActorSystem system) =>
        PersistenceQuery.Get(system).ReadJournalFor<SchedulerReadJournal>(MongoPersistence.ReadJournalId);

    protected override void AfterAll()
    {
        base.AfterAll();
        _database.Dispose();
    }
}
