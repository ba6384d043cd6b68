using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.MongoDb;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Projections.MongoDb;

public sealed class MongoListSpecs : ListConformance, IAsyncLifetime, IDisposable
{
    private readonly string _connectionString = MongoServer.NewDatabase();
    private readonly MongoJobViewStore _store;

    public MongoListSpecs() => _store = new MongoJobViewStore(_connectionString);

    protected override IJobViewStore Store => _store;

    private protected override ListBounds Bounds
    {
        set => _store.Bounds = value;
    }

    public Task InitializeAsync() => _store.OpenAsync(default);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _store.Dispose();
        MongoServer.Drop(_connectionString);
    }
}
