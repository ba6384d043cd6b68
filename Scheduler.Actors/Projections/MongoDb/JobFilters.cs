using MongoDB.Bson;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

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
        if (query.Statuses.Count > 0)
            filter.Add(ViewFields.Status, OneOf(query.Statuses, Words.JobStatuses));
        if (query.Tag is { } tag)
            filter.Add(ViewFields.Tags, tag);
        if (query.NamePrefix is { } prefix)
            filter.Add(ViewFields.Name, new BsonDocument { { "$gte", prefix }, { "$lt", prefix + Last } });
        if (query.NamePart is { } part)
            Keyset.Bounds(filter, ViewFields.Name).Add("$regex", LiteralPattern.Of(part));
        if (query.IdPart is { } id)
            filter.Add(ViewFields.Id, new BsonDocument("$regex", LiteralPattern.Of(id)));
        if (query.Sort.IsByNextRun() || query.DueBefore is not null)
            filter.Add(ViewFields.NextDueAt, new BsonDocument("$exists", true));
        if (query.DueBefore is { } due)
            Keyset.Bound(filter, ViewFields.NextDueAt, "$lt", ViewFields.Instant(due));
        if (query.CreatedAfter is { } created)
            Keyset.Bound(filter, ViewFields.CreatedAt, "$gt", ViewFields.Instant(created));
        if (query.Targets.Count > 0)
            filter.Add(ViewFields.Target, OneOf(query.Targets, Words.TargetKinds));
        if (query.Host is { } host)
            filter.Add(ViewFields.Host, host);
        if (query.ConcurrencyKey is { } key)
            filter.Add(ViewFields.ConcurrencyKey, key);
        if (query.LastOutcomes.Count > 0)
            filter.Add(query.LastOutcomes.Contains(RunOutcome.Completed) ? ViewFields.LastOutcome : ViewFields.BadOutcome, OneOf(query.LastOutcomes, Words.RunOutcomes));
        if (query.After is { } after)
            Keyset.GoOn(filter, SortField(query), ViewFields.Instant(after.At), after.JobId.Value, query.Sort.IsDescending());
        return filter;
    }

    /// <summary>What a list is sorted by.</summary>
    public static string SortField(JobQuery query) => query.Sort.IsByNextRun() ? ViewFields.NextDueAt : ViewFields.CreatedAt;

    /// <summary>One of some words; with one alone, that one: an index is entered by it then.</summary>
    public static BsonValue OneOf<T>(IEnumerable<T> values, Words<T> words)
        where T : struct, Enum
    {
        var all = values.Distinct().Order().Select(words.Of).ToList();
        return all.Count == 1 ? all[0] : new BsonDocument("$in", new BsonArray(all));
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
            Keyset.GoOn(filter, ViewFields.WakeAt, ViewFields.Instant(after.WakeAt), after.JobId.Value, descending: false);
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
            Keyset.GoOn(filter, ViewFields.EndedAt, ViewFields.Instant(after.FinishedAt), after.JobId.Value, descending: false);
        return filter;
    }

    public static BsonDocument Order(JobQuery query)
    {
        var direction = query.Sort.IsDescending() ? -1 : 1;
        return new BsonDocument { { SortField(query), direction }, { ViewFields.Id, direction } };
    }
}
