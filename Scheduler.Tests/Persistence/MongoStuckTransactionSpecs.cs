using System.Diagnostics;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>A transaction that a dead node left open holds the numbers that are in it, and nobody else.</summary>
public sealed class MongoStuckTransactionSpecs : IDisposable
{
    private readonly MongoDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [SkippableFact]
    public async Task Those_that_share_a_lane_with_it_are_all_stored()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });
        await store.OpenAsync(CancellationToken.None);
        using var dead = await LeaveAsync("stuck");

        // In one batch at first, as the lane is busy with what came before.
        var before = AppendAsync(store, "before", 1);
        var stuck = AppendAsync(store, "stuck", 1);
        var others = await Task.WhenAll(Enumerable.Range(0, 15).Select(i => WriteAsync(store, $"other-{i}", 10)));

        Assert.Equal(AppendStatus.Stored, await before);
        Assert.All(others.SelectMany(static one => one), static one => Assert.Equal(AppendStatus.Stored, one));
        Assert.Equal(AppendStatus.NotStored, await stuck);
        await dead.AbortTransactionAsync();
        Assert.Equal(AppendStatus.Stored, await AppendAsync(store, "stuck", 1));
    }

    [SkippableFact]
    public async Task Nobody_waits_for_it()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });
        await store.OpenAsync(CancellationToken.None);
        using var dead = await LeaveAsync("stuck");

        var stuck = AppendAsync(store, "stuck", 1);
        var other = WriteAsync(store, "other", 20);

        Assert.Same(other, await Task.WhenAny(stuck, other));
        Assert.All(await other, static one => Assert.Equal(AppendStatus.Stored, one));
        await stuck;
    }

    [SkippableFact]
    public async Task Among_many_that_are_stuck_the_others_are_stored()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });
        await store.OpenAsync(CancellationToken.None);
        using var dead = await LeaveAsync([.. Enumerable.Range(0, 20).Select(static i => $"id-{2 * i}")]);

        var before = AppendAsync(store, "before", 1);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => AppendAsync(store, $"id-{i}", 1)));

        // A busy machine may take longer than one call has; what is stuck stays so however often it is asked for.
        foreach (var i in Enumerable.Range(0, 40).Where(i => i % 2 != 0 && outcomes[i] is AppendStatus.NotStored))
            outcomes[i] = await AppendAsync(store, $"id-{i}", 1);

        await before;
        Assert.Equal(
            Enumerable.Range(0, 40).Select(static i => i % 2 == 0 ? AppendStatus.NotStored : AppendStatus.Stored),
            outcomes);
    }

    [SkippableFact]
    public async Task What_an_id_writes_behind_it_waits_for_it_and_keeps_its_order()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });
        await store.OpenAsync(CancellationToken.None);
        using var dead = await LeaveAsync("a");

        var first = AppendAsync(store, "a", 1);
        var second = AppendAsync(store, "a", 3);
        await WriteAsync(store, "other", 5);
        await dead.AbortTransactionAsync();

        Assert.Equal([AppendStatus.Stored, AppendStatus.Stored], await Task.WhenAll(first, second));
        var orderings = new List<long>();
        await store.ReplayAsync("a", 1, long.MaxValue, long.MaxValue, StoreProbe.All(one => orderings.Add(one.Ordering)), CancellationToken.None);
        Assert.Equal(4, orderings.Count);
        Assert.Equal(orderings.Order(), orderings);
    }

    [SkippableFact]
    public async Task What_a_dead_process_of_this_machine_left_is_ended_by_the_next_one()
    {
        using (var first = _database.NewStore())
            await first.OpenAsync(CancellationToken.None);
        using var dead = await LeaveAsync("a");
        await _database.Database.GetCollection<BsonDocument>("EventJournalSessions").InsertOneAsync(
            MongoSessions.ToDocument(dead.ServerSession.Id["id"], EndedProcess(), "scheduler", "one of before"));

        using var next = _database.NewStore();

        Assert.Equal(AppendStatus.Stored, await AppendAsync(next, "a", 1));
    }

    [SkippableFact]
    public async Task What_a_node_left_that_the_others_take_for_dead_is_ended_by_them()
    {
        using var survivor = _database.NewStore();
        await survivor.OpenAsync(CancellationToken.None);
        using var dead = await LeaveAsync("a");
        await _database.Database.GetCollection<BsonDocument>("EventJournalSessions").InsertOneAsync(
            MongoSessions.ToDocument(dead.ServerSession.Id["id"], Environment.ProcessId, "scheduler", "on another machine", "10.0.0.2:4053#7"));

        await survivor.EndSessionsAsync("10.0.0.2:4053#8", CancellationToken.None);
        Assert.NotEqual(AppendStatus.Stored, await AppendAsync(survivor, "a", 1));
        await survivor.EndSessionsAsync("10.0.0.2:4053#7", CancellationToken.None);

        Assert.Equal(AppendStatus.Stored, await AppendAsync(survivor, "a", 1));
    }

    [SkippableFact]
    public async Task Sessions_are_noted_while_a_store_is_open_and_forgotten_afterwards()
    {
        var sessions = _database.Database.GetCollection<BsonDocument>("EventJournalSessions");
        using (var store = _database.NewStore())
        {
            Assert.Equal(AppendStatus.Stored, await AppendAsync(store, "a", 1));
            var noted = await sessions.Find(FilterDefinition<BsonDocument>.Empty).ToListAsync();
            Assert.All(noted, static one => Assert.Equal(Environment.ProcessId, one["Process"].AsInt32));
            Assert.NotEmpty(noted);
            // Another one of this process leaves them alone.
            using var other = _database.NewStore();
            await other.OpenAsync(CancellationToken.None);
            Assert.Equal(noted.Count, await sessions.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty));
        }

        Assert.Equal(0, await sessions.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty));
    }

    [SkippableFact]
    public async Task No_commit_is_sent_after_the_time_that_readers_count_on()
    {
        var server = new MongoUrl(_database.ConnectionString).Server;
        using var link = new CutLink(server.Host, server.Port);
        using var store = _database.NewStore(settings => settings with { CallTimeout = TimeSpan.FromSeconds(1) }, link.Port);
        await store.OpenAsync(CancellationToken.None);
        var (released, again) = (new TaskCompletionSource(), false);
        link.HoldBefore(
            () =>
            {
                link.HoldBefore(
                    () =>
                    {
                        again = true;
                        return Task.CompletedTask;
                    },
                    "commitTransaction");
                return released.Task;
            },
            "commitTransaction");

        var outcome = await AppendAsync(store, "a", 1);
        released.SetResult();

        Assert.Equal(AppendStatus.Unknown, outcome);
        Assert.False(again);
    }

    [SkippableFact]
    public async Task A_look_up_that_fails_in_whatever_way_does_not_say_that_nothing_is_stored()
    {
        var sent = false;
        using var server = new FakeMongo(command =>
        {
            sent |= command == "commitTransaction";
            return command switch
            {
                "commitTransaction" => FakeMongo.Refusal(91, "shutting down"),
                // An id that isn't a string.
                "find" => FakeMongo.Found(sent ? [new BsonDocument("_id", 5)] : []),
                "insert" => new BsonDocument { { "ok", 1.0 }, { "n", 2 } },
                _ => null,
            };
        });
        using var store = new MongoStore(
            new MongoStoreSettings(new MongoUrl($"mongodb://127.0.0.1:{server.Port}/spec?directConnection=true&retryWrites=false")), TimeProvider.System);

        Assert.Equal(AppendStatus.Unknown, await AppendAsync(store, "a", 1));
        Assert.True(sent);
    }

    /// <summary>Leaves a transaction open that holds the first number of these ids.</summary>
    private async Task<IClientSessionHandle> LeaveAsync(params string[] ids)
    {
        var session = await _database.Client.StartSessionAsync();
        session.StartTransaction();
        await _database.Events.InsertManyAsync(session, ids.Select(static id => MongoEventDocuments.ToDocument(MongoStoreSpecs.Record(id, 1, "dead"))));
        return session;
    }

    private static async Task<AppendStatus> AppendAsync(MongoStore store, string id, long from)
    {
        var write = new AtomicRecords([MongoStoreSpecs.Record(id, from), MongoStoreSpecs.Record(id, from + 1)]);
        return (await store.AppendAsync([write], CancellationToken.None).WaitAsync(Patience.Limit))[0].Status;
    }

    private static async Task<List<AppendStatus>> WriteAsync(MongoStore store, string id, int writes)
    {
        var outcomes = new List<AppendStatus>();
        for (var i = 0; i < writes; i++)
            outcomes.Add(await AppendAsync(store, id, (2 * i) + 1));
        return outcomes;
    }

    private static int EndedProcess()
    {
        using var process = Process.Start("true");
        process.WaitForExit();
        return process.Id;
    }
}
