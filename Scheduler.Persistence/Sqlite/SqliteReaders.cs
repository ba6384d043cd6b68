using System.Collections.Concurrent;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>
/// Reads on connections of their own, so that a recovery never waits for the writer: in WAL mode neither blocks the other. At most so
/// many reads run at a time; further ones wait their turn without a thread.
/// </summary>
internal sealed class SqliteReaders : IDisposable
{
    private readonly string _path;
    private readonly int _limit;
    private readonly ConcurrentQueue<IRead> _waiting = new();
    private readonly ConcurrentBag<SqliteConnection> _idle = [];
    private int _running;
    private volatile bool _disposed;

    public SqliteReaders(string path, int limit)
    {
        _path = path;
        _limit = limit;
    }

    private interface IRead
    {
        /// <summary>Runs it; false when the connection shouldn't be used again.</summary>
        bool Run(Func<SqliteConnection> connection);
    }

    /// <summary>Runs a read on some connection and some thread of the pool.</summary>
    /// <exception cref="StoreException">SQLite failed.</exception>
    public Task<T> RunAsync<T>(Func<SqliteConnection, T> read, CancellationToken cancellationToken)
    {
        if (_disposed)
            return Task.FromException<T>(Closed());
        var item = new Read<T>(_path, read, cancellationToken);
        _waiting.Enqueue(item);
        Pump();
        return item.Result;
    }

    public void Dispose()
    {
        _disposed = true;
        while (_waiting.TryDequeue(out var read))
            read.Run(() => throw Closed());
        // What runs now is short, and the caller closes the file next.
        SpinWait.SpinUntil(() => Volatile.Read(ref _running) == 0, TimeSpan.FromSeconds(5));
        DisposeIdle();
    }

    private StoreException Closed() => new($"The event store '{_path}' is closed.");

    private void DisposeIdle()
    {
        while (_idle.TryTake(out var connection))
            connection.Dispose();
    }

    private void Pump()
    {
        if (TryStart())
            ThreadPool.UnsafeQueueUserWorkItem(static readers => readers.Work(), this, preferLocal: false);
    }

    private void Work()
    {
        SqliteConnection? connection = null;
        do
        {
            while (_waiting.TryDequeue(out var read))
            {
                if (!read.Run(() => connection ??= Take()))
                {
                    connection?.Dispose();
                    connection = null;
                }
            }

            if (connection is not null)
                _idle.Add(connection);
            connection = null;
            Interlocked.Decrement(ref _running);
            // A read that came after the last look, but before the decrement, saw this worker as still running.
        }
        while (!_waiting.IsEmpty && TryStart());

        if (_disposed)
            DisposeIdle();
    }

    private bool TryStart()
    {
        while (true)
        {
            var running = Volatile.Read(ref _running);
            if (running >= _limit)
                return false;
            if (Interlocked.CompareExchange(ref _running, running + 1, running) == running)
                return true;
        }
    }

    private SqliteConnection Take()
    {
        if (_disposed)
            throw Closed();
        if (_idle.TryTake(out var idle))
            return idle;
        var connection = new SqliteConnection(_path, create: false);
        connection.Execute("PRAGMA query_only = ON");
        connection.Execute("PRAGMA cache_size = -8000");
        return connection;
    }

    private sealed class Read<T>(string path, Func<SqliteConnection, T> read, CancellationToken cancellationToken) : IRead
    {
        private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Result => _result.Task;

        public bool Run(Func<SqliteConnection> connection)
        {
            try
            {
                if (cancellationToken.IsCancellationRequested)
                    _result.TrySetCanceled(cancellationToken);
                else
                    _result.TrySetResult(read(connection()));
                return true;
            }
            catch (SqliteException e)
            {
                _result.TrySetException(new StoreException($"The event store '{path}' can't be read: {e.Message}", e));
                return false;
            }
            catch (OperationCanceledException e)
            {
                _result.TrySetCanceled(e.CancellationToken);
                return true;
            }
            catch (Exception e)
            {
                _result.TrySetException(e);
                return true;
            }
        }
    }
}
