using MongoDB.Bson;
using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>A query of jobs as a filter and an order.</summary>
internal static class JobFilters
{
    public static BsonDocument DueOrder { get; } = new() { { ViewFields.Slice, 1 }, { ViewFields.WakeAt, 1 }, { ViewFields.Id, 1 } };

    public static BsonDocument EndOrder { get; } = new() { { ViewFields.Hidden, 1 }, { ViewFields.EndedAt, 1 }, { ViewFields.Id, 1 } };

    // The last character that there is: no name goes on with one behind it.
    private const string Last = "\U0010FFFF";

    /// <summary>The filters that are set, and no others.</summary>
    public static BsonDocument Of(JobQuery query)
    {
        var filter = new BsonDocument(ViewFields.Hidden, false);
        if (query.Status is { } status)
            filter.Add(ViewFields.Status, Words.JobStatuses.Of(status));
        if (query.Tag is { } tag)
            filter.Add(ViewFields.Tags, tag);
        if (query.NamePrefix is { } prefix)
            filter.Add(ViewFields.Name, new BsonDocument { { "$gte", prefix }, { "$lt", prefix + Last } });
        if (query.DueBefore is { } due)
            filter.Add(ViewFields.NextDueAt, new BsonDocument { { "$exists", true }, { "$lt", ViewFields.Instant(due) } });
        if (query.CreatedAfter is { } created)
            Keyset.Bound(filter, ViewFields.CreatedAt, "$gt", ViewFields.Instant(created));
        if (query.After is { } after)
            Keyset.GoOn(filter, ViewFields.CreatedAt, after.CreatedAt, after.JobId.Value, IsDescending(query));
        return filter;
    }

    /// <summary>Jobs of a slice that must be woken. An index of rows with a field only is used where the query says that the field exists.</summary>
    public static BsonDocument Due(int slice, DateTimeOffset upTo, DueJob? after)
    {
        var filter = new BsonDocument
        {
            { ViewFields.Slice, slice },
            { ViewFields.WakeAt, new BsonDocument { { "$exists", true }, { "$lte", ViewFields.Instant(upTo) } } },
        };
        if (after is not null)
            Keyset.GoOn(filter, ViewFields.WakeAt, after.WakeAt, after.JobId.Value, descending: false);
        return filter;
    }

    public static BsonDocument Finished(bool areDeleted, DateTimeOffset before, FinishedJob? after)
    {
        var filter = new BsonDocument
        {
            { ViewFields.Hidden, areDeleted },
            { ViewFields.EndedAt, new BsonDocument { { "$exists", true }, { "$lt", ViewFields.Instant(before) } } },
        };
        if (after is not null)
            Keyset.GoOn(filter, ViewFields.EndedAt, after.FinishedAt, after.JobId.Value, descending: false);
        return filter;
    }

    public static BsonDocument Order(JobQuery query)
    {
        var direction = IsDescending(query) ? -1 : 1;
        return new BsonDocument { { ViewFields.CreatedAt, direction }, { ViewFields.Id, direction } };
    }

    private static bool IsDescending(JobQuery query) => query.Sort is JobSort.CreatedAtDescending;
}
