using MongoDB.Bson;

namespace Scheduler.Actors.Projections.MongoDb;

/// <summary>The ways to the jobs that a query asks for: of the whole filter each has what its index is entered by.</summary>
internal static class JobWays
{
    /// <summary>All of them; those that have the fewest rows, most likely, first.</summary>
    /// <param name="query">The query.</param>
    /// <param name="filter">All that it asks for: see <see cref="JobFilters"/>.</param>
    public static IReadOnlyList<Way> Of(JobQuery query, BsonDocument filter)
    {
        var isByNextRun = query.Sort.IsByNextRun();
        var ways = new List<Way>();
        if (isByNextRun)
            ways.Add(Along(ViewIndexes.NextDue, ViewFields.NextDueAt));
        if (query.Tag is not null)
            ways.Add(ByCreation(ViewIndexes.Tags, ViewFields.Tags));
        if (query.ConcurrencyKey is not null)
            ways.Add(ByCreation(ViewIndexes.Key, ViewFields.ConcurrencyKey));
        if (filter.Contains(ViewFields.BadOutcome))
            ways.Add(ByCreation(ViewIndexes.Outcome, ViewFields.BadOutcome));
        if (query.NamePrefix is not null)
            ways.Add(ByName());
        if (!isByNextRun && query.DueBefore is not null)
            ways.Add(Along(ViewIndexes.NextDue, ViewFields.NextDueAt) with { IsInOrder = false });
        ways.Add(query.Statuses.Count > 0 ? ByCreation(ViewIndexes.Status, ViewFields.Hidden, ViewFields.Status) : ByCreation(ViewIndexes.Created, ViewFields.Hidden));
        return ways;

        Way ByCreation(string index, params string[] fields) => Along(index, [.. fields, ViewFields.CreatedAt]) with { IsInOrder = !isByNextRun };

        Way ByName()
        {
            var name = filter[ViewFields.Name].DeepClone().AsBsonDocument;
            // No part of a name says where to look.
            name.Remove("$regex");
            return new Way(ViewIndexes.Name, new BsonDocument { { ViewFields.Hidden, false }, { ViewFields.Name, name } }, IsInOrder: false, IsExact: false);
        }

        Way Along(string index, params string[] fields)
        {
            string[] all = [.. fields, .. filter.Names.Where(field => field is "$or" && fields.Contains(JobFilters.SortField(query)))];
            var within = new BsonDocument(all.Where(filter.Contains).Select(field => filter.GetElement(field)));
            // Deleted jobs have none of what the other indexes are of.
            return new Way(index, within, IsInOrder: true, filter.Names.All(field => all.Contains(field) || field is ViewFields.Hidden));
        }
    }
}
