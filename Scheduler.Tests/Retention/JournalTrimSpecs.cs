using System.Text.Json;
using Akka;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Query;
using Akka.Streams;
using Akka.Streams.Dsl;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Retention;
using Scheduler.Actors.Serialization;
using Scheduler.Tests.Projections;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Retention;

/// <summary>What is left of a job's journal, and what can be read of it, on a real journal and real views.</summary>
[Trait("Storage", "any")]
public sealed class JournalTrimSpecs : JobSpec
{
    private readonly StorageUnderTest _storage;
    private readonly ActorMaterializer _materializer;
    private readonly ProjectionEnvironment _projections;
    private readonly JournalTrim _trim;
    private readonly RetentionOptions _retention = new() { Pause = TimeSpan.Zero, RunsPerJob = 10 };

    public JournalTrimSpecs()
        : this(new StorageUnderTest())
    {
    }

    private JournalTrimSpecs(StorageUnderTest storage)
        : base(Settings(storage))
    {
        _storage = storage;
        _materializer = Sys.Materializer();
        var journal = JournalQueries.For(Sys, storage.ReadJournalId);
        _projections = new ProjectionEnvironment(Clock, storage.OpenViews(), journal, new RecentRows(), new ProjectionLag(Clock), NullLogger.Instance);
        _trim = new JournalTrim(Environment(), _materializer);
    }

    [Fact]
    public async Task Events_in_front_of_the_oldest_run_that_is_kept_go_and_nothing_that_can_be_seen_changes()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        await ProjectAsync();
        await _trim.LookAfterAsync(Job, default);
        var stored = Assert.Single(await EventsAsync(), e => e.Fact is JobCheckpointed);
        Assert.Equal(1, (await EventsAsync())[0].Version);

        await RunManyAsync(20);
        await ProjectAsync();
        await RemoveRunsAsync();
        var (runs, audit, row) = (await RunsAsync(), await AuditAsync(), await RowAsync());
        Assert.Equal(10, runs.Count);

        await _trim.LookAfterAsync(Job, default);

