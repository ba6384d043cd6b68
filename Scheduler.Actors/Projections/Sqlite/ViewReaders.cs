using System.Collections.Concurrent;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>Connections that only read, each used by one query at a time.</summary>
/// <param name="path">The file.</param>
/// <param name="damaged">Told of damage that a query met, and which generation of the file it is in.</param>
internal sealed class ViewReaders(string path, Action<int, SqliteException> damaged) : IDisposable
{
    private const int Kept = 16;

    private readonly ConcurrentBag<(SqliteConnection Connection, int Generation)> _idle = [];
    private volatile bool _isClosed;
    private volatile int _generation;

    /// <summary>Runs a query.</summary>
    /// <exception cref="ViewsUnavailableException">The file can't be read.</exception>
    public T Read<T>(Func<SqliteConnection, T> query)
    {
        SqliteConnection? connection = null;
        var generation = _generation;
        try
        {
            if (_isClosed)
                throw new ViewsUnavailableException("The view store is closed.");
            connection = Take(generation);
            var result = query(connection);
            GiveBack(connection, generation);
            return result;
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            if (e.IsDamage)
                damaged(generation, e);
            throw new ViewsUnavailableException($"The view store '{path}' can't be read: {e.Message}", e);
        }
        catch
        {
            connection?.Dispose();
            throw;
        }
    }

    /// <summary>Whether that generation is the one that is read now.</summary>
    public bool IsCurrent(int generation) => generation == _generation;

    /// <summary>The file was made anew: connections to the one before read what is no more.</summary>
    public void Renew() => Interlocked.Increment(ref _generation);

    public void Dispose()
    {
        _isClosed = true;
        while (_idle.TryTake(out var idle))
            idle.Connection.Dispose();
    }

    private SqliteConnection Take(int generation)
    {
        while (_idle.TryTake(out var idle))
        {
            if (idle.Generation == generation)
                return idle.Connection;
            idle.Connection.Dispose();
        }

        return ViewFile.OpenReader(path);
    }

    private void GiveBack(SqliteConnection connection, int generation)
    {
        if (_idle.Count < Kept && !_isClosed && IsCurrent(generation))
            _idle.Add((connection, generation));
        else
            connection.Dispose();
    }
}
