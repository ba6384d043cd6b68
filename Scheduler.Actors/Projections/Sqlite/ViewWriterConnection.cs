using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// The writer's connection, opened again after an error; and the file behind it, made anew when it is of no use. For the writer's thread.
/// </summary>
internal sealed class ViewWriterConnection : IDisposable
{
    private readonly string _path;
    private readonly string? _journalFile;
    private readonly TimeProvider _time;
    private readonly Action _madeAnew;
    private readonly ILogger _log;
    private readonly ViewCheckpoints _checkpoints;
    private SqliteConnection? _connection;
    private DatabaseFiles _files;
    private string? _useless;
    private string? _openedAnew;
    private string? _journal;
    private string? _start;
    private string? _nextStart;
    private long _reached;
    private (ulong Device, ulong Inode)? _followed;

    public ViewWriterConnection(string path, string? journal, TimeProvider time, Action madeAnew, ILogger log)
    {
        _path = path;
        _journalFile = journal;
        _time = time;
        _madeAnew = madeAnew;
        _log = log;
        _checkpoints = new ViewCheckpoints(path);
        try
        {
            Sets = OpenFirst();
        }
        catch (SqliteException e) when (e.IsDamage)
        {
            // What it takes to open a file reads its first pages; the tables that say what it has are on others.
            Drop(e);
            Sets = OpenFirst();
        }
    }

    /// <summary>What the file has.</summary>
    public ViewSets Sets { get; }

    /// <summary>The connection; opens one where there is none, or the file is no longer the one that was opened.</summary>
    public SqliteConnection Connect()
    {
        if (_connection is not null && !_files.AreThere)
        {
            _useless = "the view file was deleted or replaced";
            Close();
        }

        if (_connection is not null)
            return _connection;
        if (_followed is not null && PosixFiles.Identify(_journalFile!) != _followed)
            throw new ViewsUnavailableException($"The view store '{_path}' is not made anew: the journal '{_journalFile}' was deleted or replaced, and another process may be at work there.");
        // Should the file be made anew, its tables get another number: nobody may go on in them from where they stood in the old ones.
        var opened = ViewFile.OpenWriter(_path, Sets.Next, _useless, _log);
        _connection = opened.Connection;
        _files = new DatabaseFiles(_path);
        _useless = null;
        if (opened.MadeAnew is { } reason)
        {
            _madeAnew();
            if (_journal is null)
                _openedAnew = reason;
            else
                NoteAll(_connection, ViewsFilling.Begin(_time.GetUtcNow(), reason, _reached));
        }

        _checkpoints.Opened(_connection);
        Sets.Reload(_connection);
        return _connection;
    }

    /// <summary>
    /// Compares what is there with the journal, once after a start. If it is another's, or goes on where the journal doesn't, an empty set of
    /// tables takes its place: it is better to show nothing for a while than what is not so. Notes the journal's next start.
    /// </summary>
    public long Follow(SqliteConnection connection, JournalMark journal, string nextStart)
    {
        var reason = ViewSource.Mismatch(connection, Sets.Live.Id, journal);
        _followed = _journalFile is null ? null : PosixFiles.Identify(_journalFile);
        (_journal, _start, _nextStart, _reached) = (journal.Journal, journal.Start, nextStart, journal.Head);
        var filling = Sets.Live.Filling;
        var anew = reason ?? _openedAnew;
        if (anew is not null)
            filling = journal.Head > 0 ? ViewsFilling.Begin(_time.GetUtcNow(), anew, journal.Head) : null;
        _openedAnew = null;
        Durably(connection, () =>
        {
            var tables = Sets.Live.Id;
            if (reason is not null)
            {
                _log.LogWarning("The views in {Path} are made anew and filled from the journal: {Reason}", _path, reason);
                tables = Sets.Renew(connection);
            }

            NoteAll(connection, filling);
            return tables;
        }, tables => Sets.Replace(tables, filling));
        return 0;
    }

    /// <summary>The journal has its new start: what was left at the one before is not these views.</summary>
    public long Begin(SqliteConnection connection, string start)
    {
        (_start, _nextStart) = (start, null);
        Durably(connection, () =>
        {
            ViewSource.Note(connection, _journal!, _start, _nextStart);
            return 0;
        }, static _ => { });
        return 0;
    }

    /// <summary>Writes a step into its set.</summary>
    public void Wrote(SqliteConnection connection, ProjectionStep step)
    {
        Sets.Of(step)!.Write(connection, step);
        _reached = Math.Max(_reached, step.Offset);
    }

    /// <summary>After a commit.</summary>
    public void Checkpoint()
    {
        if (_connection is null)
            return;
        try
        {
            _checkpoints.AfterCommit(_connection);
        }
        catch (SqliteException e)
        {
            _log.LogWarning(e, "The log of the view store {Path} can't be copied into the file", _path);
            Drop(e);
        }
    }

    public void RollBack()
    {
        if (_connection is { InTransaction: true })
            _connection.ExecuteScript("ROLLBACK");
    }

    /// <summary>After an error: the connection isn't used again, nor, when it is damaged, the file.</summary>
    public void Drop(SqliteException cause)
    {
        if (cause.IsStatementsOwn)
        {
            RollBack();
            return;
        }

        if (cause.IsDamage)
            _useless = $"the view file was damaged ({cause.Message})";
        if (_connection is not null)
            Close();
    }

    public void Dispose()
    {
        if (_connection is not null && !_files.AreThere)
            _connection.LeaveLogOnClose();
        _connection?.Dispose();
        _connection = null;
        Sets.Dispose();
    }

    [MemberNotNull(nameof(_files))]
    private ViewSets OpenFirst()
    {
        var opened = ViewFile.OpenWriter(_path, newTables: 1, _useless, _log);
        _connection = opened.Connection;
        _openedAnew = opened.MadeAnew;
        _files = new DatabaseFiles(_path);
        _useless = null;
        _checkpoints.Opened(_connection);
        return new ViewSets(_connection);
    }

    private void Close()
    {
        // Of a file that is made anew the log would be deleted by its name.
        if (_useless is not null)
            _connection!.LeaveLogOnClose();
        _connection!.Dispose();
        _connection = null;
    }

    private void NoteAll(SqliteConnection connection, ViewsFilling? filling)
    {
        ViewSource.Note(connection, _journal!, _start, _nextStart);
        ViewSource.Note(connection, filling);
    }

    /// <summary>Also after a power cut: what the journal is marked with next must be known here.</summary>
    private static void Durably(SqliteConnection connection, Func<long> write, Action<long> written)
    {
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("BEGIN IMMEDIATE");
        var result = write();
        connection.Execute("COMMIT");
        written(result);
        connection.Execute("PRAGMA synchronous = NORMAL");
    }
}
