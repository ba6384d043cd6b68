using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The queries over one set of collections. Each list has a key of its order in its index, and goes on behind it.</summary>
internal sealed class ViewQueries(ViewDatabase database, long tables)
{
    private readonly ViewRemovals _removals = new(database, tables);

    public async Task<ProjectedJob?> FindJobAsync(JobId id, CancellationToken cancellationToken) =>
        await database.Jobs(tables).Find(new BsonDocument(ViewFields.Id, id.Value)).FirstOrDefaultAsync(cancellationToken) is { } row
            ? JobDocuments.Read(row)
            : null;

    public async Task<RunView?> FindRunAsync(RunId id, CancellationToken cancellationToken) =>
        await database.Runs(tables).Find(new BsonDocument(ViewFields.Id, id.Value)).FirstOrDefaultAsync(cancellationToken) is { } row
            ? RunDocuments.Read(row)
            : null;

    public async Task<long> FindOffsetAsync(int slice, CancellationToken cancellationToken) =>
        await database.Offsets(tables).Find(new BsonDocument(ViewFields.Id, slice)).FirstOrDefaultAsync(cancellationToken) is { } row
            ? row[ViewFields.Value].ToInt64()
            : 0;

    public async Task<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken)
    {
        var rows = await database.Jobs(tables).Find(JobFilters.Due(slice, upTo, after))
            .Sort(JobFilters.DueOrder)
            .Limit(limit)
            .Project(new BsonDocument(ViewFields.WakeAt, 1))
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new DueJob(ViewFields.Instant(row[ViewFields.WakeAt]), JobId.Parse(row[ViewFields.Id].AsString)));
    }

    public async Task<IReadOnlyList<FinishedJob>> FinishedJobsAsync(bool areDeleted, DateTimeOffset before, FinishedJob? after, int limit, CancellationToken cancellationToken)
    {
        var rows = await database.Jobs(tables).Find(JobFilters.Finished(areDeleted, before, after))
            .Sort(JobFilters.EndOrder)
            .Limit(limit)
            .Project(new BsonDocument { { ViewFields.EndedAt, 1 }, { ViewFields.Version, 1 } })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new FinishedJob(
            ViewFields.Instant(row[ViewFields.EndedAt]), JobId.Parse(row[ViewFields.Id].AsString), row[ViewFields.Version].ToInt64()));
    }

    public async Task<long?> OldestRunVersionAsync(JobId job, RunsKept kept, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument(ViewFields.JobId, job.Value);
        if (await _removals.OldestOfNewestAsync(job, kept, cancellationToken) is { } oldest)
        {
            var newest = new BsonDocument();
            Keyset.EndAt(newest, ViewFields.FireTime, oldest[ViewFields.FireTime], oldest[ViewFields.Id].AsString, descending: true);
            filter.Add("$or", new BsonArray { new BsonDocument(ViewFields.Status, new BsonDocument("$ne", ViewRemovals.Discarded)), newest });
        }

        var rows = await database.Runs(tables).Find(filter)
            .Sort(ViewRemovals.OldestFirst)
            .Limit(4 * JobState.MaxActive)
            .Project(new BsonDocument(ViewFields.Version, 1))
            .ToListAsync(cancellationToken);
        return rows.Count == 0 ? null : rows.Min(row => row[ViewFields.Version].ToInt64());
    }

    /// <summary>
    /// Counts along the index, many jobs in one round trip. Each trip reads so many keys that it has at least one job of which enough is known.
    /// </summary>
    public async Task<JobsLookedAt> JobsWithMoreRunsAsync(RunsKept kept, JobId? after, int limit, CancellationToken cancellationToken)
    {
        var keys = kept.Newest + (10 * limit);
        var more = new List<JobId>();
        var last = after;
        for (var looked = 0; looked < limit;)
        {
            var counts = await CountRunsAsync(last, keys, cancellationToken);
            var isAll = counts.Sum(c => c.Runs) < keys;
            foreach (var (job, runs) in counts)
            {
                // The last one may have more than was read.
                if (looked == limit || (!isAll && runs <= kept.Newest && job == counts[^1].Job))
                    break;
                if (runs > kept.Newest && await _removals.HasRunsBeyondAsync(job, kept, cancellationToken))
                    more.Add(job);
                last = job;
                looked++;
            }

            if (isAll && (counts.Count == 0 || last == counts[^1].Job) && looked < limit)
                return new JobsLookedAt(more, null);
        }

        return new JobsLookedAt(more, last);
    }

    /// <summary>How many runs each job has among the next so many keys of the index.</summary>
    private async Task<List<(JobId Job, long Runs)>> CountRunsAsync(JobId? after, int keys, CancellationToken cancellationToken)
    {
        PipelineDefinition<BsonDocument, BsonDocument> pipeline = new[]
        {
            new BsonDocument("$match", new BsonDocument(ViewFields.JobId, new BsonDocument("$gt", after?.Value ?? ""))),
            new BsonDocument("$sort", new BsonDocument(ViewFields.JobId, 1)),
            new BsonDocument("$limit", keys),
            new BsonDocument("$group", new BsonDocument { { ViewFields.Id, "$" + ViewFields.JobId }, { ViewFields.Value, new BsonDocument("$sum", 1L) } }),
            new BsonDocument("$sort", new BsonDocument(ViewFields.Id, 1)),
        };
        using var found = await database.Runs(tables).AggregateAsync(pipeline, cancellationToken: cancellationToken);
        return (await found.ToListAsync(cancellationToken)).ConvertAll(c => (JobId.Parse(c[ViewFields.Id].AsString), c[ViewFields.Value].ToInt64()));
    }
}
