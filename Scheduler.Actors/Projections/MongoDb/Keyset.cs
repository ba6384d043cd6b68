using MongoDB.Bson;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>Continues a list after a row, by (instant, id).</summary>
internal static class Keyset
{
    /// <summary>Narrows a filter to what comes after a row. The instant's own bound is what an index is entered by.</summary>
    public static void GoOn(BsonDocument filter, string field, DateTimeOffset at, string id, bool descending)
    {
        var beyond = descending ? "$lt" : "$gt";
        var instant = ViewFields.Instant(at);
        Bound(filter, field, beyond + "e", instant);
        filter.Add("$or", new BsonArray
        {
            new BsonDocument(field, new BsonDocument(beyond, instant)),
            new BsonDocument(ViewFields.Id, new BsonDocument(beyond, id)),
        });
    }

    /// <summary>Adds a bound to a field. With two of the same kind the narrower one is enough: an index is entered by one.</summary>
    public static void Bound(BsonDocument filter, string field, string kind, BsonValue value)
    {
        if (!filter.Contains(field))
            filter.Add(field, new BsonDocument());
        var bounds = filter[field].AsBsonDocument;
        if (bounds.TryGetValue(kind, out var other) && (kind[1] == 'l' ? other <= value : other >= value))
            return;
        bounds[kind] = value;
    }
}
