using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.TestKit.Xunit2;
using Scheduler.Persistence.Events;
using Scheduler.Persistence.Query;
using Scheduler.Persistence.Store;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>Live queries of a store in which events may become readable up to 100 orderings late.</summary>
public sealed class LateEventSpecs : TestKit
{
    private const long Overlap = 100;
    private readonly ScriptedStore _store = new(Overlap);
    private readonly ActorMaterializer _materializer;

    public LateEventSpecs() => _materializer = Sys.Materializer();

    [Fact]
    public async Task A_late_event_is_handed_on_once()
    {
        var query = ByTag(0);
        _store.Publish(1_000, 1_010);
        Assert.Equal([1_000, 1_010], await TakeAsync(query, 2));

        _store.Publish(1_005);
        _store.Publish(1_020);

        Assert.Equal([1_005, 1_020], await TakeAsync(query, 2));
    }

    [Fact]
    public async Task What_was_read_from_the_database_and_comes_late_by_the_tail_is_handed_on_once()
    {
        // It is readable when the query reads, and the node that follows the journal notices later.
        _store.Publish(1_000, 1_010);
        var late = ScriptedStore.Record(1_005);
        _store.MakeReadable(late);
        var query = ByTag(0);
        Assert.Equal([1_000, 1_005, 1_010], await TakeAsync(query, 3));

        _store.Tail.Publish([late]);
        _store.Publish(1_020);

        Assert.Equal([1_020], await TakeAsync(query, 1));
    }

    [Fact]
    public async Task A_query_that_resumes_gets_what_comes_after_its_offset_and_what_became_readable_later()
    {
        _store.Publish(800, 899, 901, 950, 1_000, 1_010);
        _store.Publish(940);

        var query = ByTag(1_000);
        Assert.Equal([940, 1_010], (await TakeAsync(query, 2)).Order());
        _store.Publish(960);
        _store.Publish(1_020);

        Assert.Equal([960, 1_020], await TakeAsync(query, 2));
    }

    [Fact]
    public async Task What_became_readable_late_but_before_the_offset_was_handed_out_is_not_repeated()
    {
        _store.Publish(900);
        _store.Publish(880);
        _store.Publish(1_000);

        var query = ByTag(1_000);
        _store.Publish(1_010);

        Assert.Equal([1_010], await TakeAsync(query, 1));
    }

    [Fact]
    public async Task A_failed_read_is_repeated_and_the_query_goes_on()
    {
        _store.Publish(1_000, 1_010);
        _store.FailReads(2);
        var query = ByTag(0);

        Assert.Equal([1_000, 1_010], await TakeAsync(query, 2));
        _store.Publish(1_020);
        Assert.Equal([1_020], await TakeAsync(query, 1));
    }

    [Fact]
    public async Task A_query_whose_reads_go_on_failing_ends_with_their_cause()
    {
        _store.Publish(1_000);
        _store.FailReads(int.MaxValue);

        var failure = await Assert.ThrowsAsync<StoreException>(() => ByTag(0).NextAsync());

        Assert.Equal("The database is away.", failure.Message);
    }

    [Fact]
    public async Task A_query_that_lost_its_place_finds_what_came_late_meanwhile_and_repeats_nothing()
    {
        var query = ByTag(950, capacity: 4);
        _store.Publish(1_000);
        Assert.Equal([1_000], await TakeAsync(query, 1));
        for (var i = 1_001; i <= 1_040; i++)
            _store.Publish(i);
        _store.Publish(960, 980);

        var rest = await TakeAsync(query, 42);

        Assert.Equal([960L, 980, .. Enumerable.Range(1_001, 40)], rest.Order());
        _store.Publish(1_050);
        Assert.Equal([1_050], await TakeAsync(query, 1));
    }

    [Fact]
    public async Task Reading_again_never_goes_back_behind_the_offset()
    {
        _store.Publish(801, 890);
        var query = ByTag(850);
        Assert.Equal([890], await TakeAsync(query, 1));

        _store.Tail.ReadAgain();
        _store.Publish(960);

        Assert.Equal([960], await TakeAsync(query, 1));
    }

    [Fact]
    public async Task Late_events_that_could_not_be_published_are_read()
    {
        var query = ByTag(0);
        _store.Publish(1_000);
        Assert.Equal([1_000], await TakeAsync(query, 1));

        _store.MakeReadable(ScriptedStore.Record(990));
        _store.Tail.ReadAgain();

        Assert.Equal([990], await TakeAsync(query, 1));
    }

    [Fact]
    public async Task Events_of_an_id_stay_in_order_where_a_later_one_is_published_first()
    {
        var query = Run(new PersistenceIdFeed(_store, "a") { Start = 0 });
        var (first, second, third) = (ScriptedStore.Record(10, "a", 1), ScriptedStore.Record(11, "a", 2), ScriptedStore.Record(12, "a", 3));
        _store.Publish(first);
        Assert.Equal(1, (await query.NextAsync()).SequenceNr);

        _store.MakeReadable(second, third);
        _store.Tail.Publish([third]);
        Assert.Equal(2, (await query.NextAsync()).SequenceNr);
        Assert.Equal(3, (await query.NextAsync()).SequenceNr);
        _store.Tail.Publish([second]);
        _store.Publish(ScriptedStore.Record(13, "a", 4));

        Assert.Equal(4, (await query.NextAsync()).SequenceNr);
    }

    [Fact]
    public async Task Many_late_events_and_lost_places_skip_and_repeat_nothing()
    {
        var random = new Random(4711);
        var queries = Enumerable.Range(0, 4).Select(i => ByTag(0, capacity: 3 + (i * 20), pageSize: 5)).ToList();
        var orderings = Enumerable.Range(1, 3_000).Select(i => (long)i).ToList();
        var order = orderings.OrderBy(i => i + random.Next((int)Overlap / 2)).ToList();
        var taking = queries.ConvertAll(query => TakeAsync(query, order.Count));

        foreach (var ordering in order)
        {
            _store.Publish(ordering);
            if (ordering % 50 == 0)
                await Task.Yield();
        }

        foreach (var taken in taking)
            Assert.Equal(orderings, (await taken).Order());
    }

    private static async Task<List<long>> TakeAsync(LiveQuery<EventRecord> query, int count) => (await query.TakeAsync(count)).ConvertAll(one => one.Ordering);

    private LiveQuery<EventRecord> ByTag(long offset, int capacity = 1_000, int pageSize = 10) =>
        Run(new OrderingFeed(_store, "green") { Start = offset }, capacity, pageSize);

    private LiveQuery<EventRecord> Run(EventFeed feed, int capacity = 1_000, int pageSize = 10) =>
        LiveQuery<EventRecord>.Run(Source.FromGraph(new LiveEvents(_store, feed, pageSize, capacity)), _materializer);
}
