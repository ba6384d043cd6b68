using System.Net;
using System.Net.Sockets;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Projections.MongoDb;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections.MongoDb;

public sealed class MongoJobViewStoreSpecs : JobViewStoreConformance, IAsyncLifetime, IDisposable
{
    // Short, so that a rebuild begins at once: there is one other node at most.
    private static readonly TimeSpan FreshFor = TimeSpan.FromMilliseconds(60);

    private readonly string _connectionString = MongoServer.NewDatabase();
    private readonly MongoJobViewStore _store;

    public MongoJobViewStoreSpecs() => _store = new MongoJobViewStore(_connectionString, FreshFor, runAge: null);

    protected override IJobViewStore Store => _store;

    private IMongoDatabase Database => new MongoClient(_connectionString).GetDatabase(MongoUrl.Create(_connectionString).DatabaseName);

    public Task InitializeAsync() => _store.OpenAsync(default);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose()
    {
        _store.Dispose();
        MongoServer.Drop(_connectionString);
    }

    [SkippableFact]
    public async Task What_was_written_is_there_after_a_restart()
    {
        var state = Created(JobId.Parse("job-a"));
        await Write(_store, state);

        using var again = await OpenAsync();

        Assert.Equal(new JobView(state, 2), await again.FindJobAsync(state.Id, default));
    }

    [SkippableFact]
    public async Task Of_steps_that_are_written_together_one_that_can_not_be_fails_alone()
    {
        const int Poisoned = 3;
        var states = Enumerable.Range(0, 8).Select(slice => Created(JobId.Parse($"job-{slice}"), name: new string('n', slice == Poisoned ? 17_000_000 : 1))).ToList();

        var steps = states.ConvertAll(state => _store.CommitAsync(
            new ProjectionStep(1, states.IndexOf(state), 5) { Jobs = [new ProjectedJob(state, 2, 1)], Runs = [Run(state.Id, T0, 2)] }, default));

        await Assert.ThrowsAnyAsync<Exception>(() => steps[Poisoned]);
        for (var slice = 0; slice < states.Count; slice++)
        {
            if (slice != Poisoned)
                await steps[slice];
            Assert.Equal(slice == Poisoned ? 0 : 5, await _store.FindOffsetAsync(1, slice, default));
            Assert.Equal(slice != Poisoned, await _store.FindJobAsync(states[slice].Id, default) is not null);
        }
    }

    [SkippableFact]
    public async Task What_one_node_was_told_written_another_finds_and_an_older_row_of_its_own_changes_nothing()
    {
        using var other = await OpenAsync();
        var created = Created(JobId.Parse("job-a"));
        var paused = created.Apply(new JobPaused { At = T0 });

        await Task.WhenAll(Write(_store, created), Write(other, paused), Write(_store, created));

        Assert.Equal(paused, (await _store.FindJobAsync(created.Id, default))!.State);
        Assert.Equal(paused, (await other.FindJobAsync(created.Id, default))!.State);
    }

    [SkippableFact]
    public async Task The_newest_row_stays_whichever_of_many_nodes_come_first()
    {
        using var other = await OpenAsync();
        var states = new List<JobState>();
        for (var n = 0; n < 40; n++)
        {
            var created = Created(JobId.Parse($"job-{n:D2}"));
            states.Add(created.Apply(new JobPaused { At = T0 }));
            await Task.WhenAll(Write(_store, created), Write(other, states[^1]));
        }

        Assert.Equal(states, (await _store.ListJobsAsync(new JobQuery(), default)).Select(v => v.State));
    }

    [SkippableFact]
    public async Task A_rebuild_of_one_node_is_written_to_by_others_and_its_end_reaches_them()
    {
        using var other = await OpenAsync();
        var live = await other.LiveTablesAsync(default);
        var rebuilt = await _store.BeginRebuildAsync(default);

        var during = Created(JobId.Parse("job-a"));
        await Write(other, during);
        await _store.CompleteRebuildAsync(rebuilt, default);
        var after = Created(JobId.Parse("job-b"));
        await Write(_store, after);

        Assert.NotNull(await _store.FindJobAsync(during.Id, default));
        Assert.NotNull(await other.FindJobAsync(after.Id, default));
        await Signalled(live.Replaced);
        Assert.Equal(rebuilt, (await other.LiveTablesAsync(default)).Id);
    }

    [SkippableFact]
    public async Task A_rebuild_that_was_cut_off_leaves_the_live_set_and_the_next_one_begins_empty()
    {
        var state = Created(JobId.Parse("job-a"));
        await Write(_store, state);
        var cutOff = await _store.BeginRebuildAsync(default);
        await Write(_store, state.Apply(new JobPaused { At = T0 }));

        using var again = await OpenAsync();
        var next = await again.BeginRebuildAsync(default);

        Assert.NotEqual(cutOff, next);
        Assert.NotNull(await again.FindJobAsync(state.Id, default));
        Assert.Null(await again.FindProjectedAsync(next, state.Id, default));
        Assert.DoesNotContain(ViewCollections.Jobs(cutOff), await (await Database.ListCollectionNamesAsync()).ToListAsync());
    }

