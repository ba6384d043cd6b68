using MongoDB.Bson;
using MongoDB.Driver;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// Writes steps of projections: what was set aside, rows of runs, rows of jobs, and the offsets, each when those before it are there. Cut
/// off anywhere, they are projected again from the offsets before them, and what is there already is left as it is by its version. Job rows come
/// behind the others, because events up to where a job's row says they are projected are dropped.
/// </summary>
/// <remarks>
/// Not in a transaction: the view writer writes the same job rows at the same time, while a client waits, and would wait for the step to
/// end, or make it begin again. It would spare nothing: rows that are ahead of the offset are normal, since the view writer makes them.
/// </remarks>
internal sealed class StepCommit(ViewDatabase database)
{
    private static readonly BulkWriteOptions AnyOrder = new() { IsOrdered = false };

    /// <summary>Writes steps of different slices into one set, each kind of row with one command.</summary>
    public async Task WriteAsync(long tables, IReadOnlyCollection<ProjectionStep> steps, CancellationToken cancellationToken)
    {
        foreach (var fact in steps.SelectMany(step => step.SetAside))
        {
            var id = new BsonDocument { { "persistence_id", fact.PersistenceId }, { ViewFields.Version, fact.Version } };
            await database.SetAside(tables).UpdateOneAsync(
                new BsonDocument(ViewFields.Id, id), new BsonDocument("$set", new BsonDocument(ViewFields.Error, fact.Error)), new UpdateOptions { IsUpsert = true }, cancellationToken);
        }

        Demand(await GuardedUpdate.WriteAsync(database.Runs(tables), [.. steps.SelectMany(step => step.Runs).Select(RunDocuments.Write)], cancellationToken));
        await WriteJobsAsync(database.Jobs(tables), [.. steps.SelectMany(step => step.Jobs)], cancellationToken);
        await database.Offsets(tables).BulkWriteAsync(steps.Select(Advance), AnyOrder, cancellationToken);
    }

    /// <summary>Mostly the view writer has written the row before, and only what is projected is still to be moved.</summary>
    private static async Task WriteJobsAsync(IMongoCollection<BsonDocument> rows, IReadOnlyCollection<ProjectedJob> jobs, CancellationToken cancellationToken)
    {
        if (jobs.Count == 0)
            return;
        var ids = new BsonDocument(ViewFields.Id, new BsonDocument("$in", new BsonArray(jobs.Select(j => j.State.Id.Value))));
        var found = await rows.Find(ids).Project(new BsonDocument(ViewFields.Version, 1)).ToListAsync(cancellationToken);
        var versions = found.ToDictionary(d => d[ViewFields.Id].AsString, d => d[ViewFields.Version].ToInt64(), StringComparer.Ordinal);
        var older = jobs.Where(j => !versions.TryGetValue(j.State.Id.Value, out var version) || version < j.State.Version).ToList();
        var written = await GuardedUpdate.WriteAsync(rows, older.ConvertAll(JobDocuments.Write), cancellationToken);
        Demand(written);

        // Those that the view writer has just inserted, too.
        var moves = jobs.Except(older).Concat(older.Where((_, i) => written[i].WasThere)).Select(MoveProjected).ToList();
        if (moves.Count > 0)
            await rows.BulkWriteAsync(moves, AnyOrder, cancellationToken);
    }

    private static WriteModel<BsonDocument> MoveProjected(ProjectedJob job) =>
        new UpdateOneModel<BsonDocument>(new BsonDocument(ViewFields.Id, job.State.Id.Value), JobDocuments.MoveProjected(job));

    private static void Demand(IEnumerable<GuardedOutcome> written)
    {
        if (written.Select(w => w.Failure).FirstOrDefault(e => e is not null) is { } refused)
            throw refused;
    }

    private static UpdateOneModel<BsonDocument> Advance(ProjectionStep step) =>
        new(new BsonDocument(ViewFields.Id, step.Slice), new BsonDocument("$max", new BsonDocument(ViewFields.Value, step.Offset))) { IsUpsert = true };
}
