using Akka;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence.Journal;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Streams.TestKit;
using Akka.TestKit.Xunit2;
using Scheduler.Persistence.Query;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>What every read journal of ours does, said through Akka.Persistence.Query alone; a store's specs inherit it.</summary>
public abstract class ReadJournalConformance : TestKit
{
    private readonly ActorMaterializer _materializer;
    private readonly JournalClient _client;

    protected ReadJournalConformance(Config config)
        : base(SampleSerializer.Config.WithFallback(config))
    {
        _materializer = Sys.Materializer();
        _client = new JournalClient(this);
    }

    private SchedulerReadJournal Journal => OpenJournal(Sys);

    // --- tags: what is there now ---

    [SkippableFact]
    public async Task Current_events_by_tag_are_unwrapped_in_order_and_carry_what_a_reader_needs()
    {
        StoreTagged("a", 1, "green", "blue", "green");

        var found = await CurrentByTag("green");

        Assert.Equal([1, 3], found.Select(one => one.SequenceNr));
        Assert.Equal([new Happened("a-1"), new Happened("a-3")], found.Select(one => one.Event));
        Assert.All(found, one => Assert.Equal("a", one.PersistenceId));
        Assert.All(found, one => Assert.Equal(["green"], one.Tags));
        Assert.All(found, one => Assert.NotEqual(0, one.Timestamp));
    }

    [SkippableFact]
    public async Task An_event_with_several_tags_is_found_under_each_once()
    {
        _client.Store("a", 1, new Tagged(new Happened("x"), ["one", "two", "three"]));

        foreach (var tag in (string[])["one", "two", "three"])
        {
            var found = Assert.Single(await CurrentByTag(tag));
            Assert.Equal(new HashSet<string>(["one", "two", "three"], StringComparer.Ordinal), found.Tags.ToHashSet(StringComparer.Ordinal));
        }

        Assert.Empty(await CurrentByTag("o"));
        Assert.Empty(await CurrentByTag("one,two"));
    }

    [SkippableFact]
    public async Task Events_without_tags_are_under_none()
    {
        _client.Store("a", 1, new Happened("untagged"), new Tagged(new Happened("empty"), Array.Empty<string>()));

        Assert.Empty(await CurrentByTag("untagged"));
        Assert.Equal(2, (await Current(Journal.CurrentAllEvents(NoOffset.Instance))).Count);
    }

    [SkippableFact]
    public async Task Offsets_are_exclusive_and_resume_where_they_left()
    {
        StoreTagged("a", 1, [.. Enumerable.Repeat("green", 20)]);
        var all = await CurrentByTag("green");

        for (var i = 0; i < all.Count; i++)
        {
            var resumed = (await CurrentByTag("green", all[i].Offset)).ConvertAll(one => one.SequenceNr);
            Assert.Equal(Numbers(i + 2, all.Count), resumed);
        }
    }

    [SkippableFact]
    public async Task Offsets_rise()
    {
        StoreTagged("a", 1, "green", "blue", "green");
        StoreTagged("b", 1, "green");

        var offsets = (await Current(Journal.CurrentAllEvents(NoOffset.Instance))).ConvertAll(one => ((Sequence)one.Offset).Value);

        Assert.Equal(offsets.Order().Distinct(), offsets);
        Assert.Equal(4, offsets.Count);
    }

    [SkippableFact]
    public async Task Current_events_by_tag_end_although_the_last_events_have_other_tags()
    {
        StoreTagged("a", 1, "green");
        _client.Store("b", 1, 50);

        Assert.Single(await CurrentByTag("green"));
        Assert.Empty(await CurrentByTag("nobody's"));
    }

    [SkippableFact]
    public async Task Current_events_by_tag_end_at_what_was_there_when_they_began()
    {
        StoreTagged("a", 1, [.. Enumerable.Repeat("green", 30)]);
        var query = Run(Journal.CurrentEventsByTag("green", NoOffset.Instance));
        await query.NextAsync();

        StoreTagged("a", 31, [.. Enumerable.Repeat("green", 30)]);

        Assert.Equal(29, (await query.RestAsync()).Count);
    }

