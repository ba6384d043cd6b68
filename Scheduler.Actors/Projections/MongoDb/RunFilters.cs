using MongoDB.Bson;
using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>A query of runs as a filter and an order.</summary>
internal static class RunFilters
{
    public static BsonDocument NewestFirst { get; } = new() { { ViewFields.FireTime, -1 }, { ViewFields.Id, -1 } };

    /// <summary>The filters that are set, and no others; but the tag is none of a run.</summary>
    public static BsonDocument Of(RunQuery query)
    {
        var filter = new BsonDocument();
        if (query.JobId is { } job)
            filter.Add(ViewFields.JobId, job.Value);
        if (query.Statuses.Count > 0)
            filter.Add(ViewFields.Status, JobFilters.OneOf(query.Statuses, Words.RunStatuses));
        if (query.From is { } from)
            Keyset.Bound(filter, ViewFields.FireTime, "$gte", ViewFields.Instant(from));
        if (query.To is { } to)
            Keyset.Bound(filter, ViewFields.FireTime, "$lt", ViewFields.Instant(to));
        if (query.After is { } after)
            Keyset.GoOn(filter, ViewFields.FireTime, ViewFields.Instant(after.FireTime), after.RunId.Value, descending: true);
        return filter;
    }
}
