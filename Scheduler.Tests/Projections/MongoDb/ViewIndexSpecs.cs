using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.MongoDb;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections.MongoDb;

/// <summary>
/// Each list has an index whose fields are those that the filter has equal, and then those of the order: it is entered where the page begins,
/// and left where it ends, however large the collection is. A list by a range of something else has an index with nothing but what matches.
/// Where the server explains its queries, it is asked how much it read, too.
/// </summary>
public sealed class ViewIndexSpecs : IAsyncLifetime, IDisposable
{
    private const int Rows = 600;
    private const int Matching = 6;
    private const int Limit = 3;
    private const int CommandNotFound = 59;
    private const int IndexNotThere = 2;

    private readonly string _connectionString = MongoServer.NewDatabase();
    private readonly MongoJobViewStore _store;
    private readonly MongoClient _client;

    public ViewIndexSpecs()
    {
        _store = new MongoJobViewStore(_connectionString);
        _client = new MongoClient(_connectionString);
    }

    public static TheoryData<string> Ordered => [.. OrderedLists.Keys];

    public static TheoryData<string> Ranged => [.. RangedLists.Keys];

    private static Dictionary<string, ViewList> OrderedLists { get; } = new(StringComparer.Ordinal)
    {
        ["jobs"] = Jobs(ViewIndexes.Created, new JobQuery()),
        ["jobs, newest first"] = Jobs(ViewIndexes.Created, new JobQuery { Sort = JobSort.CreatedAtDescending }),
        ["jobs after one"] = Jobs(ViewIndexes.Created, new JobQuery { After = After }),
        ["jobs before one"] = Jobs(ViewIndexes.Created, new JobQuery { After = After, Sort = JobSort.CreatedAtDescending }),
        ["jobs created after"] = Jobs(ViewIndexes.Created, new JobQuery { CreatedAfter = T0.AddMinutes(400) }),
        ["jobs by status"] = Jobs(ViewIndexes.Status, new JobQuery { Statuses = [JobStatus.Paused] }),
        ["jobs by status after one"] = Jobs(ViewIndexes.Status, new JobQuery { Statuses = [JobStatus.Paused], After = After }),
        ["jobs by tag"] = Jobs(ViewIndexes.Tags, new JobQuery { Tag = "red" }),
        ["jobs by tag before one"] = Jobs(ViewIndexes.Tags, new JobQuery { Tag = "red", After = After, Sort = JobSort.CreatedAtDescending }),
        ["jobs by next run"] = Jobs(ViewIndexes.NextDue, new JobQuery { Sort = JobSort.NextRun }),
        ["jobs by next run, due before, last first"] = Jobs(ViewIndexes.NextDue, new JobQuery { Sort = JobSort.NextRunDescending, DueBefore = T0, After = new JobPosition(T0, Special) }),
        ["jobs by concurrency key"] = Jobs(ViewIndexes.Key, new JobQuery { ConcurrencyKey = "key" }),
        ["jobs by last outcome"] = Jobs(ViewIndexes.Outcome, new JobQuery { LastOutcomes = [RunOutcome.Discarded] }),
        ["due jobs"] = new(ViewCollections.Jobs(1), ViewIndexes.Wake, JobFilters.Due(Id(Rows / Matching).Slice, T0.AddDays(9), null), JobFilters.DueOrder),
        ["finished jobs"] = new(ViewCollections.Jobs(1), ViewIndexes.Ended, JobFilters.Finished(areDeleted: false, T0.AddDays(9), null), JobFilters.EndOrder),
        ["runs"] = Runs(ViewIndexes.FireTimes, new RunQuery()),
        ["runs of a window"] = Runs(ViewIndexes.FireTimes, new RunQuery { From = T0.AddMinutes(200), To = T0.AddMinutes(300) }),
        ["runs before one"] = Runs(ViewIndexes.FireTimes, new RunQuery { After = new RunPosition(T0.AddMinutes(300), RunId.Scheduled(Id(300), 1, T0.AddMinutes(300))) }),
        ["runs of a job"] = Runs(ViewIndexes.JobRuns, new RunQuery { JobId = Special }),
        ["runs by status"] = Runs(ViewIndexes.Status, new RunQuery { Statuses = [RunStatus.Discarded] }),
    };

    private static Dictionary<string, ViewList> RangedLists { get; } = new(StringComparer.Ordinal)
    {
        ["jobs by name"] = Jobs(ViewIndexes.Name, new JobQuery { NamePrefix = "al" }),
        ["jobs due before"] = Jobs(ViewIndexes.NextDue, new JobQuery { DueBefore = T0 }),
    };

    private static JobId Special => Id(0);

    private static JobPosition After => new(T0.AddMinutes(300), Id(300));

    private IMongoDatabase Database => _client.GetDatabase(MongoUrl.Create(_connectionString).DatabaseName);

