using System.Collections.Concurrent;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>A server without transactions: nobody is ever shown half of an atomic write.</summary>
public sealed class MongoStandaloneSpecs : IDisposable
{
    private readonly MongoDatabase _database = StandaloneMongo.NewDatabase();

    private IMongoCollection<BsonDocument> Unfinished => _database.Database.GetCollection<BsonDocument>("EventJournalUnfinished");

    public void Dispose() => _database.Dispose();

    [SkippableFact]
    public async Task Writes_of_one_and_of_several_events_are_stored_in_their_order_and_leave_nothing_behind()
    {
        using var store = _database.NewStore(settings => settings with { Lanes = 1 });

        var outcomes = await store.AppendAsync([Atomic("a", 1), Atomic("a", 2), Atomic("a", 3, 4), Atomic("a", 5), Atomic("a", 6, 7), Atomic("a", 8, 9)], CancellationToken.None);
        var others = await Task.WhenAll(Enumerable.Range(0, 300).Select(i => store.AppendAsync([Atomic($"id-{i}", 1, 2), Atomic($"id-{i}", 3)], CancellationToken.None)));

        Assert.All(outcomes.Concat(others.SelectMany(one => one)), one => Assert.Equal(AppendStatus.Stored, one.Status));
        Assert.Equal(Enumerable.Range(1, 9).Select(nr => (long)nr), await NumbersAsync(store, "a"));
        Assert.Equal([1, 2, 3], await NumbersAsync(store, "id-299"));
        Assert.Equal(0, await Unfinished.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty));
    }

    [SkippableFact]
    public async Task An_event_of_a_write_is_sent_when_the_one_before_it_is_stored()
    {
        // Sent together, both had their orderings before either was stored; one that a reader finished meanwhile then lay behind its successor for good.
        var server = new MongoUrl(_database.ConnectionString).Server;
        using var link = new CutLink(server.Host, server.Port);
        using var store = _database.NewStore(port: link.Port);
        await store.OpenAsync(CancellationToken.None);
        var together = false;
        link.HoldBefore(
            () =>
            {
                together = true;
                return Task.CompletedTask;
            },
            "insert\0",
            "EventJournal\0",
            "a_2\0",
            "a_3\0");

        await StoreAsync(store, Atomic("a", 1, 2, 3, 4));

        Assert.False(together);
        var events = await ReplayAsync(store, "a");
        Assert.Equal(events.Select(static one => one.Ordering).Order(), events.Select(static one => one.Ordering));
        Assert.Equal([1, 2, 3, 4], events.Select(static one => one.SequenceNr));
    }

    [SkippableTheory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task A_write_whose_writer_died_on_the_way_is_whole_for_whoever_reads(int inserted)
    {
        using var store = _database.NewStore();
        await StoreAsync(store, Atomic("a", 1));

        foreach (var read in (Func<string, Task<int>>[])
        [
            async id => (int)await store.ReadHighestSequenceNrAsync(id, CancellationToken.None) - 1,
            async id => (await NumbersAsync(store, id)).Count - 1,
            async id =>
            {
                using var opened = _database.NewStore();
                await opened.OpenAsync(CancellationToken.None);
                return (int)await _database.Events.CountDocumentsAsync(new BsonDocument("PersistenceId", id)) - 1;
            },
        ])
        {
            var id = Guid.NewGuid().ToString();
            await StoreAsync(store, Atomic(id, 1));
            await DieAsync(id, 2, 4, inserted);

            Assert.Equal(3, await read(id));
            Assert.Equal(0, await Unfinished.CountDocumentsAsync(FilterDefinition<BsonDocument>.Empty));
            Assert.Equal([1, 2, 3, 4], await NumbersAsync(store, id));
            await StoreAsync(store, Atomic(id, 5, 6));
        }
    }

    [SkippableFact]
    public async Task A_query_that_finds_a_part_of_a_write_finds_the_rest_behind_it()
    {
        using var store = _database.NewStore();
        await store.OpenAsync(CancellationToken.None);
        await DieAsync("a", 1, 3, inserted: 1);

        var first = await store.ReadAsync("t", 0, await store.ReadMaxOrderingAsync(CancellationToken.None), 10, CancellationToken.None);
        var rest = await store.ReadAsync("t", first.ReadTo, long.MaxValue, 10, CancellationToken.None);

        Assert.Equal([1, 2, 3], first.Events.Concat(rest.Events).Select(one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task A_live_reader_that_is_given_a_part_of_a_write_is_given_the_rest()
    {
        using var store = _database.NewStore();
        await store.OpenAsync(CancellationToken.None);
        var woken = new SemaphoreSlim(0);
        using var live = store.Tail.Subscribe(default, 100, () => woken.Release());
        await DieAsync("a", 1, 3, inserted: 1);

        var events = new List<EventRecord>();
        while (events.Count < 3)
        {
            Assert.True(await woken.WaitAsync(Patience.Limit));
            live.Drain(events);
        }

        Assert.Equal([1, 2, 3], events.Select(one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task Of_a_write_whose_first_number_another_writer_took_nothing_is_stored()
    {
        using var store = _database.NewStore();
        await StoreAsync(store, Atomic("a", 1));
        await DieAsync("a", 1, 3, inserted: 0, writer: "late");

        Assert.Equal(1, await store.ReadHighestSequenceNrAsync("a", CancellationToken.None));
        await StoreAsync(store, Atomic("a", 2, 3));

        Assert.All(await ReplayAsync(store, "a"), one => Assert.Equal("w", one.WriterId));
    }

    [SkippableFact]
    public async Task Of_a_write_that_met_another_writer_behind_a_number_that_was_left_out_nothing_stays()
    {
        using var store = _database.NewStore();
        await StoreAsync(store, Atomic("a", 2));
        await DieAsync("a", 1, 3, inserted: 1, writer: "late");

        Assert.Equal([2], await NumbersAsync(store, "a"));
    }

    [SkippableFact]
    public async Task A_leftover_of_a_dead_writer_makes_the_next_write_a_duplicate_and_is_kept()
    {
        using var store = _database.NewStore();
        await store.OpenAsync(CancellationToken.None);
        await DieAsync("a", 1, 3, inserted: 0, writer: "late");

        var outcome = Assert.Single(await store.AppendAsync([Atomic("a", 1, 2)], CancellationToken.None));

        Assert.Equal(AppendStatus.Duplicate, outcome.Status);
        Assert.Equal([1, 2, 3], await NumbersAsync(store, "a"));
    }

    [SkippableFact]
    public async Task What_was_deleted_is_not_brought_back_by_what_was_left()
    {
        using var store = _database.NewStore();
        await store.OpenAsync(CancellationToken.None);
        await DieAsync("a", 1, 3, inserted: 3);
        await DieAsync("b", 1, 3, inserted: 3);

        await store.DeleteAsync("a", 2, CancellationToken.None);
        await store.DeleteAsync("b", 3, CancellationToken.None);
        using var opened = _database.NewStore();
        await opened.OpenAsync(CancellationToken.None);

        Assert.Equal([3], await NumbersAsync(store, "a"));
        Assert.Empty(await NumbersAsync(store, "b"));
        Assert.Equal(3, await store.ReadHighestSequenceNrAsync("b", CancellationToken.None));
    }

    [SkippableFact]
    public async Task Of_two_nodes_that_write_one_id_one_wins_each_number_and_readers_see_whole_writes()
    {
        using var one = _database.NewStore();
        using var other = _database.NewStore();
        using var reader = _database.NewStore();
        await Task.WhenAll(one.OpenAsync(CancellationToken.None), other.OpenAsync(CancellationToken.None), reader.OpenAsync(CancellationToken.None));
        using var done = new CancellationTokenSource();
        var halves = 0;
        var reading = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                if ((await NumbersAsync(reader, "a")).Count % 2 != 0)
                    halves++;
            }
        });

        for (var nr = 1; nr < 60; nr += 2)
        {
            var outcomes = await Task.WhenAll(
                one.AppendAsync([Atomic("a", "w1", nr, nr + 1)], CancellationToken.None),
                other.AppendAsync([Atomic("a", "w2", nr, nr + 1)], CancellationToken.None));
            Assert.Equal(1, outcomes.Count(outcome => outcome[0].Status == AppendStatus.Stored));
        }

        await done.CancelAsync();
        await reading.WaitAsync(Patience.Limit);
        var events = await ReplayAsync(one, "a");
        Assert.Equal(0, halves);
        Assert.Equal(Enumerable.Range(1, 60).Select(nr => (long)nr), events.Select(e => e.SequenceNr));
        Assert.All(events.Chunk(2), pair => Assert.Equal(pair[0].WriterId, pair[1].WriterId));
    }

    [SkippableFact]
    public async Task A_connection_that_is_cut_while_many_write_leaves_no_half_of_a_write()
    {
        await CutAndExpectWholeAsync(_database);
    }

    [SkippableFact]
    public async Task A_server_that_is_killed_while_many_write_loses_nothing_acknowledged_and_shows_no_half_of_a_write()
    {
        await using var server = await MongoServerProcess.StartAsync(MongoServerProcess.Standalone);
        using var database = new MongoDatabase(server.Database("killed"));
        var acknowledged = new ConcurrentDictionary<string, long>();
        using (var store = database.NewStore(settings => settings with { CallTimeout = TimeSpan.FromSeconds(2) }))
        {
            await store.OpenAsync(CancellationToken.None);
            var enough = new TaskCompletionSource();
            var writing = Enumerable.Range(0, 40).Select(i => WriteUntilItFailsAsync(store, $"id-{i}", acknowledged, 10, enough)).ToList();
            await enough.Task.WaitAsync(Patience.Limit);
            await server.KillAsync();
            await Task.WhenAll(writing).WaitAsync(Patience.Limit);
        }

        await server.RestartAsync();

        await ExpectWholeAsync(database, acknowledged);
    }

    internal static async Task CutAndExpectWholeAsync(MongoDatabase database, bool goOn = true)
    {
        var server = new MongoUrl(database.ConnectionString).Server;
        using var link = new CutLink(server.Host, server.Port);
        var acknowledged = new ConcurrentDictionary<string, long>();
        using (var store = database.NewStore(settings => settings with { CallTimeout = TimeSpan.FromSeconds(1) }, link.Port))
        {
            await store.OpenAsync(CancellationToken.None);
            for (var round = 0; round < 5; round++)
            {
                var enough = new TaskCompletionSource();
                var writing = Enumerable.Range(0, 40).Select(i => WriteUntilItFailsAsync(store, $"r{round}-{i}", acknowledged, 5 + round, enough)).ToList();
                await enough.Task.WaitAsync(Patience.Limit);
                link.Cut();
                await Task.WhenAll(writing).WaitAsync(Patience.Limit);
                link.Mend();
                // Until the driver has noticed, each first write would fail, and no caller would get anywhere.
                await Eventually.AnswersAsync(
                    async () => (await store.AppendAsync([Atomic($"probe-{Guid.NewGuid():N}", 1, 2)], CancellationToken.None))[0],
                    outcome => outcome.Status == AppendStatus.Stored,
                    outcome => $"{outcome.Status} {outcome.Cause?.Message}");
            }
        }

        await ExpectWholeAsync(database, acknowledged, goOn);
    }

    private static async Task WriteUntilItFailsAsync(
        MongoStore store, string id, ConcurrentDictionary<string, long> acknowledged, int many, TaskCompletionSource enough)
    {
        acknowledged[id] = 0;
        for (var nr = 1; ; nr += 2)
        {
            if ((await store.AppendAsync([Atomic(id, nr, nr + 1)], CancellationToken.None))[0].Status != AppendStatus.Stored)
                return;
            acknowledged[id] = nr + 1;
            if (nr > many)
                enough.TrySetResult();
        }
    }

    private static async Task ExpectWholeAsync(MongoDatabase database, ConcurrentDictionary<string, long> acknowledged, bool goOn = true)
    {
        using var next = database.NewStore();
        foreach (var (id, last) in acknowledged)
        {
            var numbers = (await Eventually.AnswersAsync(() => TryNumbersAsync(next, id), found => found is not null, _ => $"{id} can't be read"))!;
            Assert.True(numbers.Count % 2 == 0, $"{id} has {numbers.Count} events");
            Assert.True(numbers.Count >= last, $"{last} of {id} were acknowledged, {numbers.Count} are there");
            Assert.Equal(Enumerable.Range(1, numbers.Count).Select(nr => (long)nr), numbers);
            if (goOn)
                await StoreAsync(next, Atomic(id, numbers.Count + 1, numbers.Count + 2));
        }
    }

    /// <summary>Leaves what a writer leaves that dies after so many of its events were inserted.</summary>
    private async Task DieAsync(string id, long from, long to, int inserted, string writer = "w")
    {
        var documents = Enumerable.Range((int)from, (int)(to - from + 1))
            .Select(nr => MongoEventDocuments.ToDocument(MongoStoreSpecs.Record(id, nr, writer, ["t"])))
            .ToList();
        await Unfinished.InsertOneAsync(MongoUnfinished.ToDocument(id, documents));
        foreach (var document in documents.Take(inserted))
            await _database.Events.InsertOneAsync(document);
    }

    private static AtomicRecords Atomic(string id, params int[] numbers) => Atomic(id, "w", numbers);

    private static AtomicRecords Atomic(string id, string writer, params int[] numbers) => new([.. numbers.Select(nr => MongoStoreSpecs.Record(id, nr, writer))]);

    private static async Task StoreAsync(MongoStore store, AtomicRecords write)
    {
        var outcome = Assert.Single(await store.AppendAsync([write], CancellationToken.None));
        Assert.True(outcome.Status == AppendStatus.Stored, outcome.Cause?.ToString());
    }

    private static async Task<List<EventRecord>> ReplayAsync(MongoStore store, string id)
    {
        var events = new List<EventRecord>();
        await store.ReplayAsync(id, 1, long.MaxValue, long.MaxValue, StoreProbe.All(events.Add), CancellationToken.None).WaitAsync(Patience.Limit);
        return events;
    }

    /// <summary>Null when the server, which may be busy with what a cut left, didn't answer in time: then it is asked again.</summary>
    private static async Task<List<long>?> TryNumbersAsync(MongoStore store, string id)
    {
        try
        {
            return await NumbersAsync(store, id);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private static async Task<List<long>> NumbersAsync(MongoStore store, string id) => (await ReplayAsync(store, id)).ConvertAll(one => one.SequenceNr);
}
