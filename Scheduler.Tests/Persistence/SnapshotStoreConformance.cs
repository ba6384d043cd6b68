using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.TestKit.Xunit2;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Persistence;

/// <summary>What every snapshot store of ours does, said through Akka.Persistence alone; a store's specs inherit it.</summary>
public abstract class SnapshotStoreConformance : TestKit
{
    private static readonly TimeSpan s_patience = Patience.Limit;
    private static readonly DateTime s_start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    protected SnapshotStoreConformance(Config config)
        : base(SampleSerializer.Config.WithFallback(config))
    {
        Store = Akka.Persistence.Persistence.Instance.Apply(Sys).SnapshotStoreFor(null);
    }

    private IActorRef Store { get; }

    [SkippableFact]
    public void Has_none_of_an_id_that_saved_none()
    {
        Save("a", 1);

        Assert.Null(Load("b", SnapshotSelectionCriteria.Latest));
    }

    [SkippableFact]
    public void Loads_the_newest()
    {
        SaveFive();

        Expect(5, SnapshotSelectionCriteria.Latest);
    }

    [SkippableFact]
    public void Keeps_time_and_state_of_a_snapshot()
    {
        Save("a", 7);

        var loaded = Load("a", SnapshotSelectionCriteria.Latest)!;

        Assert.Equal(new SnapshotMetadata("a", 7, s_start.AddHours(7)), loaded.Metadata);
        Assert.Equal(new Happened("state 7"), loaded.Snapshot);
    }

    [SkippableFact]
    public void Loads_by_sequence_number_and_time()
    {
        SaveFive();

        Expect(3, new SnapshotSelectionCriteria(3));
        Expect(2, new SnapshotSelectionCriteria(long.MaxValue, s_start.AddHours(2)));
        Expect(2, new SnapshotSelectionCriteria(4, s_start.AddHours(2.5)));
        Expect(null, new SnapshotSelectionCriteria(3, DateTime.MaxValue, minSequenceNr: 4));
        Expect(null, new SnapshotSelectionCriteria(1, DateTime.MaxValue, 0, s_start.AddHours(2)));
        Expect(null, SnapshotSelectionCriteria.None);
        Expect(4, SnapshotSelectionCriteria.Latest, toSequenceNr: 4);
    }

    [SkippableFact]
    public void Replaces_a_snapshot_at_the_same_sequence_number()
    {
        Save("a", 1);
        Save("a", 1, new Happened("again"));

        Assert.Equal(new Happened("again"), Load("a", SnapshotSelectionCriteria.Latest)!.Snapshot);
    }

    [SkippableFact]
    public void Deletes_one()
    {
        SaveFive();

        Send<DeleteSnapshotSuccess>(new DeleteSnapshot(new SnapshotMetadata("a", 5, DateTime.MinValue)));
        Expect(4, SnapshotSelectionCriteria.Latest);
        Send<DeleteSnapshotSuccess>(new DeleteSnapshot(new SnapshotMetadata("a", 4, s_start.AddHours(4))));
        Expect(3, SnapshotSelectionCriteria.Latest);
    }

    [SkippableFact]
    public void Does_not_delete_one_of_another_time()
    {
        SaveFive();

        Send<DeleteSnapshotSuccess>(new DeleteSnapshot(new SnapshotMetadata("a", 5, s_start)));

        Expect(5, SnapshotSelectionCriteria.Latest);
    }

    [SkippableFact]
    public void Deletes_those_that_meet_criteria_and_no_other_ids()
    {
        SaveFive();
        Save("b", 1);

        Send<DeleteSnapshotsSuccess>(new DeleteSnapshots("a", new SnapshotSelectionCriteria(long.MaxValue, s_start.AddHours(4), 2)));

        Expect(5, SnapshotSelectionCriteria.Latest);
        Expect(1, new SnapshotSelectionCriteria(4));
        Assert.NotNull(Load("b", SnapshotSelectionCriteria.Latest));
    }

    [SkippableFact]
    public void A_state_that_cannot_be_serialized_fails_and_the_older_one_stays()
    {
        Save("a", 1);

        Send<SaveSnapshotFailure>(new SaveSnapshot(new SnapshotMetadata("a", 2, s_start), new Unwritable("x")));

        Expect(1, SnapshotSelectionCriteria.Latest);
    }

    [SkippableFact]
    public void Keeps_large_states()
    {
        var large = new Happened(new string('x', 2_000_000));
        Save("a", 1, large);

        Assert.Equal(large, Load("a", SnapshotSelectionCriteria.Latest)!.Snapshot);
    }

    [SkippableFact]
    public async Task Says_that_it_is_healthy()
    {
        var answer = await Store.Ask<SnapshotStoreHealthCheckResponse>(new CheckSnapshotStoreHealth(CancellationToken.None), s_patience);

        Assert.Equal(PersistenceHealthStatus.Healthy, answer.Result.Status);
    }

    private void SaveFive()
    {
        for (var nr = 1; nr <= 5; nr++)
            Save("a", nr);
    }

    private void Save(string id, long sequenceNr, Happened? state = null) => Send<SaveSnapshotSuccess>(
        new SaveSnapshot(new SnapshotMetadata(id, sequenceNr, s_start.AddHours(sequenceNr)), state ?? new Happened($"state {sequenceNr}")));

    private void Expect(long? sequenceNr, SnapshotSelectionCriteria criteria, long toSequenceNr = long.MaxValue) =>
        Assert.Equal(sequenceNr, Load("a", criteria, toSequenceNr)?.Metadata.SequenceNr);

    private SelectedSnapshot? Load(string id, SnapshotSelectionCriteria criteria, long toSequenceNr = long.MaxValue) =>
        Send<LoadSnapshotResult>(new LoadSnapshot(id, criteria, toSequenceNr)).Snapshot;

    private T Send<T>(object request)
    {
        var probe = CreateTestProbe();
        Store.Tell(request, probe.Ref);
        return probe.ExpectMsg<T>(s_patience);
    }
}
