namespace Scheduler.Actors.Execution.Amqp;

/// <summary>
/// Something that is opened when it is first asked for, by one caller on behalf of all, and again when it is asked for after it has closed or
/// could not be opened.
/// </summary>
/// <param name="open">Opens it; bounds its own time, since no caller's token is for it.</param>
/// <param name="isOpen">Whether it still is.</param>
internal sealed class Reopened<T>(Func<Task<T>> open, Func<T, bool> isOpen) : IAsyncDisposable
    where T : class, IAsyncDisposable
{
    private readonly Lock _lock = new();
    private Task<T>? _current;
    private bool _isDisposed;

    /// <summary>The open one.</summary>
    /// <param name="cancellationToken">Ends the wait, not the opening.</param>
    public Task<T> GetAsync(CancellationToken cancellationToken)
    {
        Task<T> current;
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_current is null || (_current.IsCompleted && !(_current.IsCompletedSuccessfully && isOpen(_current.Result))))
                _current = ReopenAsync(_current);
            current = _current;
        }

        return current.WaitAsync(cancellationToken);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Task<T>? last;
        lock (_lock)
        {
            _isDisposed = true;
            last = _current;
        }

        await CloseAsync(last);
    }

    /// <summary>Off the caller's thread, which holds the lock.</summary>
    private Task<T> ReopenAsync(Task<T>? closed) => Task.Run(async () =>
    {
        await CloseAsync(closed);
        return await open();
    });

    private static async Task CloseAsync(Task<T>? closed)
    {
        if (closed is null)
            return;

        // What could not be opened, or is in the middle of breaking, has nothing left to close.
        await ((Task)closed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (closed.IsCompletedSuccessfully)
            await closed.Result.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
