using Microsoft.Extensions.Time.Testing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Limits;
using Scheduler.Actors.Execution.Limits.Shared;
using Scheduler.Actors.Messages;
using Xunit;

namespace Scheduler.Tests.Execution.Limits;

/// <summary>Who gets the places of a limit over all nodes.</summary>
public sealed class LimitLedgerSpecs
{
    private const string Id = "2";
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(10);
    private static readonly WorkerNode A = new("akka.tcp://scheduler@10.0.0.1:4053", 1);
    private static readonly WorkerNode B = new("akka.tcp://scheduler@10.0.0.2:4053", 2);

    [Fact]
    public void Places_are_granted_up_to_the_limit_and_one_by_one_to_those_who_wait()
    {
        var ledger = Ledger(3);

        Assert.Equal(2, Assert.Single(ledger.Hear(Need(A, waiting: 2), Now)).Places);
        Assert.Equal(1, Assert.Single(ledger.Hear(Need(B, waiting: 2), Now)).Places);
        // A has seen what it got and wants more; nothing is left.
        Assert.Equal(0, Assert.Single(ledger.Hear(Need(A, held: 2, waiting: 1, seen: 1), Now)).Places);
        // B's only run ends: A has waited longer than B for its next.
        var told = ledger.Hear(Need(B, waiting: 1, seen: 1), Now);
        Assert.Equal([(A, 1), (B, 0)], told.Select(share => (share.Node, share.Places)).OrderBy(share => share.Node.Uid));
    }

    [Fact]
    public void What_is_on_its_way_counts_until_it_was_seen_and_is_sent_again()
    {
        var ledger = Ledger(2);
        var first = Assert.Single(ledger.Hear(Need(A, waiting: 1), Now));

        var again = Assert.Single(ledger.Hear(Need(A, waiting: 1), Now));
        Assert.Equal((first.Number, 1), (again.Number, again.Places));
        Assert.Equal(1, ledger.Held);
    }

    [Fact]
    public void A_new_ledger_grants_nothing_until_all_have_spoken()
    {
        var ledger = Ledger(2);
        ledger.Await([A, B]);

        Assert.Equal(0, Assert.Single(ledger.Hear(Need(A, waiting: 2), Now)).Places);
        // B does not know of this ledger yet: what the one before has granted it may still come.
        Assert.Equal([B], ledger.Hear(Need(B, seen: 7, id: "1"), Now).Select(share => share.Node));
        // It has come, and one is left for A.
        Assert.Equal(1, ledger.Hear(Need(B, held: 1), Now).Single(share => share.Node == A).Places);
    }

    [Fact]
    public void A_node_that_is_not_heard_of_loses_its_places_after_its_lease_and_one_that_never_spoke_is_waited_for_as_long()
    {
        var ledger = Ledger(1);
        ledger.Await([A, B]);
        ledger.Hear(Need(B, waiting: 1), Now);
        Assert.Equal(Now + Lease, ledger.NextTick(Now));
        Assert.Empty(ledger.Tick(Now + Lease - TimeSpan.FromTicks(1)));

        ledger.Hear(Need(B, waiting: 1), Now + TimeSpan.FromSeconds(9));
        Assert.Equal(B, Assert.Single(ledger.Tick(Now + Lease)).Node);
        ledger.Hear(Need(B, held: 1, seen: 1), Now + Lease);
        Assert.Equal(0, Assert.Single(ledger.Hear(Need(A, waiting: 1), Now + (1.9 * Lease))).Places);
        Assert.Equal(A, Assert.Single(ledger.Tick(Now + (2 * Lease))).Node);
    }

    [Fact]
    public void A_node_that_said_nothing_for_longer_than_a_lease_is_granted_places_by_numbers_that_it_has_not_seen()
    {
        var clock = new FakeTimeProvider(Now);
        var key = new RunLimit(LimitOn.Key, "k");
        var node = new LimitPlaces(A, clock);
        var ledger = Ledger(1);
        for (var run = 0; run < 3; run++)
        {
            Assert.True(IsGranted());
            node.Leave(key);
            Say(waiting: 0);
        }

        // Others keep the limit in use meanwhile.
        for (var second = 0; second < 15; second++)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            ledger.Hear(Need(B) with { At = clock.GetUtcNow() }, clock.GetUtcNow());
        }

        Assert.True(IsGranted());

        bool IsGranted()
        {
            for (var tries = 0; tries < 5 && !node.TryTake(key); tries++)
                Say(waiting: 1);
            return node.InUse(key) == 1;
        }

        void Say(int waiting)
        {
            foreach (var need in node.Needs(_ => waiting, all: false))
            {
                foreach (var share in ledger.Hear(need, clock.GetUtcNow()).Where(share => share.Node == A))
                    node.Hear(key, new LimitGranted(need.Limit, share.Ledger) { Number = share.Number, Places = share.Places, At = share.At });
            }
        }
    }

    [Fact]
    public void A_rate_begins_with_nothing_and_has_room_again_when_it_says()
    {
        var ledger = new LimitLedger(Id, places: null, new TokenRate(2, Burst: 2), Lease, Now);

        Assert.Equal(0, Assert.Single(ledger.Hear(Need(A, waiting: 3), Now)).Places);
        Assert.Equal(Now + TimeSpan.FromSeconds(0.5), ledger.NextTick(Now));
        Assert.Equal(1, Assert.Single(ledger.Tick(Now + TimeSpan.FromSeconds(0.5))).Places);
        ledger.Hear(Need(A, waiting: 2, seen: 1), Now + TimeSpan.FromSeconds(0.5));
        // After a pause of any length no more than the burst.
        Assert.Equal(2, Assert.Single(ledger.Tick(Now + TimeSpan.FromSeconds(9))).Places);
    }

    [Fact]
    public void What_a_node_said_before_does_not_undo_what_it_says()
    {
        var ledger = Ledger(1);
        ledger.Hear(Need(A, held: 1) with { At = Now.AddSeconds(1) }, Now);
        Assert.Empty(ledger.Hear(Need(A), Now));
        Assert.Equal(1, ledger.Held);
    }

    private static LimitLedger Ledger(int places) => new(Id, places, rate: null, Lease, Now);

    private static LimitNeed Need(WorkerNode node, int held = 0, int waiting = 0, long seen = 0, string id = Id) =>
        new("key:k", node) { Held = held, Waiting = waiting, Ledger = id, Seen = seen, At = Now };
}
