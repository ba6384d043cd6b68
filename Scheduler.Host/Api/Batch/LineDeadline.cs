namespace Scheduler.Host.Api.Batch;

/// <summary>Ends the wait for a client's line when it does not come in time.</summary>
internal sealed class LineDeadline : IDisposable
{
    private readonly CancellationTokenSource _passed = new();
    private readonly CancellationTokenSource _either;
    private readonly ITimer _timer;
    private readonly TimeSpan _limit;

    /// <summary>Begins with nothing to wait for.</summary>
    /// <param name="limit">How long a line may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="stopping">Ends the wait for another reason.</param>
    public LineDeadline(TimeSpan limit, TimeProvider time, CancellationToken stopping)
    {
        _limit = limit;
        _either = CancellationTokenSource.CreateLinkedTokenSource(_passed.Token, stopping);
        _timer = time.CreateTimer(static passed => ((CancellationTokenSource)passed!).Cancel(), _passed, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Cancelled when the wait is to end.</summary>
    public CancellationToken Token => _either.Token;

    /// <summary>Whether a line did not come in time.</summary>
    public bool HasPassed => _passed.IsCancellationRequested;

    /// <summary>The client's turn begins.</summary>
    public void Begin() => _timer.Change(_limit, Timeout.InfiniteTimeSpan);

    /// <summary>The node's turn begins.</summary>
    public void End() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <inheritdoc />
    public void Dispose()
    {
        _timer.Dispose();
        _either.Dispose();
        _passed.Dispose();
    }
}
