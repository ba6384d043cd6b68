using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The queries over one set of collections. Each list has a key of its order in its index, and goes on behind it.</summary>
internal sealed class ViewQueries(ViewDatabase database, long tables)
{
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

    public async Task<IReadOnlyList<JobView>> ListJobsAsync(JobQuery query, CancellationToken cancellationToken)
    {
        var rows = await database.Jobs(tables).Find(JobFilters.Of(query))
            .Sort(JobFilters.Order(query))
            .Limit(query.Limit)
            .Project(new BsonDocument { { ViewFields.State, 1 }, { ViewFields.Projected, 1 }, { ViewFields.Generation, 1 } })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => JobDocuments.Read(row) is var job ? new JobView(job.State, job.Projected) : null!);
    }

    public async Task<IReadOnlyList<RunView>> ListRunsAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var rows = await database.Runs(tables).Find(RunFilters.Of(query)).Sort(RunFilters.NewestFirst).Limit(query.Limit).ToListAsync(cancellationToken);
        return rows.ConvertAll(RunDocuments.Read);
    }

    public async Task<IReadOnlyList<DueJob>> DueJobsAsync(int slice, DateTimeOffset upTo, DueJob? after, int limit, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument(ViewFields.Slice, slice);
        var wake = new BsonDocument { { "$exists", true }, { "$lte", ViewFields.Instant(upTo) } };
        filter.Add(ViewFields.WakeAt, wake);
        if (after is not null)
            Keyset.GoOn(filter, ViewFields.WakeAt, after.WakeAt, after.JobId.Value, descending: false);
        var rows = await database.Jobs(tables).Find(filter)
            .Sort(new BsonDocument { { ViewFields.Slice, 1 }, { ViewFields.WakeAt, 1 }, { ViewFields.Id, 1 } })
            .Limit(limit)
            .Project(new BsonDocument(ViewFields.WakeAt, 1))
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new DueJob(ViewFields.Instant(row[ViewFields.WakeAt]), JobId.Parse(row[ViewFields.Id].AsString)));
    }

    public async Task<IReadOnlyList<FinishedJob>> FinishedJobsAsync(DateTimeOffset before, FinishedJob? after, int limit, CancellationToken cancellationToken)
    {
        var filter = new BsonDocument
        {
            { ViewFields.Hidden, false },
            { ViewFields.EndedAt, new BsonDocument { { "$exists", true }, { "$lt", ViewFields.Instant(before) } } },
        };
        if (after is not null)
            Keyset.GoOn(filter, ViewFields.EndedAt, after.FinishedAt, after.JobId.Value, descending: false);
        var rows = await database.Jobs(tables).Find(filter)
            .Sort(new BsonDocument { { ViewFields.Hidden, 1 }, { ViewFields.EndedAt, 1 }, { ViewFields.Id, 1 } })
            .Limit(limit)
            .Project(new BsonDocument { { ViewFields.EndedAt, 1 }, { ViewFields.Version, 1 } })
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new FinishedJob(
            ViewFields.Instant(row[ViewFields.EndedAt]), JobId.Parse(row[ViewFields.Id].AsString), row[ViewFields.Version].ToInt64()));
    }

    /// <summary>From job to job along the index, past the runs of each.</summary>
    public async Task<JobsLookedAt> JobsWithMoreRunsAsync(int kept, JobId? after, int limit, CancellationToken cancellationToken)
    {
        var more = new List<JobId>();
        var last = after;
        for (var looked = 0; looked < limit; looked++)
        {
            var behind = new BsonDocument(ViewFields.JobId, new BsonDocument("$gt", last?.Value ?? ""));
            if (await FirstJobAsync(behind, skip: 0, cancellationToken) is not { } job)
                return new JobsLookedAt(more, null);
            if (await FirstJobAsync(new BsonDocument(ViewFields.JobId, job.Value), kept, cancellationToken) is not null)
                more.Add(job);
            last = job;
        }

        return new JobsLookedAt(more, last);
    }

    private async Task<JobId?> FirstJobAsync(BsonDocument filter, int skip, CancellationToken cancellationToken)
    {
        var row = await database.Runs(tables).Find(filter)
            .Sort(new BsonDocument { { ViewFields.JobId, 1 }, { ViewFields.FireTime, 1 }, { ViewFields.Id, 1 } })
            .Skip(skip)
            .Limit(1)
            .Project(new BsonDocument { { ViewFields.Id, 0 }, { ViewFields.JobId, 1 } })
            .FirstOrDefaultAsync(cancellationToken);
        return row is null ? null : JobId.Parse(row[ViewFields.JobId].AsString);
    }
}
