using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// The one thread that writes to the file. Whatever waits when a transaction has been committed goes into the next one. An error drops the
/// connection; the next transaction opens a new one, so that the store works again as soon as the disk does.
/// </summary>
internal sealed class ViewWriterThread : IDisposable
{
    private const int LargestTransaction = 1000;

    private readonly string _path;
    private readonly ILogger _log;
    private readonly Thread _thread;
    private readonly ViewCheckpoints _checkpoints;
    private readonly List<object> _batch = [];

    // Not bounded, because its writers are: an entity waits for its row, a projection for its step.
    private readonly Channel<object> _waiting = Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });

    private ViewConnection? _connection;
    private LiveTables _live;
    private ViewRows _rows;
    private ViewRows? _rebuilt;

    /// <summary>Opens the file and starts.</summary>
    public ViewWriterThread(string path, ILogger log)
    {
        _path = path;
        _log = log;
        _checkpoints = new ViewCheckpoints(path);
        _connection = ViewFile.OpenWriter(path, newTables: 1, log);
        _live = new LiveTables(ReadLive(_connection));
        _rows = new ViewRows(_live.Tables.Id);
        _thread = new Thread(Run) { IsBackground = true, Name = "view-writer" };
        _thread.Start();
    }

    /// <summary>The set of tables that queries read.</summary>
    public ViewTables Live => Volatile.Read(ref _live).Tables;

    /// <summary>Adds a row; false when the store is closed.</summary>
    public bool TryAdd(RowWrite row) => _waiting.Writer.TryWrite(row);

    /// <summary>Adds a step; completes when it is committed.</summary>
    public Task AddAsync(ProjectionStep step) => AddAsync(new StepRequest(step));

    public Task<long> BeginRebuildAsync() => AddAsync(new ControlRequest(BeginRebuild));

    public Task CompleteRebuildAsync(long tables) => AddAsync(new ControlRequest(connection => CompleteRebuild(connection, tables)));

    public Task AbandonRebuildAsync(long tables) => AddAsync(new ControlRequest(connection => AbandonRebuild(connection, tables)));

    /// <summary>Removes rows of the live set, as one transaction; tells how many.</summary>
    public async Task<int> RemoveAsync(Func<ViewRemovals, ViewConnection, int> remove) =>
        (int)await AddAsync(new ControlRequest(connection => Remove(connection, remove)));

    /// <summary>Writes what waits and closes the file.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _thread.Join();
        _connection?.Dispose();
        _live.Dispose();
    }

    private static long ReadLive(ViewConnection connection) => ReadNumber(connection, "SELECT live FROM meta");

    private static long ReadNumber(ViewConnection connection, string sql)
    {
        var statement = connection.Prepare(sql);
        statement.Step();
        var value = statement.Long(0);
        statement.Reset();
        return value;
    }

    private Task<long> AddAsync(Request request) => _waiting.Writer.TryWrite(request)
        ? request.Done
        : Task.FromException<long>(new ViewsUnavailableException("The view store is closed."));

    private void Run()
    {
        var reader = _waiting.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (reader.TryRead(out var next))
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
    private static bool IsRequestsOwn(Exception e) => e is ViewDatabaseException error ? error.IsStatementsOwn : e is not ViewsUnavailableException;

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
            var connection = Connect();
            connection.Execute("BEGIN IMMEDIATE");
            foreach (var request in requests)
                Write(connection, request);
            connection.Execute("COMMIT");
        }
        catch (ViewDatabaseException e)
        {
            Drop(e);
            throw;
        }
        catch (Exception e) when (IsRequestsOwn(e))
        {
            if (_connection is { IsInTransaction: true })
                _connection.ExecuteScript("ROLLBACK");
            throw;
        }

        foreach (var request in requests)
            Succeed(request);
        Checkpoint();
    }

    private void Checkpoint()
    {
        try
        {
            _checkpoints.AfterCommit(_connection!);
        }
        catch (ViewDatabaseException e)
        {
            _log.LogWarning(e, "The log of the view store {Path} can't be copied into the file", _path);
            Drop(e);
        }
    }

    private void Write(ViewConnection connection, object request)
    {
        switch (request)
        {
            case RowWrite row:
                _rows.Write(connection, row);
                _rebuilt?.Write(connection, row);
                break;
            case StepRequest step:
                if (Refuse(step.Step) is { } refusal)
                    step.Fail(refusal);
                else
                    RowsOf(step.Step)!.Write(connection, step.Step);
                break;
            default:
                throw new InvalidOperationException($"{request.GetType()} is nothing to write.");
        }
    }

    private Exception? Refuse(ProjectionStep step)
    {
        if (RowsOf(step) is null)
            return new ViewTablesReplacedException($"The set {step.Tables} of view tables is no more.");
        return step.Assumed.FirstOrDefault(row => row.HasFailed) is { } failed
            ? new RowAssumptionException($"The row of job {failed.State.Id} was not written.")
            : null;
    }

    private ViewRows? RowsOf(ProjectionStep step) => step.Tables == _rows.Tables ? _rows : step.Tables == _rebuilt?.Tables ? _rebuilt : null;

    private void Control(ControlRequest request)
    {
        try
        {
            request.Succeed(request.Run(Connect()));
        }
        catch (Exception e) when (e is ViewDatabaseException or ViewsUnavailableException)
        {
            if (e is ViewDatabaseException error)
                Drop(error);
            request.Fail(Unavailable(e));
            return;
        }

        Checkpoint();
    }

    private long Remove(ViewConnection connection, Func<ViewRemovals, ViewConnection, int> remove)
    {
        connection.Execute("BEGIN IMMEDIATE");
        var removed = remove(new ViewRemovals(_rows.Tables), connection);
        connection.Execute("COMMIT");
        return removed;
    }

    private long BeginRebuild(ViewConnection connection)
    {
        var last = ReadNumber(connection, "SELECT last FROM meta");
        var next = last + 1;
        connection.ForgetStatements();
        // Another set that is not live is one that nobody will complete.
        var leftover = last == _live.Tables.Id ? "" : ViewSchema.Drop(last);
        connection.ExecuteScript($"BEGIN IMMEDIATE; {leftover} {ViewSchema.Create(next)} UPDATE meta SET last = {next}; COMMIT;");
        _rebuilt = new ViewRows(next);
        return next;
    }

    private long CompleteRebuild(ViewConnection connection, long tables)
    {
        if (_rebuilt?.Tables != tables)
            throw new ViewsUnavailableException($"The set {tables} of view tables is not the one that is being rebuilt.");
        connection.ForgetStatements();
        connection.ExecuteScript($"BEGIN IMMEDIATE; UPDATE meta SET live = {tables}; {ViewSchema.Drop(_rows.Tables)} COMMIT;");
        _rows = _rebuilt;
        _rebuilt = null;
        Replace(tables);
        return tables;
    }

    private long AbandonRebuild(ViewConnection connection, long tables)
    {
        if (_rebuilt?.Tables != tables)
            return tables;
        _rebuilt = null;
        connection.ForgetStatements();
        connection.ExecuteScript($"BEGIN IMMEDIATE; {ViewSchema.Drop(tables)} COMMIT;");
        return tables;
    }

    private ViewConnection Connect()
    {
        if (_connection is not null)
            return _connection;
        // Should the file be made anew, its tables get another number: nobody may go on in them from where they stood in the old ones.
        _connection = ViewFile.OpenWriter(_path, Math.Max(_live.Tables.Id, _rebuilt?.Tables ?? 0) + 1, _log);
        var live = ReadLive(_connection);
        if (live != _live.Tables.Id)
        {
            _rows = new ViewRows(live);
            _rebuilt = null;
            Replace(live);
        }

        return _connection;
    }

    private void Replace(long tables)
    {
        var before = _live;
        Volatile.Write(ref _live, new LiveTables(tables));
        before.Dispose();
    }

    private void Drop(ViewDatabaseException cause)
    {
        if (_connection is null)
            return;
        if (cause.IsStatementsOwn)
        {
            if (_connection.IsInTransaction)
                _connection.ExecuteScript("ROLLBACK");
            return;
        }

        _connection.Dispose();
        _connection = null;
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

    private abstract class Request
    {
        private readonly TaskCompletionSource<long> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<long> Done => _done.Task;

        public void Succeed(long result) => _done.TrySetResult(result);

        public void Fail(Exception cause) => _done.TrySetException(cause);
    }

    private sealed class StepRequest(ProjectionStep step) : Request
    {
        public ProjectionStep Step => step;
    }

    private sealed class ControlRequest(Func<ViewConnection, long> run) : Request
    {
        public Func<ViewConnection, long> Run => run;
    }

    private sealed class LiveTables : IDisposable
    {
        private readonly CancellationTokenSource _replaced = new();

        public LiveTables(long id) => Tables = new ViewTables(id, _replaced.Token);

        public ViewTables Tables { get; }

        /// <summary>Tells everybody who follows this set, not on the writer's thread.</summary>
        public void Dispose() => _ = _replaced.CancelAsync();
    }
}
