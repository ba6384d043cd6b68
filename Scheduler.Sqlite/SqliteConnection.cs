using SQLitePCL;

namespace Scheduler.Sqlite;

/// <summary>
/// A connection with its prepared statements, for one thread at a time. Native calls instead of ADO.NET: on the path of every event the
/// latter costs about as much as SQLite itself, and here a taken sequence number is a result code, not an exception.
/// </summary>
internal sealed class SqliteConnection : IDisposable
{
    private readonly sqlite3 _db;
    private readonly Dictionary<string, SqliteStatement> _statements = new(StringComparer.Ordinal);

    static SqliteConnection() => Batteries_V2.Init();

    /// <summary>Opens a database.</summary>
    /// <param name="path">The file.</param>
    /// <param name="create">Whether to make it where it is not there.</param>
    /// <param name="busyTimeoutMs">How long a call waits for another program that holds the file, in milliseconds.</param>
    /// <exception cref="SqliteException">It can't be opened.</exception>
    public SqliteConnection(string path, bool create, int busyTimeoutMs = 1000)
    {
        var flags = raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_NOMUTEX | (create ? raw.SQLITE_OPEN_CREATE : 0);
        var code = raw.sqlite3_open_v2(path, out _db, flags, null);
        if (code != raw.SQLITE_OK)
        {
            var message = raw.sqlite3_errstr(code).utf8_to_string();
            _db.Dispose();
            throw new SqliteException(code, message);
        }

        raw.sqlite3_extended_result_codes(_db, 1);
        raw.sqlite3_busy_timeout(_db, busyTimeoutMs);
    }

    /// <summary>True while a transaction is open.</summary>
    public bool InTransaction => raw.sqlite3_get_autocommit(_db) == 0;

    /// <summary>Rows that the last statement changed.</summary>
    public int Changes => raw.sqlite3_changes(_db);

    /// <summary>The prepared statement for that text, reset and ready to bind; prepared once for each connection.</summary>
    public SqliteStatement Prepare(string sql)
    {
        if (_statements.TryGetValue(sql, out var statement))
        {
            statement.Reset();
            return statement;
        }

        Check(raw.sqlite3_prepare_v3(_db, sql, raw.SQLITE_PREPARE_PERSISTENT, out var handle));
        statement = new SqliteStatement(this, handle);
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

    /// <summary>Lets go of all prepared statements when there are more than so many; none may be in use.</summary>
    public void ForgetStatementsBeyond(int most)
    {
        if (_statements.Count > most)
            ForgetStatements();
    }

    /// <summary>The first column of the first row; 0 where it is NULL or there is no row.</summary>
    public long QueryLong(string sql)
    {
        var statement = Prepare(sql);
        var value = statement.Step() ? statement.Long(0) : 0;
        statement.Reset();
        return value;
    }

    /// <summary>The first column of the first row; empty where there is none.</summary>
    public string QueryText(string sql)
    {
        var statement = Prepare(sql);
        var value = statement.Step() ? statement.Text(0) : "";
        statement.Reset();
        return value;
    }

    /// <summary>Pages written to the WAL by this connection since the last call.</summary>
    public int TakePagesWritten()
    {
        raw.sqlite3_db_status(_db, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    /// <summary>Copies the WAL into the database file, as far as readers and writer allow without waiting for them.</summary>
    /// <param name="mode">One of SQLITE_CHECKPOINT_*.</param>
    /// <returns>True when all of it was copied, so that the next write starts the WAL from its beginning.</returns>
    public bool Checkpoint(int mode)
    {
        var code = raw.sqlite3_wal_checkpoint_v2(_db, null, mode, out var pages, out var copied);
        if ((code & 0xff) is raw.SQLITE_BUSY or raw.SQLITE_LOCKED)
            return false;
        Check(code);
        return pages == copied;
    }

    /// <summary>Copies the database as it is now, while others write to it, into an empty one.</summary>
    /// <param name="destination">Where to.</param>
    /// <param name="cancellationToken">Gives up between stretches.</param>
    /// <exception cref="SqliteException">One of the two can't be read or written.</exception>
    public void CopyTo(SqliteConnection destination, CancellationToken cancellationToken)
    {
        const int pagesEach = 2000;
        // One snapshot for all stretches: without it every commit of another connection would begin the copy anew.
        Execute("BEGIN");
        try
        {
            QueryLong("SELECT count(*) FROM sqlite_master");
            using var backup = raw.sqlite3_backup_init(destination._db, "main", _db, "main");
            if (backup is null || backup.IsInvalid)
                destination.Check(raw.sqlite3_errcode(destination._db));
            int code;
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                code = raw.sqlite3_backup_step(backup, pagesEach);
            }
            while (code == raw.SQLITE_OK);

            if (code != raw.SQLITE_DONE)
                throw new SqliteException(code, raw.sqlite3_errstr(code).utf8_to_string());
        }
        finally
        {
            Execute("ROLLBACK");
        }
    }

    /// <summary>
    /// Leaves the log alone when this connection is closed, as the last one: it would be deleted by its name, and that may be another's.
    /// </summary>
    public void LeaveLogOnClose() => raw.sqlite3_db_config(_db, raw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, out _);

    /// <summary>Throws what SQLite says of the last call, unless it went well.</summary>
    public void Check(int code)
    {
        if (code is not (raw.SQLITE_OK or raw.SQLITE_ROW or raw.SQLITE_DONE))
            throw new SqliteException(code, raw.sqlite3_errmsg(_db).utf8_to_string());
    }

    public void Dispose()
    {
        ForgetStatements();
        _db.Dispose();
    }
}
