using Scheduler.Persistence.Query;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>What readers of the journal have in memory at once is bounded by bytes, however many events a page may have.</summary>
public sealed class LargeEventSpecs : IAsyncLifetime, IDisposable
{
    private const int Large = 1_000_000;
    private const int Events = 40;

    /// <summary>A page ends with the event that makes it enough.</summary>
    private const long Most = EventPage.EnoughBytes + Large;

    private readonly DatabaseFile _file = new();
    private readonly StoreProbe _store;

    public LargeEventSpecs() => _store = new StoreProbe(_file);

    public async Task InitializeAsync()
    {
        for (var nr = 1; nr <= Events; nr++)
            await _store.AppendAsync(StoreProbe.Record("a", nr, tag: nr % 2 == 0 ? "even" : null, payload: new byte[Large]));
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _store.Dispose();
        _file.Dispose();
    }

    [Theory]
    [InlineData(null)]
    [InlineData("even")]
    public async Task Those_who_read_together_do(string? tag)
    {
        var shared = new SharedCatchUp(_store.Store, pageSize: 2000);
        using var behind = shared.Join();
        await ExpectBoundedAsync(new OrderingFeed(_store.Store, tag, shared) { Start = 0 }, tag is null ? Events : Events / 2);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("even")]
    public Task Those_who_read_alone_do(string? tag) =>
        ExpectBoundedAsync(new OrderingFeed(_store.Store, tag) { Start = 0 }, tag is null ? Events : Events / 2);

    [Fact]
    public Task Those_of_one_persistence_id_do() => ExpectBoundedAsync(new PersistenceIdFeed(_store.Store, "a") { Start = 0 }, Events);

    private static async Task ExpectBoundedAsync(EventFeed feed, int count)
    {
        var end = await feed.TargetAsync(subscription: null, CancellationToken.None);
        var read = 0;
        for (var position = 0L; position < end;)
        {
            var page = await feed.ReadAsync(position, end, limit: 500, CancellationToken.None).WaitAsync(Patience.Limit);
            Assert.InRange(page.Events.Sum(e => (long)e.Payload.Length), 0, Most);
            Assert.True(page.ReadTo > position);
            read += page.Events.Count;
            position = page.ReadTo;
        }

        Assert.Equal(count, read);
    }
}
