using SQLitePCL;

namespace Scheduler.Sqlite;

/// <summary>A prepared statement. Parameters count from 1, columns from 0.</summary>
internal sealed class SqliteStatement(SqliteConnection connection, sqlite3_stmt handle) : IDisposable
{
    /// <summary>The highest number of a parameter.</summary>
    public int ParameterCount => raw.sqlite3_bind_parameter_count(handle);

    public SqliteStatement Bind(int index, string? value)
    {
        connection.Check(value is null ? raw.sqlite3_bind_null(handle, index) : raw.sqlite3_bind_text(handle, index, value));
        return this;
    }

    public SqliteStatement Bind(int index, long value)
    {
        connection.Check(raw.sqlite3_bind_int64(handle, index, value));
        return this;
    }

    /// <summary>Binds an instant, in Unix milliseconds.</summary>
    public SqliteStatement Bind(int index, DateTimeOffset? value)
    {
        connection.Check(
            value is { } instant ? raw.sqlite3_bind_int64(handle, index, instant.ToUnixTimeMilliseconds()) : raw.sqlite3_bind_null(handle, index));
        return this;
    }

    public SqliteStatement Bind(int index, ReadOnlySpan<byte> value)
    {
        // An empty span would be bound as NULL.
        connection.Check(value.IsEmpty ? raw.sqlite3_bind_zeroblob(handle, index, 0) : raw.sqlite3_bind_blob(handle, index, value));
        return this;
    }

    /// <summary>True when there is a row, false at the end.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(handle);
        connection.Check(code);
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
        var code = raw.sqlite3_step(handle);
        try
        {
            if ((code & 0xff) == raw.SQLITE_CONSTRAINT)
                return false;
            connection.Check(code);
            return true;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Ends a read; a statement that isn't reset keeps its snapshot, and the WAL can't start anew.</summary>
    public void Reset() => raw.sqlite3_reset(handle);

    public long Long(int column) => raw.sqlite3_column_int64(handle, column);

    public bool IsNull(int column) => raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL;

    public string Text(int column) => raw.sqlite3_column_text(handle, column).utf8_to_string() ?? "";

    /// <summary>The column's instant, kept in Unix milliseconds.</summary>
    public DateTimeOffset Instant(int column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    /// <summary>The column's bytes, until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(handle, column);

    public void Dispose() => handle.Dispose();
}
