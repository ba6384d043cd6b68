namespace Scheduler.Actors.Projections.Sqlite;

/// <summary>One part of an index that is read from its beginning to its end.</summary>
/// <param name="From">The table, with the index that is to be read.</param>
/// <param name="Within">What says where in the index it begins and ends.</param>
/// <param name="Filter">What the rows must be beside that; null for nothing.</param>
internal sealed record WayPart(string From, string Within, string? Filter = null)
{
    /// <summary>The table with the index alone, where rows are of another one: there is no need to look at those to count.</summary>
    public string Counted { get; init; } = From;
}

/// <summary>Where in time a way begins, or ends.</summary>
/// <param name="Sql">What rows must be.</param>
/// <param name="At">The instant, in Unix milliseconds.</param>
internal sealed record WayBound(string Sql, long At);

/// <summary>One way to the rows of a list: parts of an index, and what is still to be looked at in what they have.</summary>
internal sealed record Way
{
    /// <summary>The parts; together they have each row once at most.</summary>
    public required IReadOnlyList<WayPart> Parts { get; init; }

    /// <summary>What the list is sorted by, as the parts call it.</summary>
    public required (string At, string Id) Key { get; init; }

    /// <summary>Whether each part yields its rows in the list's order. If not, all that it has must be read before the first row is known.</summary>
    public required bool IsInOrder { get; init; }

    /// <summary>What is before this need not be read at all; null for the index's beginning.</summary>
    public WayBound? From { get; init; }

    /// <summary>What is behind this need not be read at all; null for the index's end.</summary>
    public WayBound? To { get; init; }

    /// <summary>What rows must be that no part has for sure.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>A statement with a row where the way is too long even to be counted; null for none.</summary>
    public string? Unless { get; init; }

    /// <summary>How many of its rows may be looked at for a page.</summary>
    public required int Most { get; init; }

    /// <summary>Whether it finds what is asked for, and nothing else: then a page ends when it is full.</summary>
    public bool IsExact => Filters.Count == 0 && Parts.All(part => part.Filter is null);
}
