using Microsoft.Extensions.Logging;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// The one thread that writes to the file. Whatever waits when a transaction has been committed goes into the next one. An error drops the
/// connection; the next transaction opens a new one, so that the store works again as soon as the disk does. A file that is found damaged,
/// deleted or replaced is made anew then.
/// </summary>
internal sealed class ViewWriterThread : IDisposable
{
    private const int LargestTransaction = 1000;

    private readonly string _path;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly List<object> _batch = [];

    // Not bounded, because its writers are: an entity waits for its row, a projection for its step.
    private readonly ViewQueue _waiting;

    private readonly ViewWriterConnection _file;

    /// <summary>Opens the file and starts.</summary>
    /// <param name="path">The file.</param>
    /// <param name="journal">The journal's file beside it; null when there is none.</param>
    /// <param name="time">Tells the time.</param>
    /// <param name="gathering">How long small steps of projections wait for others.</param>
    /// <param name="madeAnew">Told when the file was made anew under its readers.</param>
    /// <param name="log">Told of what goes wrong.</param>
    public ViewWriterThread(string path, string? journal, TimeProvider time, TimeSpan gathering, Action madeAnew, ILogger log)
    {
        _waiting = new ViewQueue(gathering);
        _path = path;
        _log = log;
        _file = new ViewWriterConnection(path, journal, time, madeAnew, log);
        _thread = new Thread(Run) { IsBackground = true, Name = "view-writer" };
        _thread.Start();
    }

    /// <summary>The set of tables that queries read.</summary>
    public ViewTables Live => _file.Sets.Live;

    /// <summary>Adds a row; false when the store is closed.</summary>
    public bool TryAdd(RowWrite row) => _waiting.TryAdd(row);

    /// <summary>Adds a step; completes when it is committed.</summary>
    public Task AddAsync(ProjectionStep step) => AddAsync(new StepRequest(step));

    public Task<long> BeginRebuildAsync() => AddAsync(new ControlRequest(_file.Sets.BeginRebuild));

    public Task CompleteRebuildAsync(long tables) => AddAsync(new ControlRequest(connection => _file.Sets.CompleteRebuild(connection, tables)));

    public Task AbandonRebuildAsync(long tables) => AddAsync(new ControlRequest(connection => _file.Sets.AbandonRebuild(connection, tables)));

    public Task CompleteFillingAsync(long tables) => AddAsync(new ControlRequest(connection => _file.Sets.CompleteFilling(connection, tables)));

    /// <summary>Compares the file with its journal: see <see cref="ViewWriterConnection.Follow"/>.</summary>
    public Task FollowAsync(JournalMark journal, string nextStart) => AddAsync(new ControlRequest(connection => _file.Follow(connection, journal, nextStart)));

    /// <summary>The journal has its new start.</summary>
    public Task BeginAsync(string start) => AddAsync(new ControlRequest(connection => _file.Begin(connection, start)));

    /// <summary>Notes what the jobs of a set are planned with.</summary>
    public Task NotePlansAsync(long tables, string data) => AddAsync(new ControlRequest(connection =>
    {
        ViewSource.NotePlans(connection, tables, data);
        return 0;
    }));

    /// <summary>Makes a tiny write.</summary>
    public Task CheckAsync(DateTimeOffset now) => AddAsync(new ControlRequest(connection =>
    {
        ViewSource.Check(connection, now);
        return 0;
    }));

    /// <summary>A reader met damage: the file is made anew, unless that was done meanwhile.</summary>
    public void Damaged(SqliteException cause, Func<bool> isStillThere) =>
        _waiting.TryAdd(new ControlRequest(_ => isStillThere() ? throw cause : 0));

    /// <summary>Removes rows of the live set, as one transaction; tells how many.</summary>
    public async Task<int> RemoveAsync(Func<ViewRemovals, SqliteConnection, int> remove) =>
        (int)await AddAsync(new ControlRequest(connection => Remove(connection, remove)));

    /// <summary>Writes what waits and closes the file.</summary>
    public void Dispose()
    {
        _waiting.Close();
        _thread.Join();
        _file.Dispose();
    }

    private Task<long> AddAsync(ViewRequest request) => _waiting.TryAdd(request)
        ? request.Done
        : Task.FromException<long>(new ViewsUnavailableException("The view store is closed."));

