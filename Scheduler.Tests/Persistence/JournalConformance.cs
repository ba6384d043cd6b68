using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.TestKit.Xunit2;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>What every journal of ours does, said through Akka.Persistence alone; a store's specs inherit it.</summary>
public abstract class JournalConformance : TestKit
{
    protected JournalConformance(Config config)
        : base(SampleSerializer.Config.WithFallback(config))
    {
        Client = new JournalClient(this);
    }

    internal JournalClient Client { get; }

    [SkippableFact]
    public void Replays_what_was_written_in_order()
    {
        Client.Store("a", 1, 5);
        Client.Store("b", 1, 2);

        var (events, highest) = Client.Replay("a");

        Assert.Equal([1, 2, 3, 4, 5], events.Select(one => one.SequenceNr));
        Assert.Equal(Enumerable.Range(1, 5).Select(i => new Happened($"a-{i}")), events.Select(one => one.Payload));
        Assert.All(events, one => Assert.Equal("a", one.PersistenceId));
        Assert.Equal(5, highest);
    }

    [SkippableTheory]
    [InlineData(2, 4, long.MaxValue, new long[] { 2, 3, 4 })]
    [InlineData(3, 3, long.MaxValue, new long[] { 3 })]
    [InlineData(4, long.MaxValue, long.MaxValue, new long[] { 4, 5 })]
    [InlineData(1, long.MaxValue, 2, new long[] { 1, 2 })]
    [InlineData(4, 2, long.MaxValue, new long[0])]
    [InlineData(1, 0, long.MaxValue, new long[0])]
    [InlineData(1, 5, 0, new long[0])]
    [InlineData(6, 9, long.MaxValue, new long[0])]
    public void Replays_the_range_and_number_that_it_is_asked_for(long from, long to, long max, long[] expected)
    {
        Client.Store("a", 1, 5);

        var (events, highest) = Client.Replay("a", from, to, max);

        Assert.Equal(expected, events.Select(one => one.SequenceNr));
        Assert.Equal(5, highest);
    }

    [SkippableFact]
    public void Knows_nothing_of_an_id_that_never_wrote()
    {
        Client.Store("a", 1, 1);

        var (events, highest) = Client.Replay("A");

        Assert.Empty(events);
        Assert.Equal(0, highest);
    }

    [SkippableFact]
    public void Keeps_writer_time_and_adapter_manifest()
    {
        var writer = Guid.NewGuid().ToString();
        var written = new Persistent(new Happened("x"), 1, "a", manifest: "adapted.v2", writerGuid: writer);
        JournalClient.ExpectStored(Client.Send(JournalClient.Atomic(written)), 1);

        var replayed = Assert.Single(Client.Replay("a").Events);

        Assert.Equal(writer, replayed.WriterGuid);
        Assert.Equal("adapted.v2", replayed.Manifest);
        Assert.NotEqual(0, replayed.Timestamp);
    }

    [SkippableFact]
    public void Keeps_empty_and_large_events_and_odd_ids()
    {
        var large = new string('x', 1_000_000);
        string[] ids = ["a_1", "a_1_2", "ü/€ 漢", "%", "'; DROP TABLE journal; --"];
        foreach (var id in ids)
            Client.Store(id, 1, new Happened(""), new Happened(large + id));

        foreach (var id in ids)
            Assert.Equal([new Happened(""), new Happened(large + id)], Client.Replay(id).Events.Select(one => one.Payload));
    }

    [SkippableFact]
    public void Deletes_up_to_a_sequence_number()
    {
        Client.Store("a", 1, 5);
        Client.Store("b", 1, 5);

        Client.Delete("a", 3);

        Assert.Equal([4, 5], Client.Numbers("a"));
        Assert.Equal([1, 2, 3, 4, 5], Client.Numbers("b"));
    }

    [SkippableTheory]
    [InlineData(5)]
    [InlineData(long.MaxValue)]
    public void Keeps_the_highest_sequence_number_of_deleted_events(long to)
    {
        Client.Store("a", 1, 5);

        Client.Delete("a", to);

        Assert.Empty(Client.Replay("a").Events);
        Assert.Equal(5, Client.Replay("a").Highest);
        Client.Store("a", 6, 6);
        Assert.Equal([6], Client.Numbers("a"));
        Assert.Equal(6, Client.Replay("a").Highest);
    }

    [SkippableFact]
    public void Deleting_what_is_not_there_leaves_no_trace()
    {
        Client.Delete("a", 10);

        Assert.Equal(0, Client.Replay("a").Highest);
        Client.Store("a", 1, 1);
        Assert.Equal([1], Client.Numbers("a"));
    }

