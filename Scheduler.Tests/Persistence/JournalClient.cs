using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.TestKit;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>Speaks Akka.Persistence's own protocol with a journal, in a persistent actor's place.</summary>
internal sealed class JournalClient(TestKitBase kit)
{
    private static readonly TimeSpan s_patience = Patience.Limit;

    public IActorRef Journal { get; } = Akka.Persistence.Persistence.Instance.Apply(kit.Sys).JournalFor(null);

    public static IPersistentRepresentation Event(string id, long sequenceNr, object? payload = null, string writer = "writer") =>
        new Persistent(payload ?? new Happened($"{id}-{sequenceNr}"), sequenceNr, id, writerGuid: writer);

    public static AtomicWrite Atomic(params IPersistentRepresentation[] events) => new(events.ToImmutableList());

    /// <summary>Sends writes as one actor does; the answers come to the probe.</summary>
    public TestProbe Send(params AtomicWrite[] writes)
    {
        var probe = kit.CreateTestProbe();
        Journal.Tell(new WriteMessages(writes, probe.Ref, 1), probe.Ref);
        return probe;
    }

    public static void ExpectStored(TestProbe probe, int events)
    {
        probe.ExpectMsg<WriteMessagesSuccessful>(s_patience);
        for (var i = 0; i < events; i++)
            probe.ExpectMsg<WriteMessageSuccess>(s_patience);
    }

    public static Exception ExpectFailed(TestProbe probe, int events)
    {
        probe.ExpectMsg<WriteMessagesFailed>(s_patience);
        Exception? cause = null;
        for (var i = 0; i < events; i++)
            cause = probe.ExpectMsg<WriteMessageFailure>(s_patience).Cause;
        return cause!;
    }

    /// <summary>Stores events from..to, each an atomic write of its own.</summary>
    public void Store(string id, long from, long to)
    {
        var writes = new List<AtomicWrite>();
        for (var nr = from; nr <= to; nr++)
            writes.Add(Atomic(Event(id, nr)));
        ExpectStored(Send([.. writes]), writes.Count);
    }

    /// <summary>Stores payloads from a sequence number on.</summary>
    public void Store(string id, long from, params object[] payloads) =>
        ExpectStored(Send([.. payloads.Select((payload, i) => Atomic(Event(id, from + i, payload)))]), payloads.Length);

    public (IReadOnlyList<IPersistentRepresentation> Events, long Highest) Replay(
        string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue)
    {
        var probe = kit.CreateTestProbe();
        Journal.Tell(new ReplayMessages(from, to, max, id, probe.Ref), probe.Ref);
        var events = new List<IPersistentRepresentation>();
        while (true)
        {
            switch (probe.ReceiveOne(s_patience))
            {
                case ReplayedMessage replayed:
                    events.Add(replayed.Persistent);
                    break;
                case RecoverySuccess success:
                    return (events, success.HighestSequenceNr);
                case ReplayMessagesFailure failure:
                    throw new InvalidOperationException("The replay failed.", failure.Cause);
                case var other:
                    Assert.Fail($"Expected a replay, but got {other ?? "nothing"}.");
                    break;
            }
        }
    }

    public IEnumerable<long> Numbers(string id, long from = 1, long to = long.MaxValue, long max = long.MaxValue) =>
        Replay(id, from, to, max).Events.Select(one => one.SequenceNr);

    public void Delete(string id, long to)
    {
        var probe = kit.CreateTestProbe();
        Journal.Tell(new DeleteMessagesTo(id, to, probe.Ref), probe.Ref);
        probe.ExpectMsg<DeleteMessagesSuccess>(s_patience);
    }
}
