using Scheduler.Persistence.Sqlite;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>Keeps a store's writer busy until disposed.</summary>
internal sealed class StoreHold : IDisposable
{
    private readonly ManualResetEventSlim _release = new();
    private readonly ManualResetEventSlim _held = new();

    public StoreHold(SqliteStore store)
    {
        _ = store.WriteAsync(
            _ =>
            {
                _held.Set();
                _release.Wait(TimeSpan.FromSeconds(30));
            },
            CancellationToken.None);
        Assert.True(_held.Wait(TimeSpan.FromSeconds(30)));
    }

    public void Dispose() => _release.Set();
}
