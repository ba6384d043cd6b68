using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>What became of a <see cref="GuardedUpdate"/>.</summary>
/// <param name="WasThere">Whether the row turned up, in whichever version, while it was to be inserted.</param>
/// <param name="Failure">What went wrong; null when nothing did.</param>
internal readonly record struct GuardedOutcome(bool WasThere, Exception? Failure);

/// <summary>Writes a row unless it is there as new, or newer.</summary>
/// <param name="Id">The row.</param>
/// <param name="Version">Its version.</param>
/// <param name="Update">What to write.</param>
internal sealed record GuardedUpdate(string Id, long Version, BsonDocument Update)
{
    private const int DuplicateKey = 11000;

    private static readonly BulkWriteOptions AnyOrder = new() { IsOrdered = false };

    /// <summary>Writes many.</summary>
    /// <returns>What became of each.</returns>
    public static async Task<GuardedOutcome[]> WriteAsync(IMongoCollection<BsonDocument> rows, IReadOnlyList<GuardedUpdate> updates, CancellationToken cancellationToken)
    {
        var outcomes = new GuardedOutcome[updates.Count];
        var lost = new List<int>();
        foreach (var (index, error) in await BulkAsync(rows, [.. updates.Select(u => u.ToModel(insert: true))], cancellationToken))
        {
            if (error.Code == DuplicateKey)
                lost.Add(index);
            else
                outcomes[index] = new GuardedOutcome(WasThere: false, Refused(index, error));
        }

        // The row was there, or somebody else inserted it at the same moment, in whichever version.
        foreach (var index in lost)
            outcomes[index] = new GuardedOutcome(WasThere: true, null);
        foreach (var (index, error) in await BulkAsync(rows, [.. lost.Select(i => updates[i].ToModel(insert: false))], cancellationToken))
            outcomes[lost[index]] = new GuardedOutcome(WasThere: true, Refused(lost[index], error));
        return outcomes;

        ViewsUnavailableException Refused(int index, BulkWriteError error) => new($"The row '{updates[index].Id}' was refused: {error.Message}");
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
