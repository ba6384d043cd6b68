using System.Diagnostics;
using System.Threading.Channels;
using Akka.Event;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Store;
using Scheduler.Persistence.Tail;
using Scheduler.Sqlite;
using SQLitePCL;

namespace Scheduler.Persistence.Sqlite;

/// <summary>
/// The one thread that writes to a file. Whatever waits when a transaction has been committed goes into the next one, so that callers
/// share the disk's flushes: the slower the disk, the larger the transactions. An error drops the connection; the next transaction opens
/// a new one, so that the store works again as soon as the disk does.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>So many rows are worth a transaction of their own.</summary>
    internal const int EnoughRows = 64;

    private readonly SqliteStoreSettings _settings;
    private readonly EventTail _tail;
    private readonly CommitDelivery _delivery;
    private readonly Channel<WriteRequest> _waiting;
    private readonly List<WriteRequest> _batch = [];
    private readonly ManualResetEventSlim _hurried = new();
    private readonly Thread _thread;
    private int _rows;
    private long? _committedAt;
    private WriteRequest? _next;
    private SqliteWriteSession? _session;
    private readonly SqliteFileWatch _files;
    private SqliteCheckpoints? _checkpoints;
    private FileStream? _lock;
    private volatile bool _opened;

    public SqliteWriter(SqliteStoreSettings settings, EventTail tail, ILoggingAdapter log)
    {
        _settings = settings;
        _tail = tail;
        _delivery = new CommitDelivery(tail);
        _files = new SqliteFileWatch(settings.Path, log);
        _waiting = Channel.CreateBounded<WriteRequest>(
            new BoundedChannelOptions(settings.QueueCapacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _thread = new Thread(Run) { IsBackground = true, Name = $"sqlite-writer {Path.GetFileName(settings.Path)}" };
        _thread.Start();
    }

    /// <summary>True once the file has its tables and this process has it for itself.</summary>
    public bool IsOpened => _opened;

    /// <summary>Adds a request; completes when it has a place in the queue.</summary>
    /// <exception cref="StoreException">The store was closed.</exception>
    public ValueTask EnqueueAsync(WriteRequest request)
    {
        if (!_waiting.Writer.TryWrite(request))
            return WaitAsync();
        if (!request.IsUnhurried || _waiting.Reader.Count + Volatile.Read(ref _rows) >= EnoughRows)
            _hurried.Set();
        return ValueTask.CompletedTask;

        async ValueTask WaitAsync()
        {
            try
            {
                _hurried.Set();
                await _waiting.Writer.WriteAsync(request, request.CancellationToken);
                _hurried.Set();
            }
            catch (ChannelClosedException e)
            {
                throw new StoreException($"The event store '{_settings.Path}' is closed.", e);
            }
        }
    }

    /// <summary>Writes what waits, copies the log into the file and closes it.</summary>
    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _hurried.Set();
        _thread.Join();
        _hurried.Dispose();
    }

    private void Run()
    {
        var reader = _waiting.Reader;
        while (_next is not null || reader.TryRead(out _next) || WaitForMore(reader))
        {
            if (_next is null)
                continue;
            _rows = 0;
            TakeWhatWaits(reader);
            KeepUnhurriedBack(reader);
            if (_batch.Count > 0)
                Write();
            _committedAt = Stopwatch.GetTimestamp();
            _batch.Clear();
        }

        Close();
    }

    private void TakeWhatWaits(ChannelReader<WriteRequest> reader)
    {
        while ((_next is not null || reader.TryRead(out _next)) && (_rows == 0 || _rows + _next!.Rows <= _settings.MaxBatchRows))
        {
            if (_next!.CancellationToken.IsCancellationRequested)
            {
                _delivery.Failed([_next], new OperationCanceledException(_next.CancellationToken), unknown: false);
            }
            else
            {
                _rows += _next.Rows;
                _batch.Add(_next);
            }

            _next = null;
        }
    }

    /// <summary>Waits for somebody in a hurry where nobody is, and the last commit is not long ago.</summary>
    private void KeepUnhurriedBack(ChannelReader<WriteRequest> reader)
    {
        while (_next is null && _rows < EnoughRows && _committedAt is { } last && _settings.KeepBack - Stopwatch.GetElapsedTime(last) is var left && left > TimeSpan.Zero)
        {
            // Whoever comes after this sets it again, and whoever came before is taken.
            _hurried.Reset();
            TakeWhatWaits(reader);
            // The second of these is looked at by whoever comes last, unless it is taken in that moment.
            if (!_batch.TrueForAll(static request => request.IsUnhurried) || _rows >= EnoughRows || _waiting.Reader.Completion.IsCompleted)
                return;
            _hurried.Wait(left);
            TakeWhatWaits(reader);
        }
    }

    private static bool WaitForMore(ChannelReader<WriteRequest> reader)
    {
        var more = reader.WaitToReadAsync();
        return more.IsCompleted ? more.Result : more.AsTask().GetAwaiter().GetResult();
    }

    private void Write()
    {
        if (_files.Look() is { } gone)
        {
            _delivery.Failed([.. _batch], gone, unknown: false);
            return;
        }

        List<(WriteRequest Request, Exception Cause)>? failed = null;
        var committing = false;
        try
        {
            var session = _session ??= Open();
            session.Begin();
            foreach (var request in _batch)
            {
                try
                {
                    request.Execute(session);
                }
                catch (SqliteException e) when (e.IsStatementsOwn)
                {
                    (failed ??= []).Add((request, new StoreException($"The event store '{_settings.Path}' refused a write: {e.Message}", e)));
                }
            }

            committing = true;
            var events = session.Commit();
            committing = false;
            if (_files.Look() is { } lost)
            {
                _delivery.Failed([.. _batch], lost, unknown: true);
                // Should the files come back, these events are in them, though nobody was told.
                _delivery.Reopened(session.LastOrdering);
                return;
            }

            Deliver(events, failed);
            _checkpoints!.AfterCommit(session.Connection);
        }
        catch (Exception e)
        {
            Drop();
            var cause = e as StoreException ?? new StoreException($"The event store '{_settings.Path}' can't be written: {SqliteFailures.Explain(e)}", e);
            // Of a full disk it is known that the log's last page, which makes a transaction one, is not there.
            _delivery.Failed([.. _batch], cause, unknown: committing && e is not SqliteException { IsFull: true });
        }
    }

    private void Deliver(IReadOnlyList<EventRecord> events, List<(WriteRequest Request, Exception Cause)>? failed)
    {
        WriteRequest[] done = [.. _batch];
        if (failed is not null)
        {
            foreach (var (request, cause) in failed)
                _delivery.Failed([request], cause, unknown: false);
            done = [.. done.Except(failed.Select(one => one.Request))];
        }

        _batch.Clear();
        _delivery.Committed(done, events);
    }

    private SqliteWriteSession Open()
    {
        if (!_opened)
        {
            if (Path.GetDirectoryName(_settings.Path) is { Length: > 0 } folder)
                PrivateFiles.MakeFolder(folder);
            _lock ??= Lock();
            PrivateFiles.MakeDatabase(_settings.Path);
        }

        var session = new SqliteWriteSession(_settings.Path);
        var found = CopyLog(session.Connection, isFirst: !_opened) ? 0 : _settings.CheckpointPages;
        _checkpoints = new SqliteCheckpoints(_settings.Path, _settings.CheckpointPages, found, Remind);
        _files.Opened();
        // What became readable without having been published: all there was before, or a commit that failed and yet is there.
        _delivery.Reopened(session.LastOrdering);
        _opened = true;
        return session;
    }

    /// <summary>
    /// Copies what the process before left in the log, if it was killed: otherwise each would add to it as much as it may write before its
    /// first checkpoint (2026-11: 90 MB after fifty kills).
    /// </summary>
    private static bool CopyLog(SqliteConnection connection, bool isFirst)
    {
        try
        {
            return connection.Checkpoint(isFirst ? raw.SQLITE_CHECKPOINT_TRUNCATE : raw.SQLITE_CHECKPOINT_PASSIVE);
        }
        catch (SqliteException)
        {
            // A full disk, for example: what is in the log can be read from there.
            return false;
        }
    }

    /// <summary>
    /// Locks what is written, the file itself: one beside it can be deleted, and made again by the next process. SQLite's own locks are of
    /// another kind, which this doesn't touch; on Windows they are of the same.
    /// </summary>
    private FileStream Lock()
    {
        var file = OperatingSystem.IsWindows() ? _settings.Path + ".lock" : _settings.Path;
        try
        {
            return new FileStream(file, PrivateFiles.Options(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException))
        {
            throw new StoreException(
                $"The event store '{_settings.Path}' is in use by another process or actor system: {e.Message} "
                + "A file has one owner; many nodes need a database server.",
                e);
        }
    }

    /// <summary>Makes an idle writer look at the rest of a checkpoint.</summary>
    private void Remind()
    {
        if (_waiting.Writer.TryWrite(new WriteAction(static _ => { })))
            _hurried.Set();
    }

    private void Drop()
    {
        _files.Closing();
        _checkpoints?.Dispose();
        _checkpoints = null;
        _session?.Dispose();
        _session = null;
    }

    private void Close()
    {
        var areThere = _files.Look() is null;
        _files.Dispose();
        try
        {
            _checkpoints?.Dispose();
            _checkpoints = null;
            if (areThere)
                _session?.Connection.Checkpoint(raw.SQLITE_CHECKPOINT_TRUNCATE);
            else
                _session?.Connection.LeaveLogOnClose();
        }
        catch (SqliteException)
        {
            // Everything is in the log; the next start reads it from there.
        }

        Drop();
        _lock?.Dispose();
        _delivery.Flush();
        _tail.Close();
    }
}
