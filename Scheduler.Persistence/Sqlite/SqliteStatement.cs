using SQLitePCL;

namespace Scheduler.Persistence.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0.</summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _handle;

    public SqliteStatement(SqliteConnection connection, sqlite3_stmt handle)
    {
        _connection = connection;
        _handle = handle;
    }

    public SqliteStatement Bind(int index, string? value)
    {
        _connection.Check(value is null ? raw.sqlite3_bind_null(_handle, index) : raw.sqlite3_bind_text(_handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long value)
    {
        _connection.Check(raw.sqlite3_bind_int64(_handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        // An empty span would be bound as NULL.
        _connection.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(_handle, index, 0) : raw.sqlite3_bind_blob(_handle, index, value));
        return this;
    }

    /// <summary>True when there is a row, false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_handle);
        _connection.Check(code);
        return code == raw.SQLITE_ROW;
    }

    /// <summary>Runs to the end, whatever comes, and makes the statement ready for the next use.</summary>
    public void Run()
    {
        try
        {
            while (Step())
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs an insert; false when a unique key is taken.</summary>
    public bool TryInsert()
    {
        var code = raw.sqlite3_step(_handle);
        try
        {
            if ((code & 0xff) == raw.SQLITE_CONSTRAINT)
                return false;
            _connection.Check(code);
            return true;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends a read; a statement that isn't reset keeps its snapshot, and the WAL can't start anew.</summary>
    public void Reset() => raw.sqlite3_reset(_handle);

    public long Long(int column) => raw.sqlite3_column_int64(_handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(_handle, column) == raw.SQLITE_NULL;

    public string Text(int column) => raw.sqlite3_column_text(_handle, column).utf8_to_string() ?? "";

    public byte[] Blob(int column) => raw.sqlite3_column_blob(_handle, column).ToArray();

    public void Dispose() => _handle.Dispose();
}
