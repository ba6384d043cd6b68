using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The lists over one set of collections.</summary>
internal sealed class ListQueries(ViewDatabase database, long tables, ListBounds bounds)
{
    private static readonly BsonDocument JobFields = new() { { ViewFields.State, 1 }, { ViewFields.Projected, 1 }, { ViewFields.Generation, 1 } };

    public async Task<PageEnd<JobPosition>> ReadJobsAsync(JobQuery query, RowTaker<JobView> take, CancellationToken cancellationToken)
    {
        var filter = JobFilters.Of(query);
        var field = JobFilters.SortField(query);
        JobPosition? last = null;
        var end = await new PageReader(database.Jobs(tables), field, query.Sort.IsDescending(), bounds.Scattered).ReadAsync(JobWays.Of(query, filter), filter, JobFields, query.Limit, Take, cancellationToken);
        if (end.IsFull)
            return PageEnd<JobPosition>.Full(last ?? query.After);
        return end.Horizon is { } horizon
            ? PageEnd<JobPosition>.CutShort(new JobPosition(ViewFields.Instant(horizon[field]), JobId.Parse(horizon[ViewFields.Id].AsString)))
            : PageEnd<JobPosition>.Last;

        bool Take(BsonDocument row)
        {
            var job = JobDocuments.Read(row);
            if (!take(new JobView(job.State, job.Projected), row[ViewFields.State].AsByteArray.Length))
                return false;
            last = JobPosition.Of(job.State, query.Sort);
            return true;
        }
    }

    public async Task<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, RowTaker<RunView> take, CancellationToken cancellationToken)
    {
        var filter = RunFilters.Of(query);
        var way = WayOf(query, filter);
        if (query.Tag is { } tag && query.JobId is { } job)
        {
            if ((await WithTagAsync(tag, [job.Value], cancellationToken)).Count == 0)
                return PageEnd<RunPosition>.Last;
        }
        else if (query.Tag is not null)
        {
            return await ReadTaggedAsync(query, way, filter, take, cancellationToken);
        }

        return await ReadRunsAsync(query, way, filter, take, cancellationToken);
    }

    private static Way WayOf(RunQuery query, BsonDocument filter) => query switch
    {
        { JobId: not null } => RunWay(ViewIndexes.JobRuns, ViewFields.JobId, filter),
        { Statuses.Count: > 0 } => RunWay(ViewIndexes.Status, ViewFields.Status, filter),
        _ => RunWay(ViewIndexes.FireTimes, ViewFields.FireTime, filter),
    };

    private static Way RunWay(string index, string field, BsonDocument filter)
    {
        string[] fields = [field, ViewFields.FireTime, "$or"];
        var within = new BsonDocument(filter.Where(f => fields.Contains(f.Name)));
        return new Way(index, within, IsInOrder: true, IsExact: within.ElementCount == filter.ElementCount);
    }

    private async Task<PageEnd<RunPosition>> ReadRunsAsync(RunQuery query, Way way, BsonDocument filter, RowTaker<RunView> take, CancellationToken cancellationToken)
    {
        RunPosition? last = null;
        var end = await new PageReader(database.Runs(tables), ViewFields.FireTime, isDescending: true, bounds.Scattered).ReadAsync([way], filter, fields: null, query.Limit, Take, cancellationToken);
        if (end.IsFull)
            return PageEnd<RunPosition>.Full(last ?? query.After);
        return end.Horizon is { } horizon ? PageEnd<RunPosition>.CutShort(PositionOf(horizon)) : PageEnd<RunPosition>.Last;

        bool Take(BsonDocument row)
        {
            var run = RunDocuments.Read(row);
            if (!take(run, row[ViewFields.Data].AsByteArray.Length))
                return false;
            last = RunPosition.Of(run);
            return true;
        }
    }

    /// <summary>A run has no tags, and there is no join: of the next so many runs the jobs are looked up, then the runs of those that have the tag are read.</summary>
    private async Task<PageEnd<RunPosition>> ReadTaggedAsync(RunQuery query, Way way, BsonDocument filter, RowTaker<RunView> take, CancellationToken cancellationToken)
    {
        var keys = await database.Runs(tables).Find(filter, new FindOptions { Hint = way.Index })
            .Sort(RunFilters.NewestFirst)
            .Limit(bounds.Scattered)
            .Project(new BsonDocument { { ViewFields.FireTime, 1 }, { ViewFields.JobId, 1 } })
            .ToListAsync(cancellationToken);
        var tagged = await WithTagAsync(query.Tag!, [.. keys.Select(key => key[ViewFields.JobId]).Distinct()], cancellationToken);
        var horizon = keys.Count == bounds.Scattered ? PositionOf(keys[^1]) : null;
        var end = PageEnd<RunPosition>.Last;
        if (tagged.Count > 0)
        {
            var ofTagged = filter.DeepClone().AsBsonDocument;
            ofTagged.Add(ViewFields.JobId, new BsonDocument("$in", tagged));
            Keyset.EndAt(ofTagged, ViewFields.FireTime, keys[^1][ViewFields.FireTime], keys[^1][ViewFields.Id].AsString, descending: true);
            end = await ReadRunsAsync(query, way with { IsExact = true }, ofTagged, take, cancellationToken);
        }

        return end.HasMore || horizon is null ? end : PageEnd<RunPosition>.CutShort(horizon);
    }

    private async Task<BsonArray> WithTagAsync(string tag, IReadOnlyCollection<BsonValue> jobs, CancellationToken cancellationToken)
    {
        if (jobs.Count == 0)
            return [];
        var filter = new BsonDocument { { ViewFields.Id, new BsonDocument("$in", new BsonArray(jobs)) }, { ViewFields.Tags, tag } };
        var found = await database.Jobs(tables).Find(filter).Project(new BsonDocument(ViewFields.Id, 1)).ToListAsync(cancellationToken);
        return [.. found.Select(row => row[ViewFields.Id])];
    }

    private static RunPosition PositionOf(BsonDocument key) => new(ViewFields.Instant(key[ViewFields.FireTime]), RunId.Parse(key[ViewFields.Id].AsString));
}
