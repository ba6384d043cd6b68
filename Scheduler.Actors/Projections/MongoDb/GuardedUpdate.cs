using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>Writes a row unless it is there as new, or newer.</summary>
/// <param name="Id">The row.</param>
/// <param name="Version">Its version.</param>
/// <param name="Update">What to write.</param>
internal sealed record GuardedUpdate(string Id, long Version, BsonDocument Update)
{
    private const int DuplicateKey = 11000;

    private static readonly BulkWriteOptions AnyOrder = new() { IsOrdered = false };

    /// <summary>Writes many.</summary>
    /// <returns>What went wrong with each; null where nothing did.</returns>
    public static async Task<Exception?[]> WriteAsync(IMongoCollection<BsonDocument> rows, IReadOnlyList<GuardedUpdate> updates, CancellationToken cancellationToken)
    {
        var failures = new Exception?[updates.Count];
        var lost = new List<int>();
        foreach (var (index, error) in await BulkAsync(rows, [.. updates.Select(u => u.ToModel(insert: true))], cancellationToken))
        {
            if (error.Code == DuplicateKey)
                lost.Add(index);
            else
                failures[index] = new ViewsUnavailableException($"The row '{updates[index].Id}' was refused: {error.Message}");
        }

        // The row was there, or somebody else inserted it at the same moment, in whichever version.
        foreach (var (index, error) in await BulkAsync(rows, [.. lost.Select(i => updates[i].ToModel(insert: false))], cancellationToken))
            failures[lost[index]] = new ViewsUnavailableException($"The row '{updates[lost[index]].Id}' was refused: {error.Message}");
        return failures;
    }

    private static async Task<IEnumerable<(int Index, BulkWriteError Error)>> BulkAsync(
        IMongoCollection<BsonDocument> rows, IReadOnlyCollection<WriteModel<BsonDocument>> models, CancellationToken cancellationToken)
    {
        if (models.Count == 0)
            return [];
        try
        {
            await rows.BulkWriteAsync(models, AnyOrder, cancellationToken);
            return [];
        }
        catch (MongoBulkWriteException<BsonDocument> e) when (e.WriteErrors.Count > 0 && e.WriteConcernError is null && e.UnprocessedRequests.Count == 0)
        {
            return e.WriteErrors.Select(error => (error.Index, error));
        }
    }

    private UpdateOneModel<BsonDocument> ToModel(bool insert) =>
        new(new BsonDocument { { ViewFields.Id, Id }, { ViewFields.Version, new BsonDocument("$lt", Version) } }, Update) { IsUpsert = insert };
}
