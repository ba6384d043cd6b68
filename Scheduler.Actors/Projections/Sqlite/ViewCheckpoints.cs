namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// Keeps the log bounded. Most of it is copied into the file on a connection of its own, beside the writer, whose callers would wait for
/// the disk otherwise; a log that is being written to is never copied whole, so the writer copies the little that has come meanwhile.
/// </summary>
internal sealed class ViewCheckpoints(string path)
{
    private const int ThresholdPages = 2000;

    private Task _copying = Task.CompletedTask;
    private bool _hasRemainder;
    private int _pages;

    /// <summary>The writer's part, after each of its commits.</summary>
    public void AfterCommit(ViewConnection writer)
    {
        _pages += writer.TakePagesWritten();
        if (_pages < ThresholdPages || !_copying.IsCompleted)
            return;
        if (_hasRemainder)
        {
            _hasRemainder = false;
            // A reader may hold back the copying; then half as much more is written before the next attempt.
            _pages = writer.Checkpoint() ? 0 : ThresholdPages / 2;
            return;
        }

        _hasRemainder = true;
        _copying = Task.Run(Copy);
    }

    private void Copy()
    {
        try
        {
            using var connection = new ViewConnection(path, create: false);
            connection.Checkpoint();
        }
        catch (ViewDatabaseException)
        {
            // The writer tries the same next, and reports what is wrong.
        }
    }
}
