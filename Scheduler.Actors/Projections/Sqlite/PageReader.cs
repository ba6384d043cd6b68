using Scheduler.Sqlite;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>
/// Reads a page along the best way there is: one that finds nothing but what is asked for, else one that has so few rows that all can be
/// looked at, else the one that gets furthest with as many rows as may be looked at. That place is found by counting along the index, which reads no row.
/// </summary>
/// <param name="connection">A connection that only reads.</param>
/// <param name="values">The statements' values.</param>
/// <param name="sql">Puts statements together.</param>
/// <param name="isDescending">The list's direction.</param>
internal sealed class PageReader(SqliteConnection connection, StatementValues values, WaySql sql, bool isDescending)
{
    /// <summary>How many kinds of queries a connection remembers: each combination of filters is a statement of its own.</summary>
    private const int MostStatements = 200;

    /// <summary>How a page ended.</summary>
    /// <param name="IsFull">Whether it has its limit, or a row was not taken.</param>
    /// <param name="Horizon">The last row that was looked at; null when all were.</param>
    public readonly record struct End(bool IsFull, Position? Horizon);

    /// <summary>Reads.</summary>
    /// <param name="ways">The ways, best first; one of them at least is in order.</param>
    /// <param name="rowId">What the ways' parts call a row's number.</param>
    /// <param name="row">Selects the row with that number.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="take">Takes a row.</param>
    public End Read(IReadOnlyList<Way> ways, string rowId, string row, int limit, Predicate<SqliteStatement> take)
    {
        connection.ForgetStatementsBeyond(MostStatements);
        var (way, horizon) = Choose(ways);
        var keys = values.Bind(connection.Prepare(sql.Keys(way, rowId, values.Of(limit), horizon)));
        var (count, isTaken) = (0, true);
        try
        {
            // While this statement is not reset, the rows are those of the same moment.
            while (isTaken && keys.Step())
            {
                var found = connection.Prepare(row).Bind(1, keys.Long(2));
                isTaken = found.Step() && take(found);
                found.Reset();
                count++;
            }
        }
        finally
        {
            keys.Reset();
        }

        return new End(!isTaken || count == limit, horizon);
    }

    private (Way Way, Position? Horizon) Choose(IReadOnlyList<Way> ways)
    {
        if (ways.FirstOrDefault(way => way is { IsInOrder: true, IsExact: true }) is { } exact)
            return (exact, null);
        (Way Way, Position Horizon)? best = null;
        foreach (var way in ways)
        {
            if (way.Unless is { } unless && First(unless) is not null)
                continue;
            if (First(sql.Horizon(way)) is not { } horizon)
                return (way, null);
            if (way.IsInOrder && (best is null || horizon.IsBehind(best.Value.Horizon, isDescending)))
                best = (way, horizon);
        }

        return best!.Value;
    }

    private Position? First(string keys)
    {
        var statement = values.Bind(connection.Prepare(keys));
        var first = statement.Step() ? new Position(statement.Long(0), statement.Text(1)) : null;
        statement.Reset();
        return first;
    }
}