    public async Task InitializeAsync()
    {
        await _store.OpenAsync(default);
        var jobs = Enumerable.Range(0, Rows).Select(Row).Select(s => new ProjectedJob(s, s.Version, s.Generation)).ToList();
        var runs = Enumerable.Range(0, Rows)
            .Select(n => Run(IsSpecial(n) ? Special : Id(n), T0.AddMinutes(n), 1, IsSpecial(n) ? RunStatus.Discarded : RunStatus.Completed))
            .ToList();
        await _store.CommitAsync(new ProjectionStep(1, 0, 1) { Jobs = jobs, Runs = runs }, default);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _store.Dispose();
        _client.Dispose();
        MongoServer.Drop(_connectionString);
    }

    [SkippableTheory]
    [MemberData(nameof(Ordered))]
    public async Task A_page_is_read_along_an_index(string name)
    {
        var list = OrderedLists[name];
        var equal = list.Equal;
        var order = list.Order.Names.Except(equal, StringComparer.Ordinal).ToList();

        var index = await IndexAsync(list);

        Assert.Equal(equal.Order(StringComparer.Ordinal), index.Take(equal.Count).Order(StringComparer.Ordinal));
        Assert.Equal(order, index.Skip(equal.Count));
        Assert.Subset(index.ToHashSet(StringComparer.Ordinal), list.Filtered);
        Assert.NotEmpty(await FindAsync(list, list.Index));
        Assert.InRange(await ExaminedAsync(list) ?? 0, 0, Limit + 1);
    }

    [SkippableTheory]
    [MemberData(nameof(Ranged))]
    public async Task A_list_by_a_range_reads_what_is_in_the_range(string name)
    {
        var list = RangedLists[name];
        var index = await IndexAsync(list);

        Assert.Equal([.. list.Equal, .. list.Filtered.Except(list.Equal, StringComparer.Ordinal)], index.Where(field => field is not ViewFields.Id));
        Assert.Equal(Limit, (await FindAsync(list, list.Index)).Count);
        Assert.InRange(await ExaminedAsync(list) ?? 0, 0, Matching);
    }

    [SkippableFact]
    public async Task A_server_refuses_an_index_that_is_not_there()
    {
        var refusal = await Assert.ThrowsAsync<MongoCommandException>(() => FindAsync(OrderedLists["jobs"], "no_such_index"));

        Assert.Equal(IndexNotThere, refusal.Code);
    }

    private static JobId Id(int n) => JobId.Parse($"job-{n:D5}");

    private static bool IsSpecial(int n) => n % (Rows / Matching) == 0;

    private static JobState Row(int n)
    {
        var created = T0.AddMinutes(n);
        if (n == 1)
            return Finished(Id(n), T0);
        if (!IsSpecial(n))
            return Created(Id(n), created, T0.AddDays(10), "job");
        var special = Created(Id(n), created, T0.AddDays(-1), "alpha", "red");
        special = special with { Definition = special.Definition! with { ConcurrencyKey = "key" }, LastOutcome = RunOutcome.Discarded };
        return n % 200 == 0 ? special.Apply(new JobPaused { At = created }) : special;
    }

    private static ViewList Jobs(string index, JobQuery query) => new(ViewCollections.Jobs(1), index, JobFilters.Of(query), JobFilters.Order(query));

    private static ViewList Runs(string index, RunQuery query) => new(ViewCollections.Runs(1), index, RunFilters.Of(query), RunFilters.NewestFirst);

    private async Task<List<string>> IndexAsync(ViewList list)
    {
        using var indexes = await Database.GetCollection<BsonDocument>(list.Collection).Indexes.ListAsync();
        return [.. (await indexes.ToListAsync()).Single(i => i["name"] == list.Index)["key"].AsBsonDocument.Names];
    }

    private async Task<List<BsonDocument>> FindAsync(ViewList list, string hint) =>
        await Database.GetCollection<BsonDocument>(list.Collection)
            .Find(list.Filter, new FindOptions { Hint = hint })
            .Sort(list.Order)
            .Limit(Limit)
            .ToListAsync();

    /// <summary>How many documents the server read for a page, along the index that it chose itself; null when it does not say.</summary>
    private async Task<int?> ExaminedAsync(ViewList list)
    {
        var find = new BsonDocument { { "find", list.Collection }, { "filter", list.Filter }, { "sort", list.Order }, { "limit", Limit } };
        try
        {
            var answer = await Database.RunCommandAsync<BsonDocument>(new BsonDocument { { "explain", find }, { "verbosity", "executionStats" } });
            return answer["executionStats"]["totalDocsExamined"].ToInt32();
        }
        catch (MongoCommandException e) when (e.Code is CommandNotFound)
        {
            return null;
        }
    }

    private sealed record ViewList(string Collection, string Index, BsonDocument Filter, BsonDocument Order)
    {
        private static readonly string[] WithoutDeleted = [ViewIndexes.Tags, ViewIndexes.NextDue, ViewIndexes.Key, ViewIndexes.Outcome];

        /// <summary>The fields that are filtered. A deleted job has no tags and no next run: it is not in their indexes anyway.</summary>
        public HashSet<string> Filtered =>
            [.. Filter.Names.Where(f => f is not "$or" && (f is not ViewFields.Hidden || !WithoutDeleted.Contains(Index)))];

        /// <summary>Those that must be equal to something.</summary>
        public List<string> Equal => [.. Filtered.Where(f => !Filter[f].IsBsonDocument)];
    }
}