    [SkippableFact]
    public void A_deleted_sequence_number_is_still_taken()
    {
        Client.Store("a", 1, 3);
        Client.Delete("a", 3);

        var cause = JournalClient.ExpectFailed(Client.Send(JournalClient.Atomic(JournalClient.Event("a", 2))), 1);

        Assert.IsType<DuplicateEventException>(cause);
    }

    [SkippableFact]
    public void A_number_in_a_deleted_range_below_what_is_kept_is_still_taken()
    {
        Client.Store("a", 1, 5);
        Client.Delete("a", 3);

        var one = JournalClient.ExpectFailed(Client.Send(JournalClient.Atomic(JournalClient.Event("a", 2))), 1);
        var several = JournalClient.ExpectFailed(Client.Send(JournalClient.Atomic(JournalClient.Event("a", 2), JournalClient.Event("a", 3))), 2);

        Assert.IsType<DuplicateEventException>(one);
        Assert.IsType<DuplicateEventException>(several);
        Assert.Equal([4, 5], Client.Numbers("a"));
        Client.Store("a", 6, 6);
    }

    [SkippableFact]
    public void Stores_an_atomic_write_whole()
    {
        var write = JournalClient.Atomic(JournalClient.Event("a", 1), JournalClient.Event("a", 2), JournalClient.Event("a", 3));

        JournalClient.ExpectStored(Client.Send(write), 3);

        Assert.Equal([1, 2, 3], Client.Numbers("a"));
    }

    [SkippableFact]
    public void Stores_nothing_of_an_atomic_write_of_which_one_number_is_taken()
    {
        JournalClient.ExpectStored(Client.Send(JournalClient.Atomic(JournalClient.Event("a", 3, new Happened("first")))), 1);
        var write = JournalClient.Atomic(JournalClient.Event("a", 2), JournalClient.Event("a", 3), JournalClient.Event("a", 4));

        var cause = JournalClient.ExpectFailed(Client.Send(write), 3);

        Assert.IsType<DuplicateEventException>(cause);
        var replayed = Assert.Single(Client.Replay("a").Events);
        Assert.Equal(new Happened("first"), replayed.Payload);
    }

    [SkippableFact]
    public void Stores_nothing_of_what_follows_a_duplicate_in_one_request()
    {
        Client.Store("a", 1, 2);

        JournalClient.ExpectFailed(
            Client.Send(JournalClient.Atomic(JournalClient.Event("a", 2)), JournalClient.Atomic(JournalClient.Event("a", 3))), 2);

        Assert.Equal([1, 2], Client.Numbers("a"));
    }

    [SkippableFact]
    public void A_duplicate_fails_alone_among_many_writers()
    {
        Client.Store("zombie", 1, 1);

        var before = Enumerable.Range(0, 100).Select(i => Client.Send(JournalClient.Atomic(JournalClient.Event($"before-{i}", 1)))).ToList();
        var zombie = Client.Send(JournalClient.Atomic(JournalClient.Event("zombie", 1)));
        var after = Enumerable.Range(0, 100).Select(i => Client.Send(JournalClient.Atomic(JournalClient.Event($"after-{i}", 1)))).ToList();

        Assert.IsType<DuplicateEventException>(JournalClient.ExpectFailed(zombie, 1));
        foreach (var probe in before.Concat(after))
            JournalClient.ExpectStored(probe, 1);
    }

    [SkippableFact]
    public void What_cannot_be_serialized_is_rejected_and_its_neighbours_are_stored()
    {
        var probe = Client.Send(
            JournalClient.Atomic(JournalClient.Event("a", 1)),
            JournalClient.Atomic(JournalClient.Event("a", 2, new Unwritable("x"))),
            JournalClient.Atomic(JournalClient.Event("a", 3)));

        probe.ExpectMsg<WriteMessagesSuccessful>();
        probe.ExpectMsg<WriteMessageSuccess>(one => Assert.Equal(1, one.Persistent.SequenceNr));
        probe.ExpectMsg<WriteMessageRejected>(one => Assert.Contains("can't be written", one.Cause.Message, StringComparison.Ordinal));
        probe.ExpectMsg<WriteMessageSuccess>(one => Assert.Equal(3, one.Persistent.SequenceNr));
        Assert.Equal([1, 3], Client.Numbers("a"));
    }

    [SkippableFact]
    public void An_atomic_write_with_one_unserializable_event_is_rejected_whole()
    {
        var probe = Client.Send(
            JournalClient.Atomic(JournalClient.Event("a", 1), JournalClient.Event("a", 2, new Unwritable("x"))));

        probe.ExpectMsg<WriteMessagesSuccessful>();
        probe.ExpectMsg<WriteMessageRejected>();
        Assert.Empty(Client.Numbers("a"));
    }