    private void Run()
    {
        List<object> spare = [];
        while (_waiting.Take(spare) is { Count: > 0 } taken)
        {
            foreach (var next in taken)
            {
                if (next is ControlRequest control)
                {
                    Write();
                    Control(control);
                    continue;
                }

                _batch.Add(next);
                if (_batch.Count >= LargestTransaction)
                    Write();
            }

            Write();
            taken.Clear();
            spare = taken;
        }
    }

    /// <summary>Writes the batch as one transaction; when one of its statements can't be run, each request as one.</summary>
    private void Write()
    {
        if (_batch.Count == 0)
            return;
        try
        {
            Commit(_batch);
        }
        catch (Exception e) when (IsRequestsOwn(e) && _batch.Count > 1)
        {
            foreach (var request in _batch)
                WriteAlone(request);
        }
        catch (Exception e)
        {
            // Whatever it is: an exception that left this thread would end the process.
            foreach (var request in _batch)
                Fail(request, e);
        }

        _batch.Clear();
    }

    /// <summary>Whether one request is at fault (a row that can't be made, a statement of its own), and not the store.</summary>
    private static bool IsRequestsOwn(Exception e) => e is SqliteException error ? error.IsStatementsOwn : e is not ViewsUnavailableException;

    private void WriteAlone(object request)
    {
        try
        {
            Commit([request]);
        }
        catch (Exception e)
        {
            Fail(request, e);
        }
    }

    private void Commit(List<object> requests)
    {
        try
        {
            CommitOnce(requests);
        }
        catch (SqliteException e) when (e.IsDamage)
        {
            // The file is made anew now, and takes rows like any other.
            CommitOnce(requests);
        }

        foreach (var request in requests)
            Succeed(request);
        _file.Checkpoint();
    }

    private void CommitOnce(List<object> requests)
    {
        try
        {
            var connection = _file.Connect();
            connection.Execute("BEGIN IMMEDIATE");
            foreach (var request in requests)
                Write(connection, request);
            connection.Execute("COMMIT");
        }
        catch (SqliteException e)
        {
            _file.Drop(e);
            throw;
        }
        catch (Exception e) when (IsRequestsOwn(e))
        {
            _file.RollBack();
            throw;
        }
    }

    private void Write(SqliteConnection connection, object request)
    {
        switch (request)
        {
            case RowWrite row:
                _file.Sets.Write(connection, row);
                break;
            case StepRequest step:
                if (Refuse(step.Step) is { } refusal)
                    step.Fail(refusal);
                else
                    _file.Wrote(connection, step.Step);
                break;
            default:
                throw new InvalidOperationException($"{request.GetType()} is nothing to write.");
        }
    }

    private Exception? Refuse(ProjectionStep step)
    {
        if (_file.Sets.Of(step) is null)
            return new ViewTablesReplacedException($"The set {step.Tables} of view tables is no more.");
        return step.MissingRow() is { } missing ? new RowAssumptionException(missing) : null;
    }

    private void Control(ControlRequest request)
    {
        try
        {
            long result;
            try
            {
                result = request.Run(_file.Connect());
            }
            catch (SqliteException e) when (e.IsDamage)
            {
                _file.Drop(e);
                result = request.Run(_file.Connect());
            }

            request.Succeed(result);
        }
        catch (Exception e) when (e is SqliteException or ViewsUnavailableException or IOException or UnauthorizedAccessException)
        {
            if (e is SqliteException error)
                _file.Drop(error);
            request.Fail(Unavailable(e));
            return;
        }

        _file.Checkpoint();
    }

    private long Remove(SqliteConnection connection, Func<ViewRemovals, SqliteConnection, int> remove)
    {
        connection.Execute("BEGIN IMMEDIATE");
        var removed = remove(new ViewRemovals(_file.Sets.Rows.Tables), connection);
        connection.Execute("COMMIT");
        return removed;
    }

    private void Succeed(object request)
    {
        switch (request)
        {
            case RowWrite row:
                row.Succeed();
                break;
            case StepRequest step:
                step.Succeed(0);
                break;
            default:
                throw new InvalidOperationException($"{request.GetType()} is nothing to write.");
        }
    }

    private void Fail(object request, Exception cause)
    {
        switch (request)
        {
            case RowWrite row:
                row.Fail(cause);
                break;
            case StepRequest step:
                step.Fail(Unavailable(cause));
                break;
            default:
                throw new InvalidOperationException($"{request.GetType()} is nothing to write.");
        }
    }

    private ViewsUnavailableException Unavailable(Exception cause) =>
        cause as ViewsUnavailableException ?? new ViewsUnavailableException($"The view store '{_path}' can't be written: {cause.Message}", cause);
}
