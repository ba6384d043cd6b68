using Scheduler.Sqlite;
using SQLitePCL;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// Keeps the log bounded. Most of it is copied into the file on a connection of its own, beside the writer, whose callers would wait for
/// the disk otherwise; a log that is being written to is never copied whole, so the writer copies the little that has come meanwhile.
/// </summary>
internal sealed class ViewCheckpoints(string path)
{
    /// <summary>32 MB: the rows of jobs that run often are in the log many times, and each page is copied once.</summary>
    private const int ThresholdPages = 16_000;

    private Task _copying = Task.CompletedTask;
    private bool _hasRemainder;
    private int _pages;

    /// <summary>
    /// The writer has opened the file: what the process before left in the log, if it was killed, is copied first. Each would add to it
    /// otherwise.
    /// </summary>
    public void Opened(SqliteConnection writer)
    {
        _hasRemainder = false;
        try
        {
            _pages = writer.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE) ? 0 : ThresholdPages;
        }
        catch (SqliteException)
        {
            // Tried again after the next commit.
            _pages = ThresholdPages;
        }
    }

    /// <summary>The writer's part, after each of its commits.</summary>
    public void AfterCommit(SqliteConnection writer)
    {
        _pages += writer.TakePagesWritten();
        if (_pages < ThresholdPages || !_copying.IsCompleted)
            return;
        if (_hasRemainder)
        {
            _hasRemainder = false;
            // A reader may hold back the copying; then half as much more is written before the next attempt.
            _pages = writer.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE) ? 0 : ThresholdPages / 2;
            return;
        }

        _hasRemainder = true;
        _copying = Task.Run(Copy);
    }

    private void Copy()
    {
        try
        {
            using var connection = new SqliteConnection(path, create: false, ViewFile.BusyTimeoutMs);
            connection.LeaveLogOnClose();
            connection.Checkpoint(raw.SQLITE_CHECKPOINT_PASSIVE);
        }
        catch (SqliteException)
        {
            // The writer tries the same next, and reports what is wrong.
        }
    }
}
