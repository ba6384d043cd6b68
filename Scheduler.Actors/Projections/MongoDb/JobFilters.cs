using MongoDB.Bson;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>A query of jobs as a filter and an order.</summary>
internal static class JobFilters
{
    // The last character that there is: no name goes on with one behind it.
    private const string Last = "\U0010FFFF";

    /// <summary>The filters that are set, and no others.</summary>
    public static BsonDocument Of(JobQuery query)
    {
        var filter = new BsonDocument(ViewFields.Hidden, false);
        if (query.Status is { } status)
            filter.Add(ViewFields.Status, ViewNames.Of(status));
        if (query.Tag is { } tag)
            filter.Add(ViewFields.Tags, tag);
        if (query.NamePrefix is { } prefix)
            filter.Add(ViewFields.Name, new BsonDocument { { "$gte", prefix }, { "$lt", prefix + Last } });
        if (query.DueBefore is { } due)
            filter.Add(ViewFields.NextDueAt, new BsonDocument("$lt", ViewFields.Instant(due)));
        if (query.CreatedAfter is { } created)
            Keyset.Bound(filter, ViewFields.CreatedAt, "$gt", ViewFields.Instant(created));
        if (query.After is { } after)
            Keyset.GoOn(filter, ViewFields.CreatedAt, after.CreatedAt, after.JobId.Value, IsDescending(query));
        return filter;
    }

    public static BsonDocument Order(JobQuery query)
    {
        var direction = IsDescending(query) ? -1 : 1;
        return new BsonDocument { { ViewFields.CreatedAt, direction }, { ViewFields.Id, direction } };
    }

    private static bool IsDescending(JobQuery query) => query.Sort is JobSort.CreatedAtDescending;
}