    [SkippableFact]
    public void Unwraps_tagged_events()
    {
        Client.Store("a", 1, new Tagged(new Happened("one"), ["t"]), new Tagged(new Happened("none"), Array.Empty<string>()));

        Assert.Equal([new Happened("one"), new Happened("none")], Client.Replay("a").Events.Select(one => one.Payload));
    }

    [SkippableFact]
    public void Thousands_of_ids_keep_to_themselves()
    {
        var probes = Enumerable.Range(0, 3_000)
            .Select(i => Client.Send(JournalClient.Atomic(JournalClient.Event($"id-{i}", 1), JournalClient.Event($"id-{i}", 2))))
            .ToList();
        foreach (var probe in probes)
            JournalClient.ExpectStored(probe, 2);

        foreach (var i in (int[])[0, 1, 999, 1_500, 2_999])
            Assert.Equal([new Happened($"id-{i}-1"), new Happened($"id-{i}-2")], Client.Replay($"id-{i}").Events.Select(one => one.Payload));
    }

    [SkippableFact]
    public void A_replay_in_which_two_writers_took_turns_fails()
    {
        foreach (var (nr, writer) in ((long, string)[])[(1, "w1"), (2, "w2"), (3, "w1")])
            JournalClient.ExpectStored(Client.Send(JournalClient.Atomic(JournalClient.Event("a", nr, writer: writer))), 1);

        var failure = Assert.Throws<InvalidOperationException>(() => Client.Replay("a"));

        Assert.Contains("two of them", failure.InnerException!.Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_replay_names_the_event_that_cannot_be_read()
    {
        Client.Store("a", 1, new Happened("one"), new Forgotten());

        var failure = Assert.Throws<InvalidOperationException>(() => Client.Replay("a"));

        var unreadable = Assert.IsType<UnreadableEventException>(failure.InnerException);
        Assert.Equal(("a", 2), (unreadable.PersistenceId, unreadable.SequenceNr));
    }

    [SkippableFact]
    public void A_thousand_actors_persist_at_once_and_find_everything_again()
    {
        const int Actors = 1_000;
        const int Events = 5;
        var probe = CreateTestProbe();
        List<IActorRef> Start() => [.. Enumerable.Range(0, Actors)
            .Select(i => Sys.ActorOf(Props.Create(typeof(Counter), $"counter-{i}", probe.Ref)))];
        void Expect(string text)
        {
            for (var i = 0; i < Actors; i++)
                Assert.Equal(text, probe.ReceiveOne(Patience.Limit));
        }

        var actors = Start();
        Expect("recovered 0");
        foreach (var actor in actors)
            actor.Tell(Events);
        Expect($"persisted {Events}");
        foreach (var actor in actors)
        {
            probe.Watch(actor);
            Sys.Stop(actor);
            probe.ExpectTerminated(actor, Patience.Limit);
        }

        Start();
        Expect($"recovered {Events}");
    }

    [SkippableFact]
    public void The_second_of_two_incarnations_stops_and_nothing_of_it_is_stored()
    {
        var probe = CreateTestProbe();
        var first = Sys.ActorOf(Props.Create(typeof(Counter), "twin", probe.Ref));
        probe.ExpectMsg("recovered 0", Patience.Limit);
        var second = Sys.ActorOf(Props.Create(typeof(Counter), "twin", probe.Ref));
        probe.ExpectMsg("recovered 0", Patience.Limit);
        first.Tell(2);
        probe.ExpectMsg("persisted 2", Patience.Limit);

        probe.Watch(second);
        second.Tell(1);

        probe.ExpectMsg("failed DuplicateEventException", Patience.Limit);
        probe.ExpectTerminated(second, Patience.Limit);
        Assert.Equal([1, 2], Client.Numbers("twin"));
    }

    [SkippableFact]
    public void Many_duplicates_in_a_row_do_not_keep_others_from_writing()
    {
        Client.Store("zombie", 1, 1);
        for (var i = 0; i < 30; i++)
            JournalClient.ExpectFailed(Client.Send(JournalClient.Atomic(JournalClient.Event("zombie", 1))), 1);

        Client.Store("a", 1, 1);
    }

    [SkippableFact]
    public async Task Says_that_it_is_healthy()
    {
        var answer = await Client.Journal.Ask<JournalHealthCheckResponse>(
            new CheckJournalHealth(CancellationToken.None), Patience.Limit);

        Assert.Equal(PersistenceHealthStatus.Healthy, answer.Result.Status);
    }
}