    [SkippableTheory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(12)]
    public void Current_queries_end_with_their_last_element(int count)
    {
        StoreTagged("a", 1, [.. Enumerable.Repeat("green", count)]);
        for (var i = 0; i < count - 1; i++)
            _client.Store($"other-{i}", 1, 1);

        ExpectExactly(Journal.CurrentEventsByTag("green", NoOffset.Instance), count);
        ExpectExactly(Journal.CurrentAllEvents(NoOffset.Instance), (2 * count) - 1);
        ExpectExactly(Journal.CurrentEventsByPersistenceId("a", 1, long.MaxValue), count);
        ExpectExactly(Journal.CurrentEventsByPersistenceId("a", 1, count), count);
        ExpectExactly(Journal.CurrentPersistenceIds(), count);
        ExpectExactly(Journal.EventsByPersistenceId("a", 1, count), count);
    }

    [SkippableFact]
    public void Current_queries_of_an_id_end_with_their_last_element_after_a_cleanup()
    {
        _client.Store("a", 1, 10);
        _client.Delete("a", 6);
        _client.Store("gone", 1, 3);
        _client.Delete("gone", 3);

        ExpectExactly(Journal.CurrentEventsByPersistenceId("a", 1, long.MaxValue), 4);
        ExpectExactly(Journal.CurrentEventsByPersistenceId("gone", 1, long.MaxValue), 0);
        ExpectExactly(Journal.CurrentAllEvents(NoOffset.Instance), 4);
        ExpectExactly(Journal.CurrentPersistenceIds(), 1);
    }

    [SkippableFact]
    public void Current_queries_that_find_nothing_end_at_once()
    {
        StoreTagged("a", 1, "green");

        ExpectExactly(Journal.CurrentEventsByTag("nobody's", NoOffset.Instance), 0);
        ExpectExactly(Journal.CurrentEventsByPersistenceId("nobody", 1, long.MaxValue), 0);
    }

    [SkippableFact]
    public async Task Current_persistence_ids_are_those_that_were_there_when_they_began()
    {
        foreach (var i in Enumerable.Range(10, 12))
            _client.Store($"old-{i}", 1, 1);
        var query = Run(Journal.CurrentPersistenceIds());
        await query.NextAsync();

        _client.Store("z-new", 1, 1);

        Assert.Equal(Enumerable.Range(11, 11).Select(static i => $"old-{i}"), await query.RestAsync());
    }

    [SkippableFact]
    public async Task What_live_queries_hand_out_is_what_was_stored_and_not_the_writers_own_object()
    {
        var query = Run(Journal.EventsByTag("green", NoOffset.Instance));
        StoreTagged("a", 1, "green");
        Assert.Equal(1, (await query.NextAsync()).SequenceNr);
        var own = new Happened("own");

        _client.Store("a", 2, new Tagged(own, ["green"]));
        var handedOut = (await query.NextAsync()).Event;

        Assert.Equal(own, handedOut);
        Assert.NotSame(own, handedOut);
    }

    [SkippableFact]
    public async Task An_empty_journal_has_nothing()
    {
        Assert.Empty(await CurrentByTag("green"));
        Assert.Empty(await Current(Journal.CurrentAllEvents(NoOffset.Instance)));
        Assert.Empty(await Current(Journal.CurrentPersistenceIds()));
        Assert.Empty(await Current(Journal.CurrentEventsByPersistenceId("a", 1, long.MaxValue)));
    }

    // --- tags: live ---

