using System.Collections.Concurrent;

namespace Scheduler.Persistence.Journal;

/// <summary>
/// The writes of each persistence id that are under way. An actor that restarts asks for its highest sequence number while its last write
/// may still wait in the queue; it must see that write, or it would use its number again.
/// </summary>
internal sealed class PendingWrites
{
    private readonly ConcurrentDictionary<string, Task> _last = new(StringComparer.Ordinal);

    /// <summary>Notes a write until it is done.</summary>
    public void Add(string persistenceId, Task write)
    {
        if (write.IsCompleted)
            return;
        _last[persistenceId] = write;
        _ = write.ContinueWith(
            (done, id) => _last.TryRemove(KeyValuePair.Create((string)id!, done)),
            persistenceId,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Completes, never with an error, when the writes that are known now are done.</summary>
    public Task WaitFor(string persistenceId) => _last.TryGetValue(persistenceId, out var write)
        ? write.ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
        : Task.CompletedTask;
}
