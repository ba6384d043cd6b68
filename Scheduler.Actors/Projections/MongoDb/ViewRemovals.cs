using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>
/// Removes rows of one set. What is to be removed is looked for first, and removed only if it is still what it was: others write meanwhile.
/// Runs that ended long ago the server mostly has removed before (<see cref="ViewIndexes.RunExpiry"/>).
/// </summary>
internal sealed class ViewRemovals(ViewDatabase database, long tables)
{
    internal static readonly string Discarded = Words.RunStatuses.Of(RunStatus.Discarded);

    internal static readonly BsonDocument OldestFirst = new() { { ViewFields.FireTime, 1 }, { ViewFields.Id, 1 } };

    // In the order of fire times, so that the index is read from its oldest end; what is there and has not ended is passed over.
    public Task<int> RunsEndedBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var old = new BsonDocument("$lt", ViewFields.Instant(before));
        return RemoveRunsAsync(new BsonDocument { { ViewFields.FireTime, old }, { ViewFields.EndedAt, old } }, OldestFirst, limit, cancellationToken);
    }

    public async Task<int> RunsBeyondAsync(JobId job, RunsKept kept, int limit, CancellationToken cancellationToken) =>
        await BeyondAsync(job, kept, cancellationToken) is { } beyond ? await RemoveRunsAsync(beyond, OldestFirst, limit, cancellationToken) : 0;

    /// <summary>Whether a job has runs to be removed.</summary>
    public async Task<bool> HasRunsBeyondAsync(JobId job, RunsKept kept, CancellationToken cancellationToken) =>
        await BeyondAsync(job, kept, cancellationToken) is { } beyond && await database.Runs(tables).Find(beyond).Limit(1).AnyAsync(cancellationToken);

    /// <summary>The oldest of a job's newest runs; null when it has fewer.</summary>
    public Task<BsonDocument?> OldestOfNewestAsync(JobId job, RunsKept kept, CancellationToken cancellationToken) =>
        NthNewestAsync(new BsonDocument(ViewFields.JobId, job.Value), kept.Newest - 1, cancellationToken);

    /// <summary>What a job's runs must be to be removed; null when there is none beyond the newest.</summary>
    private async Task<BsonDocument?> BeyondAsync(JobId job, RunsKept kept, CancellationToken cancellationToken)
    {
        if (await OldestOfNewestAsync(job, kept, cancellationToken) is not { } oldestKept)
            return null;
        var discarded = new BsonDocument { { ViewFields.JobId, job.Value }, { ViewFields.Status, Discarded } };
        Keyset.GoOn(discarded, ViewFields.FireTime, oldestKept[ViewFields.FireTime], oldestKept[ViewFields.Id].AsString, descending: true);
        var others = new BsonArray { new BsonDocument(ViewFields.Status, new BsonDocument("$ne", Discarded)) };

        // Of the discarded ones beyond the newest runs the newest few are kept as well: those from the next one on go.
        if (await NthNewestAsync(discarded, kept.Discarded, cancellationToken) is { } firstToGo)
        {
            var older = new BsonDocument();
            Keyset.EndAt(older, ViewFields.FireTime, firstToGo[ViewFields.FireTime], firstToGo[ViewFields.Id].AsString, descending: false);
            others.Add(older);
        }

        var filter = new BsonDocument
        {
            { ViewFields.JobId, job.Value },
            { ViewFields.EndedAt, new BsonDocument("$exists", true) },
            { "$and", new BsonArray { new BsonDocument("$or", others) } },
        };
        Keyset.GoOn(filter, ViewFields.FireTime, oldestKept[ViewFields.FireTime], oldestKept[ViewFields.Id].AsString, descending: true);
        return filter;
    }

    private async Task<BsonDocument?> NthNewestAsync(BsonDocument filter, int skipped, CancellationToken cancellationToken) => await database.Runs(tables).Find(filter)
        .Sort(RunFilters.NewestFirst)
        .Skip(skipped)
        .Limit(1)
        .Project(new BsonDocument(ViewFields.FireTime, 1))
        .FirstOrDefaultAsync(cancellationToken);

    public async Task<int> HiddenBeforeAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var removed = 0;
        foreach (var job in await HiddenAsync(before, limit, cancellationToken))
        {
            if (removed >= limit)
                break;
            var version = job[ViewFields.Version].ToInt64();
            // Runs of the job that is deleted; should the id be put anew just now, its runs come later.
            var runs = new BsonDocument
            {
                { ViewFields.JobId, job[ViewFields.Id] },
                { ViewFields.Version, new BsonDocument("$lte", version) },
            };
            removed += await RemoveRunsAsync(runs, OldestFirst, limit - removed, cancellationToken);

            // The job goes last: without its row nobody would find the rest of its runs.
            if (removed >= limit)
                break;
            var same = new BsonDocument { { ViewFields.Id, job[ViewFields.Id] }, { ViewFields.Version, version }, { ViewFields.Hidden, true } };
            removed += (int)(await database.Jobs(tables).DeleteOneAsync(same, cancellationToken)).DeletedCount;
        }

        return removed;
    }

    private async Task<int> RemoveRunsAsync(BsonDocument filter, BsonDocument order, int limit, CancellationToken cancellationToken)
    {
        var found = await database.Runs(tables).Find(filter).Sort(order).Limit(limit).Project(new BsonDocument(ViewFields.Id, 1)).ToListAsync(cancellationToken);
        if (found.Count == 0)
            return 0;
        var still = new BsonDocument(filter) { [ViewFields.Id] = new BsonDocument("$in", new BsonArray(found.Select(d => d[ViewFields.Id]))) };
        return (int)(await database.Runs(tables).DeleteManyAsync(still, cancellationToken)).DeletedCount;
    }

    private async Task<List<BsonDocument>> HiddenAsync(DateTimeOffset before, int limit, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument
        {
            { ViewFields.Hidden, true },
            { ViewFields.EndedAt, new BsonDocument { { "$exists", true }, { "$lt", ViewFields.Instant(before) } } },
            // One whose deletion is still to be projected stays.
            { "$expr", new BsonDocument("$or", new BsonArray { Compare("$gte", "$version"), Compare("$eq", 0) }) },
        };
        return await database.Jobs(tables).Find(filter)
            .Sort(JobFilters.EndOrder)
            .Limit(limit)
            .Project(new BsonDocument(ViewFields.Version, 1))
            .ToListAsync(cancellationToken);
    }

    private static BsonDocument Compare(string how, BsonValue with) => new(how, new BsonArray { "$" + ViewFields.Projected, with });
}
