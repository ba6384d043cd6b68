using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>Which sets of tables the file has: the live one, and one that is being rebuilt. For the writer's thread, but for <see cref="Live"/>.</summary>
internal sealed class ViewSets : IDisposable
{
    private LiveTables _live;
    private long[] _written;

    public ViewSets(SqliteConnection connection)
    {
        _live = new LiveTables(ReadLive(connection), ViewSource.Filling(connection));
        Rows = new ViewRows(_live.Tables.Id);
        _written = [Rows.Tables];
    }

    /// <summary>The set that queries read.</summary>
    public ViewTables Live => Volatile.Read(ref _live).Tables;

    /// <summary>Writes the live set.</summary>
    public ViewRows Rows { get; private set; }

    /// <summary>Writes the set that is being rebuilt; null when none is.</summary>
    public ViewRows? Rebuilt
    {
        get;
        private set
        {
            field = value;
            NoteWritten();
        }
    }

    /// <summary>A number that no set has had that somebody may still go on in.</summary>
    public long Next => Math.Max(Live.Id, Rebuilt?.Tables ?? 0) + 1;

    /// <summary>Writes the set that a step is for; null when that is no more.</summary>
    public ViewRows? Of(ProjectionStep step) => step.Tables == Rows.Tables ? Rows : step.Tables == Rebuilt?.Tables ? Rebuilt : null;

    /// <summary>Writes a row into the sets that there are.</summary>
    public void Write(SqliteConnection connection, RowWrite row)
    {
        Rows.Write(connection, row);
        Rebuilt?.Write(connection, row);
        row.Into(_written);
    }

    /// <summary>Learns what a file has that was opened again, and may have been made anew.</summary>
    public void Reload(SqliteConnection connection)
    {
        var live = ReadLive(connection);
        if (live == Live.Id)
            return;
        Rebuilt = null;
        Replace(live, ViewSource.Filling(connection));
    }

    /// <summary>Makes an empty set the live one, in the transaction that is open.</summary>
    public long Renew(SqliteConnection connection)
    {
        var next = connection.QueryLong("SELECT last FROM meta") + 1;
        connection.ForgetStatements();
        var others = Rebuilt is { } rebuilt ? ViewSchema.Drop(rebuilt.Tables) : "";
        connection.ExecuteScript($"{ViewSchema.Create(next)} UPDATE meta SET live = {next}, last = {next}; {ViewSchema.Drop(Rows.Tables)} {others}");
        return next;
    }

    public long BeginRebuild(SqliteConnection connection)
    {
        var last = connection.QueryLong("SELECT last FROM meta");
        var next = last + 1;
        connection.ForgetStatements();
        // Another set that is not live is one that nobody will complete.
        var leftover = last == Live.Id ? "" : ViewSchema.Drop(last);
        connection.ExecuteScript($"BEGIN IMMEDIATE; {leftover} {ViewSchema.Create(next)} UPDATE meta SET last = {next}; COMMIT;");
        Rebuilt = new ViewRows(next);
        return next;
    }

    public long CompleteRebuild(SqliteConnection connection, long tables)
    {
        if (Rebuilt?.Tables != tables)
            throw new ViewsUnavailableException($"The set {tables} of view tables is not the one that is being rebuilt: another rebuild has begun, or the file was made anew.");
        connection.ForgetStatements();
        connection.Execute("BEGIN IMMEDIATE");
        connection.ExecuteScript($"UPDATE meta SET live = {tables}; {ViewSchema.Drop(Rows.Tables)}");
        ViewSource.Note(connection, filling: null);
        connection.Execute("COMMIT");
        Rebuilt = null;
        Replace(tables, filling: null);
        return tables;
    }

    public long AbandonRebuild(SqliteConnection connection, long tables)
    {
        if (Rebuilt?.Tables != tables)
            return tables;
        Rebuilt = null;
        connection.ForgetStatements();
        connection.ExecuteScript($"BEGIN IMMEDIATE; {ViewSchema.Drop(tables)} COMMIT;");
        return tables;
    }

    /// <summary>The live set is whole.</summary>
    public long CompleteFilling(SqliteConnection connection, long tables)
    {
        if (tables != Live.Id)
            return tables;
        ViewSource.Note(connection, filling: null);
        _live.SetFilling(null);
        return tables;
    }

    /// <summary>Another set is the live one, or the same is being filled.</summary>
    public void Replace(long tables, ViewsFilling? filling)
    {
        if (tables == Live.Id)
        {
            _live.SetFilling(filling);
            return;
        }

        var before = _live;
        Rows = new ViewRows(tables);
        NoteWritten();
        Volatile.Write(ref _live, new LiveTables(tables, filling));
        before.Dispose();
    }

    public void Dispose() => _live.Dispose();

    private void NoteWritten() => _written = Rebuilt is { } rebuilt ? [Rows.Tables, rebuilt.Tables] : [Rows.Tables];

    private static long ReadLive(SqliteConnection connection) => connection.QueryLong("SELECT live FROM meta");
}
