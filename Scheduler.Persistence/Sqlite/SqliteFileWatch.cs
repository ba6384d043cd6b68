using Akka.Event;
using Scheduler.Persistence.Store;
using Scheduler.Sqlite;

namespace Scheduler.Persistence.Sqlite;

/// <summary>
/// Sees to it that nothing is acknowledged which goes into a file that nobody will find. Asked by the writer before and after each
/// transaction, and by itself twice a second, so that the log says it when nobody writes. A file that comes back, moved away and back, is
/// written to again: nothing went missing.
/// </summary>
internal sealed class SqliteFileWatch : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly string _path;
    private readonly ILoggingAdapter _log;
    private readonly ITimer _timer;
    private readonly Lock _saying = new();
    private volatile DatabaseFiles? _files;
    private bool _isSaid;

    public SqliteFileWatch(string path, ILoggingAdapter log)
    {
        _path = path;
        _log = log;
        // Real time, whatever the clock says: it is the machine's files that are looked at.
        _timer = TimeProvider.System.CreateTimer(static watch => ((SqliteFileWatch)watch!).Look(), this, Interval, Interval);
    }

    /// <summary>The writer has opened the files.</summary>
    public void Opened() => _files = new DatabaseFiles(_path);

    /// <summary>The writer closes the files: the log may go with the last of its readers.</summary>
    public void Closing() => _files?.ForgetLog();

    /// <summary>What is wrong with the files; null when they are where they were opened, or never were.</summary>
    public StoreException? Look()
    {
        var isThere = _files is not { } files || files.AreThere;
        lock (_saying)
        {
            if (_isSaid == isThere)
            {
                _isSaid = !isThere;
                if (isThere)
                    _log.Warning("The files of the journal {0} are where they were: it takes writes again", _path);
                else
                    _log.Error("The files of the journal {0} were deleted or replaced while this process has them open. Nothing is acknowledged any more. What was acknowledged is lost with this process: save it with POST /backup before you stop it", _path);
            }
        }

        return isThere ? null : new StoreException($"The files of the journal '{_path}' were deleted or replaced while this process had them open.");
    }

    public void Dispose() => _timer.Dispose();
}
