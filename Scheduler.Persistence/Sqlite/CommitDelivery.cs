using System.Collections.Concurrent;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Tail;

namespace Scheduler.Persistence.Sqlite;

/// <summary>
/// Tells callers and live queries about commits, in the order of the commits, on the thread pool: the writer goes on with the next
/// transaction meanwhile.
/// </summary>
internal sealed class CommitDelivery(EventTail tail)
{
    private readonly ConcurrentQueue<Action> _waiting = new();
    private int _count;

    /// <summary>A transaction is on disk.</summary>
    public void Committed(WriteRequest[] requests, IReadOnlyList<EventRecord> events) => Post(() =>
    {
        try
        {
            tail.Publish(events);
        }
        catch (Exception)
        {
            // It is on disk all the same: those who wrote it hear so, and those who read it find it there.
            tail.ReadAgain();
        }

        foreach (var request in requests)
            request.Succeed();
    });

    /// <summary>Requests that weren't stored, or of which it can't be told.</summary>
    public void Failed(WriteRequest[] requests, Exception cause, bool unknown) => Post(() =>
    {
        foreach (var request in requests)
            request.Fail(cause, unknown);
    });

    /// <summary>The file was opened, and ends at this ordering.</summary>
    public void Reopened(long lastOrdering) => Post(() => tail.SkipTo(lastOrdering));

    /// <summary>Waits until everything has been delivered.</summary>
    public void Flush()
    {
        using var delivered = new ManualResetEventSlim();
        Post(delivered.Set);
        delivered.Wait();
    }

    private void Post(Action delivery)
    {
        _waiting.Enqueue(delivery);
        if (Interlocked.Increment(ref _count) != 1)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(static self => self.Work(), this, preferLocal: false);
    }

    private void Work()
    {
        do
        {
            _waiting.TryDequeue(out var delivery);
            try
            {
                delivery!();
            }
            catch (Exception)
            {
                // On a thread of the pool it would end the process, and leave what waits here waiting. Whatever it was about is in the file.
                tail.ReadAgain();
            }
        }
        while (Interlocked.Decrement(ref _count) > 0);
    }
}
