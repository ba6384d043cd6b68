using System.Collections.Concurrent;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>Connections that only read, each used by one query at a time.</summary>
internal sealed class ViewReaders(string path) : IDisposable
{
    private const int Kept = 16;

    private readonly ConcurrentBag<ViewConnection> _idle = [];
    private volatile bool _isClosed;

    /// <summary>Runs a query.</summary>
    /// <exception cref="ViewsUnavailableException">The file can't be read.</exception>
    public T Read<T>(Func<ViewConnection, T> query)
    {
        ViewConnection? connection = null;
        try
        {
            if (_isClosed)
                throw new ViewsUnavailableException("The view store is closed.");
            connection = _idle.TryTake(out var idle) ? idle : ViewFile.OpenReader(path);
            var result = query(connection);
            GiveBack(connection);
            return result;
        }
        catch (ViewDatabaseException e)
        {
            connection?.Dispose();
            throw new ViewsUnavailableException($"The view store '{path}' can't be read: {e.Message}", e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryTake(out var connection))
            connection.Dispose();
    }

    private void GiveBack(ViewConnection connection)
    {
        if (_idle.Count < Kept && !_isClosed)
            _idle.Add(connection);
        else
            connection.Dispose();
    }
}
