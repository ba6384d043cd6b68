using System.Globalization;

namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>A way as statements. Parts are merged by SQLite, which reads each along its index and no further than it must.</summary>
/// <param name="values">The statement's values.</param>
/// <param name="isDescending">The list's direction.</param>
/// <param name="after">Where the page begins; null for the list's beginning.</param>
internal sealed class WaySql(StatementValues values, bool isDescending, Position? after)
{
    private readonly string _direction = isDescending ? "DESC" : "ASC";
    private readonly string? _after = after is null ? null : $"({values.Of(after.At)}, {values.Of(after.Id)})";

    /// <summary>The last row that may be looked at; none when the way ends before. Of one that is not in order, whether there is such a row.</summary>
    public string Horizon(Way way)
    {
        var order = way.IsInOrder ? $" ORDER BY 1 {_direction}, 2 {_direction}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{Union(way, "", horizon: null, filters: [])}{order} LIMIT 1 OFFSET {way.Most - 1}");
    }

    /// <summary>The keys of a page and the numbers of its rows, in order.</summary>
    /// <param name="way">The way.</param>
    /// <param name="rowId">What the parts call a row's number.</param>
    /// <param name="limit">The most rows, as a number of a value.</param>
    /// <param name="horizon">The last row that may be looked at; null for the end.</param>
    public string Keys(Way way, string rowId, string limit, Position? horizon)
    {
        var end = horizon is null ? null : $"({way.Key.At}, {way.Key.Id}) {(isDescending ? ">=" : "<=")} ({values.Of(horizon.At)}, {values.Of(horizon.Id)})";
        List<string> filters = [.. way.Filters];
        if (!way.IsInOrder && _after is not null)
            filters.Add(Beyond(way));
        return $"{Union(way, $", {rowId}", end, filters)} ORDER BY 1 {_direction}, 2 {_direction} LIMIT {limit}";
    }

    private string Union(Way way, string more, string? horizon, IReadOnlyList<string> filters)
    {
        List<string> all = [.. Bounds(way, horizon), .. filters];
        return string.Join(" UNION ALL ", way.Parts.Select(part =>
        {
            // A horizon counts all that is there, whatever of it is wanted.
            var counts = more.Length == 0;
            List<string> conditions = [part.Within, .. all];
            if (part.Filter is not null && !counts)
                conditions.Add(part.Filter);
            var key = counts && !way.IsInOrder ? "0, ''" : $"{way.Key.At}, {way.Key.Id}";
            return $"SELECT {key}{more} FROM {(counts ? part.Counted : part.From)} WHERE {string.Join(" AND ", conditions)}";
        }));
    }

    /// <summary>
    /// One bound for the beginning and one for the end, the narrower one: of two SQLite might take the other, and then read each time what is
    /// before the page, or look at all that is behind the horizon.
    /// </summary>
    private IEnumerable<string> Bounds(Way way, string? horizon)
    {
        if (!way.IsInOrder)
            return new[] { way.From, way.To }.OfType<WayBound>().Select(bound => bound.Sql);
        var (first, last) = isDescending ? (way.To, way.From) : (way.From, way.To);
        var goesOn = after is not null && (first is null || (isDescending ? after.At < first.At : after.At > first.At));
        return new[] { goesOn ? Beyond(way) : first?.Sql, goesOn || after is null ? null : BeyondAsFilter(way), horizon ?? last?.Sql }.OfType<string>();
    }

    private string Beyond(Way way) => $"({way.Key.At}, {way.Key.Id}) {(isDescending ? '<' : '>')} {_after}";

    /// <summary>The same, as nothing that an index is entered by.</summary>
    private string BeyondAsFilter(Way way) => $"+({Beyond(way)})";
}
