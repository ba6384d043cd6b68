namespace Scheduler.Tests.Persistence;

public sealed class SqliteJournalSpecs : JournalConformance
{
    private readonly DatabaseFile _file;

    public SqliteJournalSpecs()
        : this(new DatabaseFile())
    {
    }

    private SqliteJournalSpecs(DatabaseFile file)
        : base(file.Config) => _file = file;

    protected override void AfterAll()
    {
        base.AfterAll();
        _file.Dispose();
    }
}
