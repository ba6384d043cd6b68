using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.TestKit.Xunit2;
using Scheduler.Persistence.Journal;
using Scheduler.Persistence.Query;
using Scheduler.Persistence.Sqlite;
using Scheduler.Persistence.Store;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>The three plugins together in an actor system.</summary>
public sealed class SqlitePersistenceSpecs : TestKit
{
    private readonly DatabaseFile _file;
    private readonly JournalClient _client;

    public SqlitePersistenceSpecs()
        : this(new DatabaseFile())
    {
    }

    private SqlitePersistenceSpecs(DatabaseFile file)
        : base(SampleSerializer.Config.WithFallback(file.Config))
    {
        _file = file;
        _client = new JournalClient(this);
    }

    private SqliteStore Store => (SqliteStore)PersistenceStores.For(Sys).Get(Sys.Settings.Config.GetConfig(SqlitePersistence.JournalId));

    protected override void AfterAll()
    {
        base.AfterAll();
        _file.Dispose();
    }

    [Fact]
    public async Task Journal_snapshots_and_queries_share_a_store_that_closes_with_the_system()
    {
        var probe = CreateTestProbe();
        _client.Store("a", 1, 3);
        Akka.Persistence.Persistence.Instance.Apply(Sys).SnapshotStoreFor(null)
            .Tell(new SaveSnapshot(new SnapshotMetadata("a", 3, DateTime.UnixEpoch), new Happened("state")), probe.Ref);
        probe.ExpectMsg<SaveSnapshotSuccess>(Patience.Limit);
        var all = LiveQuery<EventEnvelope>.Run(ReadJournal().CurrentAllEvents(NoOffset.Instance), Sys.Materializer());
        Assert.Equal(3, (await all.RestAsync()).Count);

        await Sys.Terminate();

        Assert.False(File.Exists(_file.Path + "-wal"));
        using var store = new StoreProbe(_file);
        Assert.Equal([1, 2, 3], await store.NumbersAsync("a"));
        Assert.NotNull(await store.Store.LoadAsync("a", SnapshotSelectionCriteria.Latest, CancellationToken.None));
    }

    [Fact]
    public async Task A_recovery_sees_the_write_that_was_under_way_when_it_began()
    {
        await SqlitePersistence.OpenAsync(Sys);
        using var hold = new StoreHold(Store);
        var write = _client.Send(JournalClient.Atomic(JournalClient.Event("a", 1)));
        var recovery = CreateTestProbe();

        _client.Journal.Tell(new ReplayMessages(1, long.MaxValue, long.MaxValue, "a", recovery.Ref));
        hold.Dispose();

        recovery.ExpectMsg<ReplayedMessage>(Patience.Limit);
        Assert.Equal(1, recovery.ExpectMsg<RecoverySuccess>().HighestSequenceNr);
        JournalClient.ExpectStored(write, 1);
    }

    [Fact]
    public async Task A_disk_error_stops_the_actor_and_the_next_incarnation_goes_on()
    {
        var probe = CreateTestProbe();
        var actor = Sys.ActorOf(Props.Create(typeof(Counter), "a", probe.Ref));
        probe.ExpectMsg("recovered 0", Patience.Limit);
        actor.Tell(3);
        probe.ExpectMsg("persisted 3", Patience.Limit);
        await FillTheDiskAsync();

        probe.Watch(actor);
        actor.Tell(10_000);

        probe.ExpectMsg("failed StoreException", Patience.Limit);
        probe.ExpectTerminated(actor, Patience.Limit);
        var stored = _client.Replay("a").Events.Count;
        var again = Sys.ActorOf(Props.Create(typeof(Counter), "a", probe.Ref));
        probe.ExpectMsg($"recovered {stored}", Patience.Limit);
        again.Tell(1);
        probe.ExpectMsg($"persisted {stored + 1}", Patience.Limit);
    }

    [Fact]
    public async Task A_live_query_goes_on_over_a_disk_error()
    {
        var query = LiveQuery<EventEnvelope>.Run(ReadJournal().EventsByTag("green", NoOffset.Instance), Sys.Materializer());
        _client.Store("a", 1, new Tagged(new Happened("one"), ["green"]));
        Assert.Equal(1, (await query.NextAsync()).SequenceNr);
        await FillTheDiskAsync();
        JournalClient.ExpectFailed(
            _client.Send(JournalClient.Atomic(JournalClient.Event("a", 2, new Tagged(new Happened(new string('x', 100_000)), ["green"])))), 1);

        _client.Store("a", 2, new Tagged(new Happened("two"), ["green"]));

        Assert.Equal(new Happened("two"), (await query.NextAsync()).Event);
    }

