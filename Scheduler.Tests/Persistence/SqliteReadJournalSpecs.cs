using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Query;
using Scheduler.Persistence.Query;

namespace Scheduler.Tests.Persistence;

public sealed class SqliteReadJournalSpecs : ReadJournalConformance
{
    // So small that every spec reads several pages and outruns the tail.
    private static readonly Config s_tight = ConfigurationFactory.ParseString("""
        akka.persistence.query.journal.sqlite { page-size = 5, shared-page-size = 7, tail-capacity = 8 }
        """);

    private readonly DatabaseFile _file;

    public SqliteReadJournalSpecs()
        : this(new DatabaseFile())
    {
    }

    private SqliteReadJournalSpecs(DatabaseFile file)
        : base(s_tight.WithFallback(file.Config)) => _file = file;

    protected override SchedulerReadJournal OpenJournal(ActorSystem system) =>
        PersistenceQuery.Get(system).ReadJournalFor<SchedulerReadJournal>(SchedulerReadJournal.Identifier);

    protected override void AfterAll()
    {
        base.AfterAll();
        _file.Dispose();
    }
}
