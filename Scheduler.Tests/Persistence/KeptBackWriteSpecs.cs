using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>Writes that nobody waits for share transactions, and nobody else waits for them.</summary>
public sealed class KeptBackWriteSpecs : IDisposable
{
    private readonly DatabaseFile _file = new();
    private readonly StoreProbe _probe;

    public KeptBackWriteSpecs() => _probe = new StoreProbe(_file, keepBack: TimeSpan.FromDays(1));

    public void Dispose()
    {
        _probe.Dispose();
        _file.Dispose();
    }

    [Fact]
    public async Task The_first_one_is_stored_at_once() =>
        Assert.Equal(AppendStatus.Stored, Assert.Single(await _probe.AppendUnhurriedAsync(StoreProbe.Record("a", 1))).Status);

    [Fact]
    public async Task Soon_after_a_commit_they_wait_for_somebody_in_a_hurry_and_come_in_their_order()
    {
        await _probe.StoreAsync("a", 1, 1);

        var kept = _probe.AppendUnhurriedAsync(StoreProbe.Record("a", 2));
        var alsoKept = _probe.AppendUnhurriedAsync(StoreProbe.Record("b", 1));
        Assert.Equal([1], await _probe.NumbersAsync("a"));
        Assert.False(kept.IsCompleted);

        await _probe.StoreAsync("a", 3, 3);

        Assert.Equal(AppendStatus.Stored, Assert.Single(await kept).Status);
        Assert.Equal(AppendStatus.Stored, Assert.Single(await alsoKept).Status);
        Assert.Equal([("a", 1L), ("a", 2), ("b", 1), ("a", 3)], (await _probe.AllAsync()).Select(one => (one.PersistenceId, one.SequenceNr)));
    }

    [Fact]
    public async Task Many_are_stored_without_anybody_in_a_hurry()
    {
        await _probe.StoreAsync("a", 1, 1);

        var all = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => _probe.AppendUnhurriedAsync(StoreProbe.Record($"id-{i}", 1))));

        Assert.All(all, one => Assert.Equal(AppendStatus.Stored, Assert.Single(one).Status));
    }

    [Fact]
    public async Task Their_time_ends_by_itself()
    {
        using var file = new DatabaseFile();
        using var probe = new StoreProbe(file, keepBack: TimeSpan.FromMilliseconds(1));
        await probe.StoreAsync("a", 1, 1);

        Assert.Equal(AppendStatus.Stored, Assert.Single(await probe.AppendUnhurriedAsync(StoreProbe.Record("a", 2))).Status);
    }

    [Fact]
    public async Task A_store_that_is_closed_stores_them_first()
    {
        using var file = new DatabaseFile();
        var probe = new StoreProbe(file, keepBack: TimeSpan.FromDays(1));
        await probe.StoreAsync("a", 1, 1);
        var kept = probe.AppendUnhurriedAsync(StoreProbe.Record("a", 2));

        probe.Dispose();

        Assert.Equal(AppendStatus.Stored, Assert.Single(await kept.WaitAsync(Patience.Limit)).Status);
        using var again = new StoreProbe(file);
        Assert.Equal([1, 2], await again.NumbersAsync("a"));
    }

    [Fact]
    public async Task A_write_of_several_waits_only_when_all_may()
    {
        await _probe.StoreAsync("a", 1, 1);

        var outcomes = await _probe.Store.AppendAsync(
            [new AtomicRecords([StoreProbe.Record("a", 2)]) { IsUnhurried = true }, new AtomicRecords([StoreProbe.Record("a", 3)])], CancellationToken.None).WaitAsync(Patience.Limit);

        Assert.All(outcomes, one => Assert.Equal(AppendStatus.Stored, one.Status));
    }
}
