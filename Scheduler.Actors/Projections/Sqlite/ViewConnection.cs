using SQLitePCL;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// A connection with its prepared statements, for one thread at a time. Native calls instead of ADO.NET, which costs about as much as
/// SQLite itself where a row is small.
/// </summary>
internal sealed class ViewConnection : IDisposable
{
    private const int BusyTimeoutMs = 2000;

    private readonly sqlite3 _db;
    private readonly Dictionary<string, ViewStatement> _statements = new(StringComparer.Ordinal);

    static ViewConnection() => Batteries_V2.Init();

    public ViewConnection(string path, bool create)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out _db, flags, null);
        if (code != raw.SQLITE_OK)
        {
            _db.Dispose();
            throw new ViewDatabaseException(code, $"{path}: {raw.sqlite3_errstr(code).utf8_to_string()}");
        }

        raw.sqlite3_extended_result_codes(_db, 1);
        raw.sqlite3_busy_timeout(_db, BusyTimeoutMs);
    }

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_db);

    /// <summary>Whether a transaction is open.</summary>
    public bool IsInTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    /// <summary>The statement of that text, ready to bind; prepared once for each connection.</summary>
    public ViewStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
        {
            statement.Reset();
            return statement;
        }

        Check(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        statement = new ViewStatement(this, handle);
        _statements.Add(sql, statement);
        return statement;
    }

    /// <summary>Runs a statement to its end.</summary>
    public void Execute(string sql) => Prepare(sql).Run();

    /// <summary>Runs statements that are needed once.</summary>
    public void ExecuteScript(string sql) => Check(raw.sqlite3_exec(_db, sql));

    /// <summary>Lets go of all prepared statements: an open one keeps a table from being dropped.</summary>
    public void ForgetStatements()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _statements.Clear();
    }

    /// <summary>Pages written to the log by this connection since the last call.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(_db, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Copies the log into the file as far as nobody has to wait; true when all of it was copied.</summary>
    public bool Checkpoint()
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_db, null, raw.SQLITE_CHECKPOINT_PASSIVE, out var pages, out var copied);
        if ((code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
            return false;
        Check(code);
        return pages == copied;
    }

    /// <summary>Throws what SQLite says of the last call, unless it went well.</summary>
    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw new ViewDatabaseException(code, raw.sqlite3_errmsg(_db).utf8_to_string());
    }

    public void Dispose()
    {
        ForgetStatements();
        _db.Dispose();
    }
}
