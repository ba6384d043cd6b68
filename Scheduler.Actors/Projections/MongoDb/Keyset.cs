using MongoDB.Bson;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>Continues a list after a row, by (instant, id).</summary>
internal static class Keyset
{
    /// <summary>Narrows a filter to what comes after a row. The instant's own bound is what an index is entered by.</summary>
    public static void GoOn(BsonDocument filter, string field, BsonValue instant, string id, bool descending)
    {
        var beyond = descending ? "$lt" : "$gt";
        Bound(filter, field, beyond + "e", instant);
        filter.Add("$or", Either(field, beyond, instant, beyond, id));
    }

    /// <summary>Narrows a filter to what comes no later than a row.</summary>
    public static void EndAt(BsonDocument filter, string field, BsonValue instant, string id, bool descending)
    {
        var before = descending ? "$gt" : "$lt";
        Bound(filter, field, before + "e", instant);
        filter.Add("$and", new BsonArray { new BsonDocument("$or", Either(field, before, instant, before + "e", id)) });
    }

    /// <summary>Adds a bound to a field. With two of the same kind the narrower one is enough: an index is entered by one.</summary>
    public static void Bound(BsonDocument filter, string field, string kind, BsonValue value)
    {
        var bounds = Bounds(filter, field);
        if (bounds.TryGetValue(kind, out var other) && (kind[1] == 'l' ? other <= value : other >= value))
            return;
        bounds[kind] = value;
    }

    /// <summary>What a field must be, to be added to.</summary>
    public static BsonDocument Bounds(BsonDocument filter, string field)
    {
        if (!filter.Contains(field))
            filter.Add(field, new BsonDocument());
        return filter[field].AsBsonDocument;
    }

    private static BsonArray Either(string field, string byInstant, BsonValue instant, string byId, string id) =>
    [
        new BsonDocument(field, new BsonDocument(byInstant, instant)),
        new BsonDocument(ViewFields.Id, new BsonDocument(byId, id)),
    ];
}
