using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// Reads a page along the best way there is: one that finds nothing but what is asked for, else one that has so few rows that all can be
/// looked at, else the one that gets furthest with as many rows as may be looked at. That place is found by counting along the index, which reads no row.
/// </summary>
/// <param name="rows">The collection.</param>
/// <param name="field">What the list is sorted by.</param>
/// <param name="isDescending">The list's direction.</param>
/// <param name="most">How many rows may be looked at for a page.</param>
internal sealed class PageReader(IMongoCollection<BsonDocument> rows, string field, bool isDescending, int most)
{
    private readonly BsonDocument _order = new() { { field, isDescending ? -1 : 1 }, { ViewFields.Id, isDescending ? -1 : 1 } };

    /// <summary>How a page ended.</summary>
    /// <param name="IsFull">Whether it has its limit, or a row was not taken.</param>
    /// <param name="Horizon">The last row that was looked at; null when all were.</param>
    public readonly record struct End(bool IsFull, BsonDocument? Horizon);

    /// <summary>Reads.</summary>
    /// <param name="ways">The ways; one of them at least is in order.</param>
    /// <param name="filter">All that is asked for.</param>
    /// <param name="fields">What a row is to have; null for all.</param>
    /// <param name="limit">The most rows.</param>
    /// <param name="take">Takes a row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<End> ReadAsync(
        IReadOnlyList<Way> ways, BsonDocument filter, BsonDocument? fields, int limit, Predicate<BsonDocument> take, CancellationToken cancellationToken)
    {
        var (way, horizon) = await ChooseAsync(ways, cancellationToken);
        if (horizon is not null)
        {
            filter = filter.DeepClone().AsBsonDocument;
            Keyset.EndAt(filter, field, horizon[field], horizon[ViewFields.Id].AsString, isDescending);
        }

        var found = rows.Find(filter, Along(way)).Sort(_order).Limit(limit);
        using var cursor = await (fields is null ? found : found.Project(fields)).ToCursorAsync(cancellationToken);
        var count = 0;
        while (await cursor.MoveNextAsync(cancellationToken))
        {
            // The server's own bound of a batch, 16 MiB, bounds what is in memory at once.
            foreach (var row in cursor.Current)
            {
                if (!take(row))
                    return new End(IsFull: true, horizon);
                count++;
            }
        }

        return new End(count == limit, horizon);
    }

    private async Task<(Way Way, BsonDocument? Horizon)> ChooseAsync(IReadOnlyList<Way> ways, CancellationToken cancellationToken)
    {
        if (ways.FirstOrDefault(way => way is { IsInOrder: true, IsExact: true }) is { } exact)
            return (exact, null);
        (Way Way, BsonDocument Horizon)? best = null;
        foreach (var way in ways)
        {
            if (way.IsInOrder)
            {
                if (await HorizonAsync(way, cancellationToken) is not { } horizon)
                    return (way, null);
                if (best is null || IsBehind(horizon, best.Value.Horizon))
                    best = (way, horizon);
            }
            else if (await rows.CountDocumentsAsync(way.Within, new CountOptions { Hint = way.Index, Limit = most }, cancellationToken) < most)
            {
                return (way, null);
            }
        }

        return best!.Value;
    }

    private async Task<BsonDocument?> HorizonAsync(Way way, CancellationToken cancellationToken) => await rows.Find(way.Within, Along(way))
        .Sort(_order)
        .Skip(most - 1)
        .Limit(1)
        .Project(new BsonDocument(field, 1))
        .FirstOrDefaultAsync(cancellationToken);

    private bool IsBehind(BsonDocument one, BsonDocument other)
    {
        var compared = one[field].CompareTo(other[field]);
        if (compared == 0)
            compared = string.CompareOrdinal(one[ViewFields.Id].AsString, other[ViewFields.Id].AsString);
        return isDescending ? compared < 0 : compared > 0;
    }

    private static FindOptions Along(Way way) => new() { Hint = way.Index };
}
