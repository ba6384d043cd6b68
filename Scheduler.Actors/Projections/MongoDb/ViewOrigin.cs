using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>Which journal the views are of, and what they are being filled with, in the document that says which sets there are.</summary>
internal static class ViewOrigin
{
    /// <summary>The field with the journal's id.</summary>
    public const string Journal = "journal";

    /// <summary>The field that is there while the live set is being filled.</summary>
    public const string Filling = "filling";

    public static string? JournalOf(BsonDocument sets) => sets.TryGetValue(Journal, out var journal) ? journal.AsString : null;

    public static ViewsFilling? FillingOf(BsonDocument sets) => sets.TryGetValue(Filling, out var filling)
        ? new ViewsFilling(
            DateTimeOffset.FromUnixTimeMilliseconds(filling["since"].ToInt64()), filling["reason"].AsString, filling["until"].ToInt64())
        : null;

    public static BsonDocument ToDocument(ViewsFilling filling) => new()
    {
        { "since", filling.Since.ToUnixTimeMilliseconds() },
        { "reason", filling.Reason },
        { "until", filling.Until },
    };

    /// <summary>The highest offset of any slice; 0 for none.</summary>
    public static async Task<long> HighestOffsetAsync(ViewDatabase database, long tables, CancellationToken cancellationToken)
    {
        var offsets = await database.Offsets(tables).Find(FilterDefinition<BsonDocument>.Empty).ToListAsync(cancellationToken);
        return offsets.Select(offset => offset[ViewFields.Value].ToInt64()).DefaultIfEmpty(0).Max();
    }
}
