namespace Scheduler.Tests.Persistence;

public sealed class SqliteSnapshotStoreSpecs : SnapshotStoreConformance
{
    private readonly DatabaseFile _file;

    public SqliteSnapshotStoreSpecs()
        : this(new DatabaseFile())
    {
    }

    private SqliteSnapshotStoreSpecs(DatabaseFile file)
        : base(file.Config) => _file = file;

    protected override void AfterAll()
    {
        base.AfterAll();
        _file.Dispose();
    }
}
