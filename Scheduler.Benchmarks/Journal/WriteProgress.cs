namespace Scheduler.Benchmarks.Journal;

/// <summary>How far a thousand writers are together; told apart from actor messages, which would be part of what is measured.</summary>
/// <param name="expected">How many writers, or recoveries, report.</param>
internal sealed class WriteProgress(int expected)
{
    private readonly TaskCompletionSource _allDone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _events;
    private int _done;
    private volatile bool _stopping;

    /// <summary>Events that were confirmed.</summary>
    public long Events => Interlocked.Read(ref _events);

    /// <summary>When every one of them is done.</summary>
    public Task AllDone => _allDone.Task;

    /// <summary>Whether writers should begin no other event.</summary>
    public bool Stopping => _stopping;

    public void Stop() => _stopping = true;

    public void Confirmed() => Interlocked.Increment(ref _events);

    public void Done()
    {
        if (Interlocked.Increment(ref _done) == expected)
            _allDone.TrySetResult();
    }

    public void Failed(Exception cause) => _allDone.TrySetException(cause);
}
