using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

public sealed class MongoJournalSpecs : JournalConformance
{
    private readonly MongoDatabase _database;

    public MongoJournalSpecs()
        : this(new MongoDatabase())
    {
    }

    private MongoJournalSpecs(MongoDatabase database)
        : base(database.Config) => _database = database;

    [SkippableFact]
    public void An_event_that_is_too_large_is_rejected_alone()
    {
        var probe = Client.Send(
            JournalClient.Atomic(JournalClient.Event("a", 1)),
            JournalClient.Atomic(JournalClient.Event("a", 2, new Happened(new string('x', 10_000_000)))),
            JournalClient.Atomic(JournalClient.Event("a", 3)));
        var other = Client.Send(JournalClient.Atomic(JournalClient.Event("b", 1), JournalClient.Event("b", 2)));

        JournalClient.ExpectStored(other, 2);
        probe.ExpectMsg<Akka.Persistence.WriteMessagesSuccessful>(Patience.Limit);
        probe.ExpectMsg<Akka.Persistence.WriteMessageSuccess>(one => Assert.Equal(1, one.Persistent.SequenceNr));
        var cause = probe.ExpectMsg<Akka.Persistence.WriteMessageRejected>().Cause;
        probe.ExpectMsg<Akka.Persistence.WriteMessageSuccess>(one => Assert.Equal(3, one.Persistent.SequenceNr));
        Assert.Equal(
            "Event 2 of 'a' is too large to be stored: it has 10000000 bytes, and the journal's limit is 8388608.",
            Assert.IsType<StoreException>(cause).Message);
        Assert.Equal([1, 3], Client.Numbers("a"));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _database.Dispose();
    }
}