    [Fact]
    public async Task A_live_query_ends_with_the_system()
    {
        await SqlitePersistence.OpenAsync(Sys);
        var other = ActorSystem.Create("reader");
        try
        {
            var query = LiveQuery<EventEnvelope>.Run(ReadJournal().AllEvents(NoOffset.Instance), other.Materializer());
            _client.Store("a", 1, 1);
            await query.NextAsync();

            await Sys.Terminate();

            Assert.Empty(await query.RestAsync());
        }
        finally
        {
            await other.Terminate();
        }
    }

    [Fact]
    public async Task Health_checks_make_a_write()
    {
        await SqlitePersistence.OpenAsync(Sys);
        using (new StoreHold(Store))
        {
            using var patience = new CancellationTokenSource();
            var asked = _client.Journal.Ask<JournalHealthCheckResponse>(new CheckJournalHealth(patience.Token), Patience.Limit);
            await patience.CancelAsync();
            Assert.Equal(PersistenceHealthStatus.Unhealthy, (await asked).Result.Status);
        }

        var answer = await _client.Journal.Ask<JournalHealthCheckResponse>(new CheckJournalHealth(CancellationToken.None), Patience.Limit);
        Assert.Equal(PersistenceHealthStatus.Healthy, answer.Result.Status);
    }

    [Fact]
    public async Task A_new_id_recovers_without_its_store_and_an_old_one_cannot_pass_for_new()
    {
        var probe = CreateTestProbe();
        _client.Store("old", 1, 1);
        IActorRef brandNew, old;
        using (new StoreHold(Store))
        {
            brandNew = Sys.ActorOf(Props.Create(typeof(Counter), "new", probe.Ref, NewPersistenceId.Recovery));
            probe.ExpectMsg("recovered 0", Patience.Limit);
            old = Sys.ActorOf(Props.Create(typeof(Counter), "old", probe.Ref, NewPersistenceId.Recovery));
            probe.ExpectMsg("recovered 0", Patience.Limit);
        }

        await SqlitePersistence.OpenAsync(Sys);
        brandNew.Tell(2);
        probe.ExpectMsg("persisted 2", Patience.Limit);
        old.Tell(1);
        probe.ExpectMsg("failed DuplicateEventException", Patience.Limit);
        Assert.Equal([1, 2], _client.Numbers("new"));
    }

    [Fact]
    public async Task Opening_says_what_is_wrong_with_the_file()
    {
        using var file = new DatabaseFile();
        await File.WriteAllTextAsync(file.Path, new string('x', 10_000));
        var system = ActorSystem.Create("broken", file.Config);
        try
        {
            var failure = await Assert.ThrowsAsync<StoreException>(() => SqlitePersistence.OpenAsync(system));
            Assert.Contains(file.Path, failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Theory]
    [InlineData("path = \"\"", "path")]
    [InlineData("max-batch-rows = 0", "max-batch-rows")]
    public async Task A_wrong_setting_names_itself(string setting, string named)
    {
        using var file = new DatabaseFile();
        var config = ConfigurationFactory.ParseString($"{SqlitePersistence.JournalId} {{ {setting} }}").WithFallback(file.Config);
        var system = ActorSystem.Create("wrong", config);
        try
        {
            var failure = await Assert.ThrowsAsync<ConfigurationException>(() => SqlitePersistence.OpenAsync(system));
            Assert.Contains(named, failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            await system.Terminate();
        }
    }

    [Fact]
    public void Events_carry_the_time_of_the_systems_clock()
    {
        using var file = new DatabaseFile();
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero));
        var system = ActorSystem.Create(
            "timed",
            BootstrapSetup.Create().WithConfig(SampleSerializer.Config.WithFallback(file.Config)).And(new PersistenceTimeSetup(clock)));
        using var kit = new Akka.TestKit.Xunit2.TestKit(system);
        var client = new JournalClient(kit);

        client.Store("a", 1, 1);

        Assert.Equal(clock.GetUtcNow().UtcTicks, Assert.Single(client.Replay("a").Events).Timestamp);
        Shutdown(system);
    }

    private SchedulerReadJournal ReadJournal() =>
        PersistenceQuery.Get(Sys).ReadJournalFor<SchedulerReadJournal>(SchedulerReadJournal.Identifier);

    private Task FillTheDiskAsync() => Store.WriteAsync(
        static session => session.Connection.QueryLong($"PRAGMA max_page_count = {session.Connection.QueryLong("PRAGMA page_count")}"),
        CancellationToken.None);
}