        var left = await EventsAsync();
        Assert.Equal(stored.Version, left[0].Version);
        Assert.Equal(audit, await AuditAsync());
        await ProjectAsync();
        Assert.Equal(row, await RowAsync());
        await RemoveRunsAsync();
        Assert.Equal(runs, await RunsAsync());
        Assert.Equal(row!.State, await RecoveredAsync());
    }

    [Fact]
    public async Task What_goes_is_in_the_archive_and_without_it_nothing_goes()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("archive");
        await File.WriteAllTextAsync(path, "A file where the folder should be.");
        using var archive = new JournalArchive(path, Clock);
        var trim = new JournalTrim(Environment() with { Archive = archive }, _materializer);
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        await ProjectAsync();
        await trim.LookAfterAsync(Job, default);
        await RunManyAsync(20);
        await ProjectAsync();
        await RemoveRunsAsync();
        var before = await EventsAsync();

        await trim.LookAfterAsync(Job, default);
        Assert.Equal(1, (await EventsAsync())[0].Version);

        File.Delete(path);
        await trim.LookAfterAsync(Job, default);

        var left = (await EventsAsync())[0].Version;
        Assert.True(left > 1);
        var kept = new List<long>();
        await foreach (var line in JournalArchive.ReadAsync(path, Job, (file, why) => Assert.Fail($"{file}: {why}"), default))
            kept.Add(JsonDocument.Parse(line).RootElement.GetProperty("version").GetInt64());
        Assert.Equal(before.Select(e => e.Version).Where(version => version < left), kept);
    }

    [Fact]
    public async Task A_run_that_goes_on_across_a_checkpoint_has_its_row_after_a_rebuild_and_ends_in_it()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
        var call = await Targets.Calls.NextAsync();
        await TrimAfterProjectionAsync();
        await SucceedAsync(call);
        await RunManyAsync(20);
        await ProjectAsync();
        await RemoveRunsAsync();
        await _trim.LookAfterAsync(Job, default);
        await ProjectAsync();

        Assert.IsType<JobCheckpointed>((await EventsAsync())[0].Fact);
        var run = await _projections.Store.FindRunAsync(call.Attempt.RunId, default);
        Assert.Equal(RunStatus.Completed, run?.Status);
        Assert.True((await AuditAsync()).Clean);
    }

    [Fact]
    public async Task Nothing_goes_that_the_views_do_not_have()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        await TrimAfterProjectionAsync();
        var version = (await RowAsync())!.Projected;

        // The job's own row is ahead of the projection: it knows of the checkpoint.
        var row = new AwaitedRow(Assert.IsType<JobFound>(await AskAsync(new GetJob(Job))).State, isNew: false);
        _projections.Store.Enqueue(row);
        await row.Done;
        await _projections.Store.DeleteRunsBeyondAsync(Job, new RunsKept(1), limit: 1_000, default);
        await _trim.LookAfterAsync(Job, default);

        Assert.True(Assert.Single((await RowAsync())!.State.Checkpoints) > version);
        Assert.Equal(1, (await EventsAsync())[0].Version);
    }

    [Fact]
    public async Task Nothing_goes_that_a_kept_run_was_last_changed_by()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        await TrimAfterProjectionAsync();
        await RunManyAsync(20);
        await TrimAfterProjectionAsync();

        Assert.NotEmpty((await RowAsync())!.State.Checkpoints);
        Assert.Equal(1, (await EventsAsync())[0].Version);
    }

    [Fact]
    public async Task A_job_whose_events_prove_nothing_is_never_trimmed()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        await ProjectAsync();
        await DeleteAsync(upTo: 200);

        await _trim.LookAfterAsync(Job, default);

        Assert.DoesNotContain(await EventsAsync(), e => e.Fact is JobCheckpointed);
    }

    [Fact]
    public async Task A_journal_that_cannot_be_read_for_once_is_trimmed_the_next_time()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        await ProjectAsync();
        var away = new AwayOnce(_projections.Journal.CurrentById);
        var trim = new JournalTrim(Environment() with { Journal = _projections.Journal with { CurrentById = away } }, _materializer);

        await Assert.ThrowsAnyAsync<IOException>(() => trim.LookAfterAsync(Job, default));
        await trim.LookAfterAsync(Job, default);

        Assert.Contains(await EventsAsync(), e => e.Fact is JobCheckpointed);
    }

    [Fact]
    public async Task What_a_deletion_left_in_front_of_a_checkpoint_is_passed_over_by_every_reader()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(110);
        await TrimAfterProjectionAsync();
        await ProjectAsync();
        var (audit, row) = (await AuditAsync(), await RowAsync());

        await DeleteAsync(upTo: 200);

        Assert.Equal(audit, await AuditAsync());
        await ProjectAsync();
        Assert.Equal(row, await RowAsync());
        Assert.Equal(row!.State, await RecoveredAsync());
    }

    [Fact]
    public async Task Of_a_deleted_job_a_tombstone_stays_and_its_id_goes_on_counting()
    {
        await CreateAsync(OneOff(Start.AddYears(1)));
        await RunManyAsync(2);
        var deleted = Assert.IsType<JobAccepted>(await AskAsync(new DeleteJob(Job, Reason: null))).State;

        await ProjectAsync();
        Assert.True(await _trim.ForgetAsync(Job, default));
        await ProjectAsync();
        Assert.True(Checkpoints.IsTombstone((await RowAsync())!.State));
        Assert.True(await _trim.ForgetAsync(Job, default));

        Assert.IsType<JobCheckpointed>(Assert.Single(await EventsAsync()).Fact);
        Assert.IsType<JobNotFound>(await AskAsync(new GetJob(Job)));
        Assert.IsType<JobGone>(await AskAsync(new CreateJob(Job, OneOff(Start.AddYears(1)), "hash")));
        var again = Assert.IsType<JobAccepted>(await AskAsync(new PutJob(Job, OneOff(Start.AddYears(1)), Precondition.None)));
        Assert.Equal((deleted.Generation + 1, deleted.Revision + 1), (again.State.Generation, again.State.Revision));
        var report = await AuditAsync();
        Assert.True(report.Clean, string.Join('\n', report.Gaps));
    }

    /// <inheritdoc />
    protected override void AfterAll()
    {
        base.AfterAll();
        _projections.Lag.Dispose();
        _storage.Dispose();
    }

    private static Config Settings(StorageUnderTest storage) => ConfigurationFactory.ParseString($$"""
        akka.actor.serializers.{{JobSerializer.Name}} = "{{typeof(JobSerializer).AssemblyQualifiedName}}"
        akka.actor.serialization-bindings { {{string.Join('\n', JobSerializer.BoundTypes.Select(t => $"\"{t.AssemblyQualifiedName}\" = {JobSerializer.Name}"))}} }
        """).WithFallback(storage.Persistence);

    private JournalTrimEnvironment Environment() => new(Clock, _projections.Store, _projections.Journal, Jobs, _retention.Kept, Metrics: null, NullLogger.Instance);

    /// <summary>As a kill leaves it in the middle of a deletion, on a store that deletes in parts.</summary>
    private async Task DeleteAsync(long upTo)
    {
        Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(journalPluginId: null).Tell(new DeleteMessagesTo(Job.PersistenceId, upTo, TestActor), TestActor);
        await ExpectMsgAsync<DeleteMessagesSuccess>(Patience.Limit);
    }

    private async Task TrimAfterProjectionAsync()
    {
        await ProjectAsync();
        await _trim.LookAfterAsync(Job, default);
    }

    private async Task RunManyAsync(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
            await SucceedAsync(await Targets.Calls.NextAsync());

            // Runs of one instant have no order in time.
            Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private async Task SucceedAsync(TargetCall call)
    {
        var worker = Watch(await Sys.ActorSelection(Host.Runs.Path / "*").ResolveOne(Patience.Limit));
        call.Succeed();
        await ExpectTerminatedAsync(worker, Patience.Limit);
    }

    /// <summary>All that is in the journal, into new tables.</summary>
    private async Task ProjectAsync() => await new ViewRebuild(Sys, _projections).RebuildAsync(default);

    private async Task RemoveRunsAsync() =>
        await new RetentionPass(new RetentionEnvironment(Clock, _retention, _projections.Store, Jobs, NullLogger.Instance)).RunAsync(default);

    private async Task<IReadOnlyList<RunView>> RunsAsync() => await _projections.Store.ListRunsAsync(new RunQuery { JobId = Job }, default);

    private async Task<JobView?> RowAsync() => await _projections.Store.FindJobAsync(Job, default);

    private async Task<IReadOnlyList<(long Version, JobEvent Fact)>> EventsAsync() =>
        await _projections.Journal.CurrentById.CurrentEventsByPersistenceId(Job.PersistenceId, 0, long.MaxValue)
            .Select(e => (e.SequenceNr, (JobEvent)e.Event))
            .RunWith(Sink.Seq<(long, JobEvent)>(), _materializer);

    private async Task<AuditReport> AuditAsync()
    {
        var audit = new JobAudit(Job);
        foreach (var (_, fact) in (await EventsAsync()).SkipWhile(e => !Checkpoints.CanFollow(0, e.Version, e.Fact)))
            audit.Read(fact);
        return audit.Conclude(Now);
    }

    /// <summary>What another incarnation makes of the journal alone.</summary>
    private async Task<JobState> RecoveredAsync()
    {
        await SettleAsync();
        if (IsAwake())
            await HandOverAsync();
        return Assert.IsType<JobFound>(await AskAsync(new GetJob(Job))).State;
    }

    private sealed class AwayOnce(ICurrentEventsByPersistenceIdQuery journal) : ICurrentEventsByPersistenceIdQuery
    {
        private bool _wasAway;

        public Source<EventEnvelope, NotUsed> CurrentEventsByPersistenceId(string persistenceId, long fromSequenceNr, long toSequenceNr)
        {
            if (_wasAway)
                return journal.CurrentEventsByPersistenceId(persistenceId, fromSequenceNr, toSequenceNr);
            _wasAway = true;
            return Source.Failed<EventEnvelope>(new IOException("The disk is gone."));
        }
    }
}
