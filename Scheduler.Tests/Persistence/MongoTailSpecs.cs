using System.Globalization;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using MongoDB.Bson;
using MongoDB.Driver;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.MongoDb;
using Scheduler.Persistence.Query;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>Following a journal in MongoDB that other nodes write.</summary>
public sealed class MongoTailSpecs : TestKit
{
    private static readonly TimeSpan s_patience = Patience.Limit;
    private readonly ActorMaterializer _materializer;

    public MongoTailSpecs() => _materializer = Sys.Materializer();

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_another_node_writes_is_published(bool useChangeStream)
    {
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { UseChangeStream = useChangeStream });
        var query = ByTag(journal, "green");

        for (var nr = 1; nr <= 20; nr++)
        {
            await journal.InsertAsync(FollowedJournal.Event("a", nr, "green"), FollowedJournal.Event("b", nr, "blue"));
            Assert.Equal($"a_{nr}", await NextAsync(query));
        }
    }

    [SkippableFact]
    public async Task A_wake_is_enough()
    {
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { UseChangeStream = false, PollInterval = TimeSpan.FromHours(1) });
        var query = ByTag(journal, "green");

        for (var nr = 1; nr <= 5; nr++)
        {
            await journal.InsertAsync(FollowedJournal.Event("a", nr, "green"));
            journal.Follower!.Wake();
            Assert.Equal($"a_{nr}", await NextAsync(query));
        }
    }

    [SkippableFact]
    public async Task The_change_stream_rests_while_this_node_writes_much_and_comes_back()
    {
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { PollInterval = TimeSpan.FromHours(1) });
        var query = ByTag(journal, "green");
        var follower = journal.Follower!;
        await UntilAsync(() => follower.IsWatching);

        for (var nr = 1; follower.IsWatching; nr++)
        {
            await journal.InsertAsync(FollowedJournal.Event("own", nr, "blue"));
            follower.Written();
            Assert.True(nr < 10_000, "It never rests.");
        }

        await UntilAsync(() => follower.IsWatching);
        // A server may need a moment more before a stream shows what is inserted.
        var next = NextAsync(query);
        for (var nr = 1; !next.IsCompleted; nr++)
        {
            await journal.InsertAsync(FollowedJournal.Event("other", nr, "green"));
            await Task.WhenAny(next, Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System));
        }

        Assert.Equal("other_1", await next);
    }

    [SkippableFact]
    public async Task While_the_change_stream_rests_what_another_node_writes_is_found_by_polling()
    {
        await using var journal = await FollowedJournal.StartAsync();
        var query = ByTag(journal, "green");
        var follower = journal.Follower!;
        await UntilAsync(() => follower.IsWatching);
        for (var nr = 1; follower.IsWatching; nr++)
        {
            await journal.InsertAsync(FollowedJournal.Event("own", nr, "blue"));
            follower.Written();
            Assert.True(nr < 10_000, "It never rests.");
        }

        await journal.InsertAsync(FollowedJournal.Event("other", 1, "green"));

        Assert.Equal("other_1", await NextAsync(query));
    }

    [SkippableFact]
    public async Task An_event_that_is_committed_after_the_cursor_has_passed_it_is_delivered_once()
    {
        await using var journal = await FollowedJournal.StartAsync();
        await journal.InsertAsync(FollowedJournal.Event("before", 1, "green"));
        var query = ByTag(journal, "green");
        Assert.Equal("before_1", await NextAsync(query));
        var naive = new List<string>();
        var cursor = await journal.ReadMaxOrderingAsync(CancellationToken.None);

        using var session = await journal.Client.StartSessionAsync();
        session.StartTransaction();
        await journal.Journal.InsertOneAsync(session, FollowedJournal.Event("A", 1, "green"));
        await journal.InsertAsync(FollowedJournal.Event("B", 1, "green"));
        cursor = await ReadNaivelyAsync(journal, cursor, naive);
        Assert.Equal("B_1", await NextAsync(query));
        await session.CommitTransactionAsync();
        await ReadNaivelyAsync(journal, cursor, naive);

        Assert.Equal(["B_1"], naive);
        Assert.Equal("A_1", await NextAsync(query));
        var (first, second) = (await OrderingAsync(journal, "A_1"), await OrderingAsync(journal, "B_1"));
        Assert.True(first < second, $"The spec is about an event with a lower ordering that is committed later: {first}, {second}");

        // Two rounds of the overlap bring nothing again.
        await Task.Delay(TimeSpan.FromSeconds(2.2), TimeProvider.System);
        await journal.InsertAsync(FollowedJournal.Event("after", 1, "green"));
        Assert.Equal("after_1", await NextAsync(query));
    }

    [SkippableFact]
    public async Task A_late_event_that_a_deleted_one_makes_up_for_in_the_count_is_delivered_nevertheless()
    {
        // The far list would find it as well, later.
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { FarInterval = TimeSpan.FromHours(1) });
        var query = ByTag(journal, "green");
        await journal.InsertAsync(FollowedJournal.Event("deleted", 1, "green"));
        Assert.Equal("deleted_1", await NextAsync(query));
        using var session = await journal.Client.StartSessionAsync();
        session.StartTransaction();
        await journal.Journal.InsertOneAsync(session, FollowedJournal.Event("A", 1, "green"));
        await journal.InsertAsync(FollowedJournal.Event("B", 1, "green"));
        Assert.Equal("B_1", await NextAsync(query));

        // At one instant: no count comes in between.
        await journal.Journal.DeleteOneAsync(session, Builders<BsonDocument>.Filter.Eq("_id", "deleted_1"));
        await session.CommitTransactionAsync();

        Assert.Equal("A_1", await NextAsync(query));
        await journal.InsertAsync(FollowedJournal.Event("after", 1, "green"));
        Assert.Equal("after_1", await NextAsync(query));
    }

    [SkippableFact]
    public async Task A_query_that_resumes_behind_a_late_event_gets_it()
    {
        await using var journal = await FollowedJournal.StartAsync();
        using var session = await journal.Client.StartSessionAsync();
        session.StartTransaction();
        await journal.Journal.InsertOneAsync(session, FollowedJournal.Event("A", 1, "green"));
        await journal.InsertAsync(FollowedJournal.Event("B", 1, "green"));
        var offset = await OrderingAsync(journal, "B_1");
        // Not published while the query begins: it would be given B first then, which is as right.
        await UntilAsync(() => journal.Tail.Head >= offset);
        await session.CommitTransactionAsync();

        var query = ByTag(journal, "green", offset);

        // B was handed out before A was: whoever resumes behind B gets A, and not B again.
        Assert.Equal("A_1", await NextAsync(query));
        await journal.InsertAsync(FollowedJournal.Event("after", 1, "green"));
        Assert.Equal("after_1", await NextAsync(query));
    }

    [SkippableTheory]
    [InlineData("green")]
    [InlineData(null)]
    public async Task Events_of_an_id_keep_their_order_where_the_earlier_ones_are_late(string? tag)
    {
        // No list comes in between.
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { OverlapInterval = TimeSpan.FromHours(1) });
        await journal.InsertAsync(FollowedJournal.Event("A", 1, "green"));
        var query = ByTag(journal, tag);
        Assert.Equal("A_1", await NextAsync(query));
        using var session = await journal.Client.StartSessionAsync();
        session.StartTransaction();
        await journal.Journal.InsertManyAsync(session, [FollowedJournal.Event("A", 2, "green"), FollowedJournal.Event("A", 3, "green")]);
        await journal.InsertAsync(FollowedJournal.Event("B", 1, "green"));
        Assert.Equal("B_1", await NextAsync(query));

        await session.CommitTransactionAsync();
        await journal.InsertAsync(FollowedJournal.Event("A", 4, "green"));

        Assert.Equal(["A_2", "A_3", "A_4"], await TakeAsync(query, 3));
        await journal.InsertAsync(FollowedJournal.Event("A", 5, "green"));
        Assert.Equal("A_5", await NextAsync(query));
    }

    [SkippableFact]
    public async Task More_events_of_one_ordering_than_a_page_holds_come_whole()
    {
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { PageSize = 3, OverlapInterval = TimeSpan.FromHours(1) });
        var query = ByTag(journal, "green");
        await journal.InsertAsync(FollowedJournal.Event("a", 1, "green"));
        Assert.Equal("a_1", await NextAsync(query));
        var next = new BsonTimestamp(await OrderingAsync(journal, "a_1") + (1L << 32));

        await journal.InsertAsync([.. Enumerable.Range(1, 7).Select(nr => FollowedJournal.Event($"b{nr}", 1, "green").Set("Ordering", next))]);

        Assert.Equal(Enumerable.Range(1, 7).Select(nr => $"b{nr}_1"), (await TakeAsync(query, 7)).Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public async Task Several_writers_with_many_tags_skip_and_repeat_nothing()
    {
        const int Writers = 8;
        const int Rounds = 40;
        const int Batch = 10;
        const int Tags = 16;
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { PageSize = 100 });
        // Some keep up with the tail, and some lose their place.
        var taking = Enumerable.Range(0, Tags)
            .Select(tag => TakeAsync(ByTag(journal, $"t{tag}", capacity: tag % 2 == 0 ? 5 : 4_096, pageSize: 20), Writers * Rounds * Batch / Tags))
            .ToList();

        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() => WriteAsync(journal, writer, Rounds, Batch, Tags))));

        for (var tag = 0; tag < Tags; tag++)
        {
            var expected = await journal.Journal.Find(Builders<BsonDocument>.Filter.Eq("Tags", $"t{tag}")).ToListAsync();
            Assert.Equal(expected.Select(one => one["_id"].AsString).Order(StringComparer.Ordinal), (await taking[tag]).Order(StringComparer.Ordinal));
        }
    }

    [SkippableFact]
    public async Task More_than_a_page_comes_whole()
    {
        await using var journal = await FollowedJournal.StartAsync(new MongoTailSettings { PageSize = 7 });
        var query = ByTag(journal, "green");

        await journal.InsertAsync([.. Enumerable.Range(1, 50).Select(nr => FollowedJournal.Event("a_b", nr, "green"))]);

        Assert.Equal(Enumerable.Range(1, 50).Select(nr => $"a_b_{nr}").ToHashSet(), (await TakeAsync(query, 50)).ToHashSet());
    }

    [SkippableFact]
    public async Task A_document_that_cannot_be_read_fails_its_own_query_and_holds_up_no_other()
    {
        await using var journal = await FollowedJournal.StartAsync();
        var green = ByTag(journal, "green");
        var blue = ByTag(journal, "blue");

        await journal.InsertAsync(FollowedJournal.Event("a", 1, "blue").Add("Broken", true), FollowedJournal.Event("b", 1, "green"));
        await journal.InsertAsync(FollowedJournal.Event("b", 2, "green"));

        Assert.Equal(new HashSet<string>(["b_1", "b_2"]), (await TakeAsync(green, 2)).ToHashSet());
        await Assert.ThrowsAsync<UnreadableEventException>(() => NextAsync(blue));
    }

    [SkippableFact]
    public async Task After_an_outage_what_came_meanwhile_is_there_and_what_came_late_meanwhile_too()
    {
        CutLink? link = null;
        await using var journal = await FollowedJournal.StartAsync(port: url => (link = new CutLink(url.Server.Host, url.Server.Port)).Port);
        using var cut = link!;
        var query = ByTag(journal, "green");
        using var session = await journal.Client.StartSessionAsync();
        session.StartTransaction();
        await journal.Journal.InsertOneAsync(session, FollowedJournal.Event("A", 1, "green"));
        await journal.InsertAsync(FollowedJournal.Event("B", 1, "green"));
        Assert.Equal("B_1", await NextAsync(query));

        cut.Cut();
        await session.CommitTransactionAsync();
        for (var nr = 1; nr <= 3; nr++)
        {
            await journal.InsertAsync(FollowedJournal.Event("C", nr, "green"));
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        }

        cut.Mend();

        Assert.Equal(["A_1", "C_1", "C_2", "C_3"], (await TakeAsync(query, 4)).Order(StringComparer.Ordinal));
        await journal.InsertAsync(FollowedJournal.Event("C", 4, "green"));
        Assert.Equal("C_4", await NextAsync(query));
    }

    [SkippableFact]
    public async Task Nothing_is_published_any_more_when_it_was_disposed()
    {
        await using var journal = await FollowedJournal.StartAsync();
        using var everything = journal.Tail.Subscribe(default, 100, static () => { });

        await journal.Follower!.DisposeAsync();
        await journal.InsertAsync(FollowedJournal.Event("a", 1, "green"));
        journal.Follower.Wake();
        await Task.Delay(TimeSpan.FromSeconds(0.3), TimeProvider.System);

        var drained = new List<EventRecord>();
        everything.Drain(drained);
        Assert.Empty(drained);
    }

    private static async Task WriteAsync(FollowedJournal journal, int writer, int rounds, int batch, int tags)
    {
        var random = new Random(writer);
        for (var round = 0; round < rounds; round++)
        {
            var documents = Enumerable.Range(1, batch)
                .Select(i => (round * batch) + i)
                .Select(nr => FollowedJournal.Event($"w{writer}", nr, $"t{(writer + nr) % tags}"))
                .ToArray();
            if (round % 4 != 0)
            {
                await journal.InsertAsync(documents);
                continue;
            }

            using var session = await journal.Client.StartSessionAsync();
            session.StartTransaction();
            await journal.Journal.InsertManyAsync(session, documents);
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(150)), TimeProvider.System);
            await session.CommitTransactionAsync();
        }
    }

    /// <summary>What a cursor that only goes forward finds.</summary>
    private static async Task<long> ReadNaivelyAsync(FollowedJournal journal, long cursor, List<string> into)
    {
        var page = await journal.ReadAsync("green", cursor, long.MaxValue, 100, CancellationToken.None);
        into.AddRange(page.Events.Select(Key));
        return page.Events.Count > 0 ? page.Events[^1].Ordering : cursor;
    }

    private static async Task<long> OrderingAsync(FollowedJournal journal, string id) =>
        JournalProbe.OrderingOf(await journal.Journal.Find(Builders<BsonDocument>.Filter.Eq("_id", id)).SingleAsync());

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, patience.Token);
    }

    private static string Key(EventRecord record) => string.Create(CultureInfo.InvariantCulture, $"{record.PersistenceId}_{record.SequenceNr}");

    private static async Task<string> NextAsync(LiveQuery<EventRecord> query) => Key(await query.NextAsync().WaitAsync(s_patience));

    private static async Task<List<string>> TakeAsync(LiveQuery<EventRecord> query, int count) => (await query.TakeAsync(count)).ConvertAll(Key);

    private LiveQuery<EventRecord> ByTag(FollowedJournal journal, string? tag, long offset = 0, int capacity = 1_000, int pageSize = 100) => LiveQuery<EventRecord>.Run(
        Source.FromGraph(new LiveEvents(journal, new OrderingFeed(journal, tag) { Start = offset }, pageSize, capacity)), _materializer);
}
