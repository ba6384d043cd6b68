using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.Sqlite;
using Scheduler.Tests.Support;

namespace Scheduler.Tests.Projections.Sqlite;

public sealed class SqliteListSpecs : ListConformance, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SqliteJobViewStore _store;

    public SqliteListSpecs() => _store = new SqliteJobViewStore(_folder.File("views.db"), NullLogger<SqliteJobViewStore>.Instance);

    protected override IJobViewStore Store => _store;

    private protected override ListBounds Bounds
    {
        set => _store.Bounds = value;
    }

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }
}
