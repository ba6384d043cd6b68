using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>Group commit, and what goes wrong with a server.</summary>
public sealed class MongoStoreSpecs : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly MongoDatabase _database = new();

    public void Dispose() => _database.Dispose();

    [SkippableFact]
    public async Task Among_writes_that_share_a_batch_a_duplicate_fails_alone()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });
        await StoreAsync(store, "zombie", 1);

        var outcomes = await Task.WhenAll(
            Append(store, Record("a", 1)),
            Append(store, Record("zombie", 1)),
            Append(store, Record("b", 1), Record("b", 2)),
            Append(store, Record("b", 3), Record("b", 2)),
            Append(store, Record("a", 2)),
            Append(store, Record("a", 2)),
            Append(store, Record("a", 3)));

        Assert.Equal(
            [
                AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.Stored,
                AppendStatus.Duplicate, AppendStatus.Stored,
            ],
            outcomes.Select(one => Assert.Single(one).Status));
        Assert.Equal([1, 2, 3], await NumbersAsync(store, "a"));
        Assert.Equal([1, 2], await NumbersAsync(store, "b"));
    }

    [SkippableFact]
    public async Task Single_events_of_many_share_an_insert_in_which_a_duplicate_fails_alone()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });
        await StoreAsync(store, "id-7", 1);

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Append(store, Record($"id-{i}", 1))));

        Assert.Equal([7], Enumerable.Range(0, 200).Where(i => outcomes[i][0].Status == AppendStatus.Duplicate));
        Assert.Equal(199, outcomes.Count(one => one[0].Status == AppendStatus.Stored));
        var cause = Assert.IsType<DuplicateEventException>(outcomes[7][0].Cause);
        Assert.Equal(("id-7", 1), (cause.PersistenceId, cause.SequenceNr));
    }

    [SkippableFact]
    public async Task What_follows_a_duplicate_in_one_call_is_not_stored_and_what_precedes_it_is()
    {
        using var store = _database.NewStore();
        await StoreAsync(store, "a", 2);

        var outcomes = await store.AppendAsync([Atomic(Record("a", 1)), Atomic(Record("a", 2)), Atomic(Record("a", 3))], CancellationToken.None);

        Assert.Equal([AppendStatus.Stored, AppendStatus.Duplicate, AppendStatus.NotStored], outcomes.Select(one => one.Status));
        Assert.Equal([1, 2], await NumbersAsync(store, "a"));
    }

    [SkippableFact]
    public async Task A_call_larger_than_a_batch_is_stored_in_order()
    {
        using var store = _database.NewStore(settings => settings with { MaxBatchDocuments = 10 });

        var outcomes = await store.AppendAsync([.. Enumerable.Range(1, 95).Select(nr => Atomic(Record("a", nr)))], CancellationToken.None);

        Assert.All(outcomes, one => Assert.Equal(AppendStatus.Stored, one.Status));
        Assert.Equal(Enumerable.Range(1, 95).Select(nr => (long)nr), await NumbersAsync(store, "a"));
    }

    [SkippableFact]
    public async Task Of_two_nodes_that_write_one_id_one_wins_each_number_and_atomic_writes_stay_whole()
    {
        using var one = _database.NewStore();
        using var other = _database.NewStore();
        await Task.WhenAll(one.OpenAsync(CancellationToken.None), other.OpenAsync(CancellationToken.None));

        for (var nr = 1; nr < 40; nr += 2)
        {
            var outcomes = await Task.WhenAll(
                Append(one, Record("a", nr, "w1"), Record("a", nr + 1, "w1")),
                Append(other, Record("a", nr, "w2"), Record("a", nr + 1, "w2")));
            Assert.Equal(1, outcomes.Count(outcome => outcome[0].Status == AppendStatus.Stored));
        }

        var events = await ReplayAsync(one, "a");
        Assert.Equal(Enumerable.Range(1, 40).Select(nr => (long)nr), events.Select(e => e.SequenceNr));
        Assert.All(events.Chunk(2), pair => Assert.Equal(pair[0].WriterId, pair[1].WriterId));
    }

    [SkippableFact]
    public async Task Another_transaction_in_the_way_delays_a_write_and_its_end_decides_it()
    {
        using var store = _database.NewStore();
        await store.OpenAsync(CancellationToken.None);
        using var session = await _database.Client.StartSessionAsync();
        session.StartTransaction();
        await _database.Events.InsertOneAsync(session, MongoEventDocuments.ToDocument(Record("a", 1, "other")));

        var write = Append(store, Record("a", 1), Record("a", 2));
        await session.AbortTransactionAsync();

        Assert.Equal(AppendStatus.Stored, (await write)[0].Status);
        Assert.Equal([1, 2], await NumbersAsync(store, "a"));
    }

    [SkippableFact]
    public async Task A_transaction_that_was_aborted_half_way_leaves_nothing_and_its_numbers_are_free()
    {
        using var store = _database.NewStore();
        await StoreAsync(store, "a", 1);
        using var session = await _database.Client.StartSessionAsync();
        session.StartTransaction();
        await _database.Events.InsertOneAsync(session, MongoEventDocuments.ToDocument(Record("a", 2, "other")));
        Assert.Equal([1], await NumbersAsync(store, "a"));
        await session.AbortTransactionAsync();

        Assert.Equal(1, await store.ReadHighestSequenceNrAsync("a", CancellationToken.None));
        Assert.Equal(AppendStatus.Stored, (await Append(store, Record("a", 2), Record("a", 3)))[0].Status);
        Assert.All(await ReplayAsync(store, "a"), one => Assert.Equal("w", one.WriterId));
    }

    [SkippableFact]
    public Task A_connection_that_is_cut_while_many_write_leaves_no_half_of_a_write()
    {
        // The numbers of a transaction that was cut off are free when the server ends it, a minute later.
        return MongoStandaloneSpecs.CutAndExpectWholeAsync(_database, goOn: false);
    }

    [SkippableFact]
    public async Task What_no_document_holds_does_not_harm_those_that_share_its_batch()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });

        var outcomes = await Task.WhenAll(
            Append(store, Record("a", 1), Record("a", 2)),
            Append(store, Record("b", 1), Record("b", 2, payload: new byte[17 << 20])),
            Append(store, Record("c", 1), Record("c", 2)));

        Assert.Equal([AppendStatus.Stored, AppendStatus.NotStored, AppendStatus.Stored], outcomes.Select(one => one[0].Status));
        Assert.Empty(await NumbersAsync(store, "b"));
    }

    [SkippableFact]
    public async Task Two_thousand_actors_at_once_are_all_served()
    {
        using var store = _database.NewStore();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(
            i => i % 3 == 0 ? Append(store, Record($"id-{i}", 1), Record($"id-{i}", 2)) : Append(store, Record($"id-{i}", 1))));
        var highest = await Task.WhenAll(Enumerable.Range(0, 2_000).Select(i => store.ReadHighestSequenceNrAsync($"id-{i}", CancellationToken.None)));

        Assert.All(outcomes, one => Assert.Equal(AppendStatus.Stored, one[0].Status));
        Assert.Equal(Enumerable.Range(0, 2_000).Select(i => i % 3 == 0 ? 2L : 1L), highest);
    }

    [SkippableFact]
    public async Task Pages_by_tag_and_of_all_are_in_order_and_complete()
    {
        using var store = _database.NewStore();
        for (var i = 0; i < 12; i++)
            await AppendStoredAsync(store, Record($"id-{i % 3}", 1 + (i / 3), tags: i % 2 == 0 ? ["even", "all"] : ["all"]));

        foreach (var (tag, expected) in ((string?, int)[])[(null, 12), ("all", 12), ("even", 6), ("none", 0)])
        {
            var found = new List<EventRecord>();
            var position = 0L;
            var end = await store.ReadMaxOrderingAsync(CancellationToken.None);
            while (position < end)
            {
                var page = await store.ReadAsync(tag, position, end, 5, CancellationToken.None);
                Assert.True(page.ReadTo > position);
                (position, found) = (page.ReadTo, [.. found, .. page.Events]);
            }

            Assert.Equal(expected, found.Count);
            Assert.Equal(found.OrderBy(one => one.Ordering), found);
        }
    }

    [SkippableFact]
    public async Task Events_of_one_ordering_are_read_whole_wherever_a_page_ends()
    {
        using var store = _database.NewStore();
        await store.OpenAsync(CancellationToken.None);
        // A restored or imported journal, or that of several shards.
        await _database.Events.InsertManyAsync(Enumerable.Range(0, 11).Select(
            static i => MongoEventDocuments.ToDocument(Record($"id-{i:00}", 1, tags: ["t"])).Set("Ordering", new BsonTimestamp(100, i < 2 ? 1 : 2))));

        foreach (var tag in (string?[])[null, "t"])
        {
            var found = new List<string>();
            for (var position = 0L; position < long.MaxValue;)
            {
                var page = await store.ReadAsync(tag, position, long.MaxValue, 4, CancellationToken.None);
                (position, found) = (page.ReadTo, [.. found, .. page.Events.Select(static one => one.PersistenceId)]);
            }

            Assert.Equal(Enumerable.Range(0, 11).Select(static i => $"id-{i:00}"), found.Order(StringComparer.Ordinal));
        }
    }

    [SkippableFact]
    public async Task A_recovery_whose_events_take_long_to_handle_is_not_cut_off()
    {
        using var store = _database.NewStore(settings => settings with { CallTimeout = TimeSpan.FromSeconds(1) });
        await store.AppendAsync([.. Enumerable.Range(1, 300).Select(nr => Atomic(Record("a", nr)))], CancellationToken.None);
        using var never = new ManualResetEventSlim();
        var replayed = 0;

        await store.ReplayAsync(
            "a",
            1,
            long.MaxValue,
            long.MaxValue,
            _ =>
            {
                // Longer than an answer of the database may take; the next answers are still to come.
                if (++replayed == 1)
                    never.Wait(TimeSpan.FromSeconds(1.5));
                return true;
            },
            CancellationToken.None);

        Assert.Equal(300, replayed);
    }

    [SkippableFact]
    public async Task Ids_come_in_pages_however_many_events_they_have()
    {
        using var store = _database.NewStore();
        await store.AppendAsync([.. Enumerable.Range(1, 1_500).Select(nr => Atomic(Record("b", nr)))], CancellationToken.None);
        foreach (var id in (string[])["a", "c", "d"])
            await StoreAsync(store, id, 1);

        Assert.Equal(["a", "b", "c"], await store.ReadPersistenceIdsAsync(null, long.MaxValue, 3, CancellationToken.None));
        Assert.Equal(["d"], await store.ReadPersistenceIdsAsync("c", long.MaxValue, 3, CancellationToken.None));
        Assert.Equal(["a", "b", "c", "d"], await store.ReadPersistenceIdsAsync(null, long.MaxValue, 10, CancellationToken.None));
    }

    [SkippableFact]
    public async Task An_event_that_no_document_holds_is_not_stored_and_says_why()
    {
        using var store = _database.NewStore();

        var outcome = (await Append(store, Record("a", 1, payload: new byte[17 << 20])))[0];

        Assert.Equal(AppendStatus.NotStored, outcome.Status);
        Assert.Contains("limit", outcome.Cause!.Message, StringComparison.Ordinal);
        await StoreAsync(store, "a", 1);
    }

    [SkippableFact]
    public async Task Ten_nodes_open_an_empty_database_at_once()
    {
        var stores = Enumerable.Range(0, 10).Select(_ => _database.NewStore()).ToList();

        await Task.WhenAll(stores.Select(store => store.OpenAsync(CancellationToken.None))).WaitAsync(s_patience);

        var indexes = await (await _database.Events.Indexes.ListAsync()).ToListAsync();
        Assert.Equal(
            ["Ordering_1", "PersistenceId_1_SequenceNr_-1", "Tags_1_Ordering_1", "_id_"],
            indexes.Select(one => one["name"].AsString).Order(StringComparer.Ordinal));
        stores.ForEach(store => store.Dispose());
    }

    [SkippableTheory]
    [InlineData("mongodb://127.0.0.1:1/spec?serverSelectionTimeoutMS=500", "refused")]
    [InlineData("mongodb://no-such-host.invalid/spec?serverSelectionTimeoutMS=500", "host name")]
    public async Task A_server_that_is_not_there_is_named_without_the_password(string address, string reason)
    {
        var url = new MongoUrl(address.Replace("://", "://user:secret@", StringComparison.Ordinal));
        using var store = new MongoStore(new MongoStoreSettings(url), TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StoreException>(() => store.OpenAsync(CancellationToken.None));
        var outcome = (await Append(store, Record("a", 1)))[0];

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Equal(AppendStatus.NotStored, outcome.Status);
    }

    internal static EventRecord Record(
        string id, long nr, string writer = "w", IReadOnlyList<string>? tags = null, byte[]? payload = null) => new()
        {
            PersistenceId = id,
            SequenceNr = nr,
            Timestamp = 1,
            Tags = tags,
            SerializerId = 4301,
            Manifest = "happened.v1",
            Payload = payload ?? [1, 2, 3],
            WriterId = writer,
        };

    private static AtomicRecords Atomic(params EventRecord[] events) => new(events);

    private static Task<IReadOnlyList<AppendOutcome>> Append(MongoStore store, params EventRecord[] events) =>
        store.AppendAsync([new AtomicRecords(events)], CancellationToken.None).WaitAsync(s_patience);

    private static async Task AppendStoredAsync(MongoStore store, EventRecord record)
    {
        var outcome = (await Append(store, record))[0];
        // Nothing was stored, so it may be asked again: a busy machine can take longer to make a new database than one call may.
        for (var left = 5; left > 0 && outcome is { Status: AppendStatus.NotStored, Cause.InnerException: OperationCanceledException }; left--)
            outcome = (await Append(store, record))[0];
        Assert.True(outcome.Status == AppendStatus.Stored, outcome.Cause?.ToString());
    }

    private static Task StoreAsync(MongoStore store, string id, long nr) => AppendStoredAsync(store, Record(id, nr));

    private static async Task<List<EventRecord>> ReplayAsync(MongoStore store, string id)
    {
        var events = new List<EventRecord>();
        await store.ReplayAsync(id, 1, long.MaxValue, long.MaxValue, StoreProbe.All(events.Add), CancellationToken.None).WaitAsync(s_patience);
        return events;
    }

    private static async Task<List<long>> NumbersAsync(MongoStore store, string id) =>
        [.. (await ReplayAsync(store, id)).Select(one => one.SequenceNr)];
}
