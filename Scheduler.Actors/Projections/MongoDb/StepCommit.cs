using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// Writes a step of a projection without a transaction: rows of runs, then rows of jobs, then the offset. Cut off anywhere, it is projected
/// again from the offset before it, and what is there already is left as it is by its version. Runs come first, because a job's row says up
/// to where its runs are there.
/// </summary>
internal sealed class StepCommit(ViewDatabase database)
{
    private static readonly BulkWriteOptions AnyOrder = new() { IsOrdered = false };

    public async Task WriteAsync(ProjectionStep step, CancellationToken cancellationToken)
    {
        await WriteAsync(database.Runs(step.Tables), [.. step.Runs.Select(RunDocuments.Write)], cancellationToken);
        await WriteJobsAsync(database.Jobs(step.Tables), step.Jobs, cancellationToken);
        foreach (var fact in step.SetAside)
        {
            var id = new BsonDocument { { "persistence_id", fact.PersistenceId }, { ViewFields.Version, fact.Version } };
            await UpsertAsync(database.SetAside(step.Tables), id, new BsonDocument("$set", new BsonDocument(ViewFields.Error, fact.Error)), cancellationToken);
        }

        await UpsertAsync(
            database.Offsets(step.Tables), step.Slice, new BsonDocument("$max", new BsonDocument(ViewFields.Value, step.Offset)), cancellationToken);
    }

    /// <summary>Mostly the view writer has written the row before, and only what is projected is still to be moved.</summary>
    private static async Task WriteJobsAsync(IMongoCollection<BsonDocument> rows, IReadOnlyCollection<ProjectedJob> jobs, CancellationToken cancellationToken)
    {
        if (jobs.Count == 0)
            return;
        var ids = new BsonDocument(ViewFields.Id, new BsonDocument("$in", new BsonArray(jobs.Select(j => j.State.Id.Value))));
        var found = await rows.Find(ids).Project(new BsonDocument(ViewFields.Version, 1)).ToListAsync(cancellationToken);
        var versions = found.ToDictionary(d => d[ViewFields.Id].AsString, d => d[ViewFields.Version].ToInt64(), StringComparer.Ordinal);
        var older = jobs.Where(j => !versions.TryGetValue(j.State.Id.Value, out var version) || version < j.State.Version);
        await WriteAsync(rows, [.. older.Select(JobDocuments.Write)], cancellationToken);

        var moves = jobs.Where(j => versions.ContainsKey(j.State.Id.Value)).Select(MoveProjected).ToList();
        if (moves.Count > 0)
            await rows.BulkWriteAsync(moves, AnyOrder, cancellationToken);
    }

    private static WriteModel<BsonDocument> MoveProjected(ProjectedJob job) => new UpdateOneModel<BsonDocument>(
        new BsonDocument { { ViewFields.Id, job.State.Id.Value }, { ViewFields.Projected, new BsonDocument("$lt", job.Projected) } },
        new BsonDocument("$set", new BsonDocument { { ViewFields.Projected, job.Projected }, { ViewFields.Generation, job.Generation } }));

    private static async Task WriteAsync(IMongoCollection<BsonDocument> rows, IReadOnlyList<GuardedUpdate> updates, CancellationToken cancellationToken)
    {
        if (Array.Find(await GuardedUpdate.WriteAsync(rows, updates, cancellationToken), e => e is not null) is { } refused)
            throw refused;
    }

    private static Task UpsertAsync(IMongoCollection<BsonDocument> rows, BsonValue id, BsonDocument update, CancellationToken cancellationToken) =>
        rows.UpdateOneAsync(new BsonDocument(ViewFields.Id, id), update, new UpdateOptions { IsUpsert = true }, cancellationToken);
}
