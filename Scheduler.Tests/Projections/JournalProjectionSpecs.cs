using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Serialization;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>The whole way, over a real store: what an entity stores becomes rows, live and by a rebuild.</summary>
[Trait("Storage", "any")]
public sealed class JournalProjectionSpecs : TestKit
{
    private readonly StorageUnderTest _storage;
    private readonly IJobViewStore _store;
    private readonly JobViewWriter _writer;
    private readonly ProjectionEnvironment _environment;

    public JournalProjectionSpecs()
        : this(new StorageUnderTest())
    {
    }

    private JournalProjectionSpecs(StorageUnderTest storage)
        : base(Configuration(storage))
    {
        _storage = storage;
        _store = storage.OpenViews();
        var recent = new RecentRows();
        _writer = new JobViewWriter(_store, recent, new UnwrittenRows(), NullLogger<JobViewWriter>.Instance);
        _environment = new ProjectionEnvironment(
            TimeProvider.System, _store, JournalQueries.For(Sys, storage.ReadJournalId), recent, new ProjectionLag(TimeProvider.System), NullLogger.Instance);
        for (var slice = 0; slice < JobId.Slices; slice++)
            Sys.ActorOf(SliceProjectionActor.Props(slice, _environment));
    }

    [Fact]
    public async Task What_entities_store_becomes_rows_and_a_rebuild_makes_the_same_ones()
    {
        var jobs = Enumerable.Range(1, 200).Select(n => JobId.Parse($"job-{n}")).ToList();
        foreach (var job in jobs)
            Sys.ActorOf(Props.Create(typeof(Entity), job, _writer, TestActor));
        await ReceiveNAsync(jobs.Count, Patience.Limit).ToListAsync();

        await AwaitAssertAsync(() => AllAre(jobs), Patience.Limit);
        var done = await new ViewRebuild(Sys, _environment).RebuildAsync(default);

        // Each of the three passes reads what is recent again, where commits may come late.
        Assert.InRange(done.Events, jobs.Count * 5, jobs.Count * 15);
        await AllAre(jobs);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _environment.Lag.Dispose();
        _storage.Dispose();
    }

    private static Config Configuration(StorageUnderTest storage) => ConfigurationFactory.ParseString($$"""
        akka.actor.serializers.jobs = "{{typeof(JobSerializer).AssemblyQualifiedName}}"
        akka.actor.serialization-bindings { {{string.Join("\n", JobSerializer.BoundTypes.Select(t => $"\"{t.AssemblyQualifiedName}\" = jobs"))}} }
        """).WithFallback(storage.Persistence);

    private async Task AllAre(IEnumerable<JobId> jobs)
    {
        foreach (var job in jobs)
        {
            var view = await _store.FindJobAsync(job, default);
            Assert.Equal((5L, 5L, JobStatus.Completed), (view!.State.Version, view.Projected, view.State.Status));
            Assert.Equal(RunStatus.Completed, (await _store.FindRunAsync(RunId.Scheduled(job, 1, T0), default))?.Status);
        }
    }

    /// <summary>Stores a one-off's life as a job does: the creation, for which it hands over a row, and then its run.</summary>
    private sealed class Entity(JobId id, IJobViewWriter views, IActorRef asker) : UntypedPersistentActor
    {
        private JobState _state = JobState.Empty(id);

        public override string PersistenceId => id.PersistenceId;

        protected override void PreStart()
        {
            base.PreStart();
            Self.Tell("live");
        }

        protected override void OnRecover(object message)
        {
        }

        protected override void OnCommand(object message)
        {
            var run = RunId.Scheduled(id, 1, T0);
            Store(
                [
                    new JobCreated { At = T0, Definition = Definition("job"), Generation = 1 },
                    new JobScheduled { At = T0, NextFireTime = T0, NextDueAt = T0 },
                ],
                () => views.Write(_state, isNew: true, asker, id.Value, Self));
            Store(
                [
                    new AttemptStarted { At = T0, RunId = run, Number = 1, Kind = AttemptKind.Scheduled, FireTime = T0, DueAt = T0, Node = Node },
                    new JobScheduled { At = T0, Cursor = T0 },
                ],
                () => { });
            Store([new RunCompleted { At = T0.AddSeconds(1), RunId = run, Number = 1 }], () => { });
        }

        private void Store(JobEvent[] facts, Action stored) => PersistAll(
            facts.Select(fact => new Tagged(fact, [JobId.SliceTag(id.Slice)])),
            tagged => _state = _state.Apply((JobEvent)tagged.Payload),
            stored);
    }
}