    [SkippableFact]
    public async Task Live_events_by_tag_bring_old_ones_and_then_new_ones()
    {
        StoreTagged("a", 1, [.. Enumerable.Repeat("green", 12), "blue"]);
        var query = Run(Journal.EventsByTag("green", NoOffset.Instance));
        Assert.Equal(Numbers(1, 12), (await query.TakeAsync(12)).Select(one => one.SequenceNr));

        StoreTagged("a", 14, "blue", "green");
        Assert.Equal(15, (await query.NextAsync()).SequenceNr);
        StoreTagged("b", 1, "green");
        var last = await query.NextAsync();

        Assert.Equal(("b", 1), (last.PersistenceId, last.SequenceNr));
        Assert.Equal(new Happened("b-1"), last.Event);
        Assert.Equal(["green"], last.Tags);
    }

    [SkippableFact]
    public async Task Live_and_current_queries_give_the_same_offsets()
    {
        var query = Run(Journal.EventsByTag("green", NoOffset.Instance));
        StoreTagged("a", 1, "green", "blue", "green");

        var live = await query.TakeAsync(2);

        Assert.Equal((await CurrentByTag("green")).Select(one => one.Offset), live.Select(one => one.Offset));
    }

    [SkippableFact]
    public async Task A_live_query_resumes_after_its_offset()
    {
        StoreTagged("a", 1, [.. Enumerable.Repeat("green", 10)]);
        var fourth = (await CurrentByTag("green"))[3];

        var query = Run(Journal.EventsByTag("green", fourth.Offset));
        StoreTagged("a", 11, "green");

        Assert.Equal(Numbers(5, 11), (await query.TakeAsync(7)).Select(one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task Live_queries_neither_skip_nor_repeat_nor_reorder_while_many_write()
    {
        const int Writers = 20;
        const int Each = 100;
        string[] tags = ["t0", "t1", "t2", "t3"];
        var before = tags.Select(tag => Run(Journal.EventsByTag(tag, NoOffset.Instance))).ToList();

        var probes = new List<Akka.TestKit.TestProbe>();
        List<LiveQuery<EventEnvelope>>? during = null;
        for (var nr = 1; nr <= Each; nr++)
        {
            for (var writer = 0; writer < Writers; writer++)
            {
                probes.Add(_client.Send(JournalClient.Atomic(
                    JournalClient.Event($"w{writer}", nr, new Tagged(new Happened($"{writer}-{nr}"), [tags[(writer + nr) % tags.Length]])))));
            }

            if (nr == Each / 2)
                during = [.. tags.Select(tag => Run(Journal.EventsByTag(tag, NoOffset.Instance)))];
        }

        foreach (var probe in probes)
            JournalClient.ExpectStored(probe, 1);

        const int PerTag = Writers * Each / 4;
        for (var i = 0; i < tags.Length; i++)
        {
            var expected = (await CurrentByTag(tags[i])).ConvertAll(Key);
            Assert.Equal(PerTag, expected.Count);
            Assert.Equal(expected, AsTheyCome(await before[i].TakeAsync(PerTag)));
            Assert.Equal(expected, AsTheyCome(await during![i].TakeAsync(PerTag)));
            Assert.Equal(expected, (await Run(Journal.EventsByTag(tags[i], NoOffset.Instance)).TakeAsync(PerTag)).ConvertAll(Key));
        }
    }

    [SkippableFact]
    public async Task A_slow_reader_misses_nothing_and_others_do_not_wait_for_it()
    {
        const int Events = 2_000;
        var slow = Run(Journal.EventsByTag("green", NoOffset.Instance));
        var quick = Run(Journal.EventsByTag("green", NoOffset.Instance));
        StoreTagged("a", 1, "green");
        await slow.NextAsync();
        await quick.NextAsync();

        for (var nr = 2; nr <= Events; nr += 100)
            StoreTagged("a", nr, [.. Enumerable.Repeat("green", Math.Min(100, Events - nr + 1))]);

        Assert.Equal(Numbers(2, Events), (await quick.TakeAsync(Events - 1)).Select(one => one.SequenceNr));
        Assert.Equal(Numbers(2, Events), (await slow.TakeAsync(Events - 1)).Select(one => one.SequenceNr));
        StoreTagged("a", Events + 1, "green");
        Assert.Equal(Events + 1, (await slow.NextAsync()).SequenceNr);
    }

    [SkippableFact]
    public async Task A_reader_that_starts_beyond_the_end_gets_only_what_comes_after_its_offset()
    {
        StoreTagged("a", 1, "green");
        var offset = ((Sequence)(await CurrentByTag("green"))[0].Offset).Value;

        var query = Run(Journal.EventsByTag("green", Offset.Sequence(offset + 1)));
        StoreTagged("a", 2, "green", "green");

        var expected = (await CurrentByTag("green", Offset.Sequence(offset + 1))).ConvertAll(static one => one.SequenceNr);
        Assert.Equal(3, expected[^1]);
        Assert.Equal(expected, (await query.TakeAsync(expected.Count)).Select(static one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task A_query_that_resumes_leaves_out_an_event_that_cannot_be_read_and_learns_which()
    {
        _client.Store("a", 1, new Tagged(new Happened("one"), ["green"]), new Tagged(new Forgotten(), ["green"]), new Tagged(new Happened("three"), ["green"]));
        var leftOut = new List<Exception>();

        var query = Run(Journal.EventsByTag("green", NoOffset.Instance).WithAttributes(ActorAttributes.CreateSupervisionStrategy(cause =>
        {
            leftOut.Add(cause);
            return Akka.Streams.Supervision.Directive.Resume;
        })));

        Assert.Equal([1, 3], (await query.TakeAsync(2)).Select(one => one.SequenceNr));
        Assert.Equal(("a", 2), Assert.Single(leftOut.OfType<UnreadableEventException>().Select(one => (one.PersistenceId, one.SequenceNr))));
        await Assert.ThrowsAsync<UnreadableEventException>(() => CurrentByTag("green"));
    }

    // --- all events ---

    [SkippableFact]
    public async Task Live_all_events_bring_tagged_and_untagged_ones_in_order()
    {
        _client.Store("a", 1, 7);
        var query = Run(Journal.AllEvents(NoOffset.Instance));
        StoreTagged("b", 1, "green");
        _client.Store("c", 1, 7);

        var found = await query.TakeAsync(15);

        Assert.Equal([.. Enumerable.Repeat("a", 7), "b", .. Enumerable.Repeat("c", 7)], found.Select(one => one.PersistenceId));
        Assert.Equal(found.ConvertAll(Key), (await Current(Journal.CurrentAllEvents(NoOffset.Instance))).ConvertAll(Key));
    }

    // --- one persistence id ---

    [SkippableFact]
    public async Task Current_events_of_an_id_come_in_the_range_that_is_asked_for()
    {
        _client.Store("a", 1, 20);
        _client.Store("b", 1, 20);

        var found = await Current(Journal.CurrentEventsByPersistenceId("a", 3, 17));

        Assert.Equal(Numbers(3, 17), found.Select(one => one.SequenceNr));
        Assert.All(found, one => Assert.Equal("a", one.PersistenceId));
        Assert.Equal(Numbers(1, 20), (await Current(Journal.CurrentEventsByPersistenceId("a", 0, long.MaxValue))).Select(one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task Live_events_of_an_id_go_on_and_end_after_the_last_that_is_asked_for()
    {
        _client.Store("a", 1, 12);
        var query = Run(Journal.EventsByPersistenceId("a", 2, 14));
        Assert.Equal(Numbers(2, 12), (await query.TakeAsync(11)).Select(one => one.SequenceNr));

        _client.Store("b", 1, 5);
        _client.Store("a", 13, 16);

        Assert.Equal([13, 14], (await query.RestAsync()).Select(one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task Live_events_of_an_id_end_at_once_where_all_are_there()
    {
        _client.Store("a", 1, 5);

        Assert.Equal(Numbers(1, 3), (await Run(Journal.EventsByPersistenceId("a", 1, 3)).RestAsync()).Select(one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task Live_events_of_an_id_that_does_not_exist_yet_come()
    {
        var query = Run(Journal.EventsByPersistenceId("later", 1, long.MaxValue));
        _client.Store("later", 1, 3);

        Assert.Equal(Numbers(1, 3), (await query.TakeAsync(3)).Select(one => one.SequenceNr));
    }

    [SkippableFact]
    public async Task Deleted_events_are_not_found()
    {
        _client.Store("a", 1, 10);
        _client.Delete("a", 6);

        Assert.Equal(Numbers(7, 10), (await Current(Journal.CurrentEventsByPersistenceId("a", 1, long.MaxValue))).Select(one => one.SequenceNr));
        Assert.Equal(Numbers(7, 10), (await Run(Journal.EventsByPersistenceId("a", 1, 10)).RestAsync()).Select(one => one.SequenceNr));
        Assert.Equal(4, (await Current(Journal.CurrentAllEvents(NoOffset.Instance))).Count);
    }

    // --- persistence ids ---

    [SkippableFact]
    public async Task Persistence_ids_come_once_each_and_new_ones_follow()
    {
        foreach (var i in Enumerable.Range(0, 23))
            _client.Store($"old-{i}", 1, 2);
        var current = await Current(Journal.CurrentPersistenceIds());
        Assert.Equal(Enumerable.Range(0, 23).Select(i => $"old-{i}").Order(StringComparer.Ordinal), current.Order(StringComparer.Ordinal));

        var query = Run(Journal.PersistenceIds());
        Assert.Equal(current.Order(StringComparer.Ordinal), (await query.TakeAsync(23)).Order(StringComparer.Ordinal));
        _client.Store("old-1", 3, 5);
        _client.Store("new", 1, 3);
        _client.Store("newer", 1, 1);

        Assert.Equal(["new", "newer"], await query.TakeAsync(2));
    }

    /// <summary>True where events may become readable late: a live query hands them out after those of other ids with a higher offset.</summary>
    protected virtual bool HasLateEvents => false;

    /// <summary>The read journal of the store that the configuration names.</summary>
    protected abstract SchedulerReadJournal OpenJournal(ActorSystem system);

    private static List<long> Numbers(long from, long to)
    {
        var numbers = new List<long>();
        for (var nr = from; nr <= to; nr++)
            numbers.Add(nr);
        return numbers;
    }

    private static (string, long, Offset) Key(EventEnvelope envelope) => (envelope.PersistenceId, envelope.SequenceNr, envelope.Offset);

    private List<(string, long, Offset)> AsTheyCome(List<EventEnvelope> found)
    {
        var keys = found.ConvertAll(Key);
        return HasLateEvents ? [.. keys.OrderBy(static key => ((Sequence)key.Item3).Value)] : keys;
    }

    private void StoreTagged(string id, long from, params string[] tags) => _client.Store(
        id, from, [.. tags.Select((tag, i) => (object)new Tagged(new Happened($"{id}-{from + i}"), [tag]))]);

    private Task<List<EventEnvelope>> CurrentByTag(string tag, Offset? offset = null) =>
        Current(Journal.CurrentEventsByTag(tag, offset ?? NoOffset.Instance));

    /// <summary>As many as are asked for, and the end, which isn't asked for.</summary>
    private void ExpectExactly<T>(Source<T, NotUsed> source, int count)
    {
        var probe = source.RunWith(this.SinkProbe<T>(), _materializer);
        if (count > 0)
            probe.Request(count);
        else
            probe.EnsureSubscription();
        for (var i = 0; i < count; i++)
            probe.ExpectNext(Patience.Limit);
        Assert.IsType<TestSubscriber.OnComplete>(probe.ExpectEvent(Patience.Limit));
    }

    private Task<List<T>> Current<T>(Source<T, NotUsed> source) => Run(source).RestAsync();

    private LiveQuery<T> Run<T>(Source<T, NotUsed> source) => LiveQuery<T>.Run(source, _materializer);
}