    [SkippableFact]
    public async Task Views_that_a_newer_release_wrote_are_refused_with_a_clear_word()
    {
        await Database.GetCollection<BsonDocument>(ViewCollections.Meta).UpdateOneAsync(new BsonDocument(), new BsonDocument("$set", new BsonDocument("schema", 99)));

        var refusal = await Assert.ThrowsAsync<ViewsUnavailableException>(OpenAsync);

        Assert.Contains("newer", refusal.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task Views_of_an_older_schema_are_made_anew()
    {
        await Write(_store, Created(JobId.Parse("job-a")));
        await Database.GetCollection<BsonDocument>(ViewCollections.Meta).UpdateOneAsync(new BsonDocument(), new BsonDocument("$set", new BsonDocument("schema", 0)));

        using var again = await OpenAsync();

        Assert.Null(await again.FindJobAsync(JobId.Parse("job-a"), default));
        Assert.Equal(2, (await again.LiveTablesAsync(default)).Id);
    }

    [SkippableFact]
    public async Task Views_that_were_dropped_come_back_under_another_number()
    {
        await Write(_store, Created(JobId.Parse("job-a")));
        var live = await _store.LiveTablesAsync(default);
        MongoServer.Drop(_connectionString);

        await Signalled(live.Replaced);

        Assert.NotEqual(live.Id, (await _store.LiveTablesAsync(default)).Id);
        await Write(_store, Created(JobId.Parse("job-b")));
    }

    [SkippableFact]
    public async Task A_closed_store_says_that_it_is_unavailable()
    {
        _store.Dispose();
        var row = new AwaitedRow(Created(JobId.Parse("job-a")), isNew: true);

        _store.Enqueue(row);

        await Assert.ThrowsAsync<ViewsUnavailableException>(() => row.Done);
        await Assert.ThrowsAsync<ViewsUnavailableException>(async () => await _store.FindJobAsync(row.State.Id, default));
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => _store.CommitAsync(new ProjectionStep(1, 0, 1), default));
    }

    [SkippableTheory]
    [InlineData("mongodb://someone:secret@127.0.0.1:1/views", "refuses connections")]
    [InlineData("mongodb://someone:secret@no-such-host.invalid:27017/views", "unknown")]
    public async Task A_database_that_is_not_there_is_told(string connectionString, string reason)
    {
        using var store = new MongoJobViewStore(connectionString);
        var refusal = await Assert.ThrowsAsync<ViewsUnavailableException>(() => store.OpenAsync(default));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
        var row = new AwaitedRow(Created(JobId.Parse("job-a")), isNew: true);

        store.Enqueue(row);
        var query = store.FindJobAsync(row.State.Id, default).AsTask();

        Assert.Contains(reason, (await Assert.ThrowsAsync<ViewsUnavailableException>(() => row.Done)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ViewsUnavailableException>(() => query);
    }

    [SkippableTheory]
    [InlineData("", 2000)]
    [InlineData("?serverSelectionTimeoutMS=60000&connectTimeoutMS=60000", 2000)]
    [InlineData("?serverSelectionTimeoutMS=500&connectTimeoutMS=500", 500)]
    public void Two_searches_for_a_server_end_before_a_call_is_given_up(string options, int limit)
    {
        using var database = new ViewDatabase("mongodb://127.0.0.1:1/views" + options);

        Assert.Equal(TimeSpan.FromMilliseconds(limit), database.Settings.ServerSelectionTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(limit), database.Settings.ConnectTimeout);
        Assert.True(2 * ViewDatabase.SelectionLimit < ViewDatabase.Patience);
        Assert.True(ViewDatabase.Patience < TimeSpan.FromSeconds(5));
    }

    [SkippableFact]
    public async Task A_database_that_says_nothing_is_given_up()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using var store = new MongoJobViewStore($"mongodb://someone:secret@{silent.LocalEndpoint}/views");

        var refusal = await Assert.ThrowsAsync<ViewsUnavailableException>(async () => await store.ListJobsAsync(new JobQuery(), default));

        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task The_collections_have_their_indexes()
    {
        Assert.Equal(
            ["_id_", "created", "due", "ended", "key", "name", "outcome", "status", "tags", "wake"],
            await IndexesAsync(ViewCollections.Jobs(1)));
        Assert.Equal(["_id_", "fire", "job", "status"], await IndexesAsync(ViewCollections.Runs(1)));
    }

    [SkippableFact]
    public async Task Runs_expire_by_their_end_after_the_age_that_is_set()
    {
        Assert.Null(await ExpiryAsync(1));

        using (await OpenAsync(TimeSpan.FromDays(30)))
            Assert.Equal(2_592_000, await ExpiryAsync(1));
        using (await OpenAsync(TimeSpan.FromDays(7)))
            Assert.Equal(604_800, await ExpiryAsync(1));
        using (await OpenAsync(TimeSpan.FromDays(36_500)))
            Assert.Equal(int.MaxValue, await ExpiryAsync(1));

        using var indexes = await Database.GetCollection<BsonDocument>(ViewCollections.Runs(1)).Indexes.ListAsync();
        Assert.Equal(new BsonDocument("ended_at", 1), Assert.Single(await indexes.ToListAsync(), i => i.Contains("expireAfterSeconds"))["key"]);
    }

    [SkippableFact]
    public async Task Ten_nodes_that_start_with_another_age_at_once_change_it()
    {
        using (await OpenAsync(TimeSpan.FromDays(30)))
            Assert.Equal(2_592_000, await ExpiryAsync(1));

        var nodes = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => OpenAsync(TimeSpan.FromDays(7))));

        Assert.Equal(604_800, await ExpiryAsync(1));
        foreach (var node in nodes)
            node.Dispose();
    }

    [SkippableFact]
    public async Task Only_a_run_that_has_ended_has_the_instant_that_it_expires_by()
    {
        var ended = Run(JobId.Parse("job-a"), T0, 1, RunStatus.Completed) with { EndedAt = T0.AddMinutes(1) };
        var retrying = Run(JobId.Parse("job-b"), T0, 1, RunStatus.Retrying) with { EndedAt = T0.AddMinutes(1) };
        await _store.CommitAsync(new ProjectionStep(1, 0, 1) { Runs = [ended, retrying] }, default);

        var rows = await Database.GetCollection<BsonDocument>(ViewCollections.Runs(1)).Find(new BsonDocument("ended_at", new BsonDocument("$exists", true))).ToListAsync();

        Assert.Equal(ended.RunId.Value, Assert.Single(rows)["_id"].AsString);
        Assert.Equal(ended.EndedAt.Value.UtcDateTime, rows[0]["ended_at"].ToUniversalTime());
    }

    [SkippableFact]
    public async Task Runs_of_a_rebuilt_set_expire_when_it_is_live_and_not_before()
    {
        using var node = await OpenAsync(TimeSpan.FromDays(30));
        var rebuilt = await node.BeginRebuildAsync(default);
        Assert.Null(await ExpiryAsync(rebuilt));

        await node.CompleteRebuildAsync(rebuilt, default);

        await Eventually.AnswersAsync(() => ExpiryAsync(rebuilt), seconds => seconds == 2_592_000, seconds => $"{seconds}");
    }

    private static async Task Signalled(CancellationToken token)
    {
        var signalled = new TaskCompletionSource();
        await using var registration = token.Register(signalled.SetResult);
        await signalled.Task.WaitAsync(Patience.Limit, TimeProvider.System);
    }

    private static async Task Write(MongoJobViewStore store, JobState state)
    {
        var row = new AwaitedRow(state, isNew: true);
        store.Enqueue(row);
        await row.Done;
    }

    private async Task<IEnumerable<string>> IndexesAsync(string collection)
    {
        using var indexes = await Database.GetCollection<BsonDocument>(collection).Indexes.ListAsync();
        return (await indexes.ToListAsync()).Select(i => i["name"].AsString).Order(StringComparer.Ordinal);
    }

    private async Task<long?> ExpiryAsync(long tables)
    {
        using var indexes = await Database.GetCollection<BsonDocument>(ViewCollections.Runs(tables)).Indexes.ListAsync();
        return (await indexes.ToListAsync()).SingleOrDefault(i => i["name"] == ViewIndexes.Expiry)?["expireAfterSeconds"].ToInt64();
    }

    private Task<MongoJobViewStore> OpenAsync() => OpenAsync(runAge: null);

    private async Task<MongoJobViewStore> OpenAsync(TimeSpan? runAge)
    {
        var store = new MongoJobViewStore(_connectionString, FreshFor, runAge);
        try
        {
            await store.OpenAsync(default);
            return store;
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    [SkippableFact]
    public async Task Views_that_go_beyond_their_journal_or_are_of_another_give_way_to_an_empty_set_once()
    {
        using var other = await OpenAsync();
        Assert.Null(await _store.FollowAsync(Journal("j", head: 0), T0, default));
        await Write(_store, Created(JobId.Parse("job-a")));
        var first = (await _store.LiveTablesAsync(default)).Id;
        await _store.CommitAsync(new ProjectionStep(first, 0, 100), default);
        Assert.Null(await _store.FollowAsync(Journal("j", head: 100), T0, default));
        Assert.Null((await _store.LiveTablesAsync(default)).Filling);

        Assert.Contains("older than the views", await _store.FollowAsync(Journal("j", head: 99), T0, default), StringComparison.Ordinal);
        Assert.Null(await other.FollowAsync(Journal("j", head: 99), T0, default));

        var second = await _store.LiveTablesAsync(default);
        Assert.NotEqual(first, second.Id);
        Assert.Equal(99, second.Filling!.Until);
        Assert.Null(await _store.FindJobAsync(JobId.Parse("job-a"), default));
        await _store.CompleteFillingAsync(second.Id, default);
        Assert.Null((await _store.LiveTablesAsync(default)).Filling);
        Assert.Contains("another journal", await _store.FollowAsync(Journal("k", head: 200), T0, default), StringComparison.Ordinal);
    }

    private static Func<CancellationToken, Task<JournalMark>> Journal(string id, long head) => _ => Task.FromResult(new JournalMark(id, Start: null, head));
}
