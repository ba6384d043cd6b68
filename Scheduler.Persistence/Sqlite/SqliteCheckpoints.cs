using Scheduler.Sqlite;
using SQLitePCL;

namespace Scheduler.Persistence.Sqlite;

/// <summary>
/// Keeps the write-ahead log bounded. Most of it is copied on a connection and a thread of its own, beside the writer; but a log that is
/// being written to is never copied whole, and only then does it start from its beginning. So the writer copies the little that has
/// come meanwhile, between two transactions.
/// </summary>
internal sealed class SqliteCheckpoints : IDisposable
{
    private readonly string _path;
    private readonly int _threshold;
    private readonly Action _remind;
    private readonly SemaphoreSlim _due = new(0);
    private readonly Thread _thread;
    private volatile bool _disposed;
    private volatile bool _remainder;
    private bool _running;
    private int _pages;

    /// <summary>Starts the thread, which waits for the log to grow.</summary>
    /// <param name="path">The database file.</param>
    /// <param name="threshold">Pages in the log after which copying starts.</param>
    /// <param name="found">Pages that are in the log already.</param>
    /// <param name="remind">Makes the writer commit something, if it is idle, so that the rest gets copied.</param>
    public SqliteCheckpoints(string path, int threshold, int found, Action remind)
    {
        _path = path;
        _threshold = threshold;
        _pages = found;
        _remind = remind;
        _thread = new Thread(Run) { IsBackground = true, Name = $"sqlite-checkpoint {Path.GetFileName(path)}" };
        _thread.Start();
    }

    /// <summary>The writer's part, after each of its commits.</summary>
    /// <exception cref="SqliteException">The log can't be copied.</exception>
    public void AfterCommit(SqliteConnection writer)
    {
        _pages += writer.TakePagesWritten();
        if (_remainder)
        {
            _remainder = false;
            _running = false;
            // A reader may hold back the copying; then half of the threshold more is written before the next attempt.
            _pages = writer.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE) ? 0 : _threshold / 2;
        }
        else if (_pages >= _threshold && !_running)
        {
            _running = true;
            _due.Release();
        }
    }

    public void Dispose()
    {
        _disposed = true;
        _due.Release();
        _thread.Join();
        _due.Dispose();
    }

    private void Run()
    {
        while (true)
        {
            _due.Wait();
            if (_disposed)
                return;
            try
            {
                using var connection = new SqliteConnection(_path, create: false);
                connection.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
            }
            catch (SqliteException)
            {
                // The writer tries the same next, and reports what is wrong.
            }

            _remainder = true;
            _remind();
        }
    }
}
