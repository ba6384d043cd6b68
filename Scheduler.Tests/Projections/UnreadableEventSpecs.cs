using System.Text;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Akka.Serialization;
using Microsoft.Extensions.Logging.Abstractions;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Actors.Serialization;
using Scheduler.Tests.Support;
using Xunit;
using static Scheduler.Tests.Projections.ViewSamples;

namespace Scheduler.Tests.Projections;

/// <summary>A journal that holds an event which this release has no serializer for, as after a downgrade.</summary>
[Trait("Storage", "any")]
public sealed class UnreadableEventSpecs : IAsyncLifetime
{
    private static readonly JobId Poisoned = JobId.Parse("poisoned");
    private static readonly JobId Neighbour = Enumerable.Range(1, 10_000).Select(n => JobId.Parse($"neighbour-{n}")).First(id => id.Slice == Poisoned.Slice);

    private readonly StorageUnderTest _storage = new();

    public async Task InitializeAsync()
    {
        var newer = Start(knowsLaterFacts: true);
        await StoreAsync(newer, Poisoned, Created("poisoned"), new LaterFact(), new JobCancelled { At = T0 });
        await StoreAsync(newer, Neighbour, Created("neighbour"));
        await newer.Terminate();
    }

    public Task DisposeAsync()
    {
        _storage.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task It_is_set_aside_and_neither_its_job_nor_its_slice_is_held_up()
    {
        var system = Start(knowsLaterFacts: false);
        var store = _storage.OpenViews();
        using var lag = new ProjectionLag(TimeProvider.System);
        var environment = new ProjectionEnvironment(
            TimeProvider.System, store, JournalQueries.For(system, _storage.ReadJournalId), new RecentRows(), lag, NullLogger.Instance);

        system.ActorOf(SliceProjectionActor.Props(Poisoned.Slice, environment));

        await Eventually.AnswersAsync(async () => await store.FindJobAsync(Neighbour, default), row => row is not null, _ => "no row");
        var poisoned = await store.FindJobAsync(Poisoned, default);
        Assert.Equal((3L, JobStatus.Cancelled), (poisoned!.State.Version, poisoned.State.Status));
        Assert.True(lag.SetAsideCount > 0);
        await system.Terminate();
    }

    private static JobCreated Created(string name) => new() { At = T0, Definition = Definition(name), Generation = 1 };

    private static async Task StoreAsync(ActorSystem system, JobId id, params object[] facts) =>
        await system.ActorOf(Props.Create(typeof(Writer), id)).Ask<string>(facts, Patience.Limit);

    private ActorSystem Start(bool knowsLaterFacts)
    {
        var serializers = SerializationSetup.Create(system =>
        [
            SerializerDetails.Create(JobSerializer.Name, new JobSerializer(system), [.. JobSerializer.BoundTypes]),
            .. knowsLaterFacts ? new[] { SerializerDetails.Create("later", new LaterSerializer(system), [typeof(LaterFact)]) } : [],
        ]);
        return ActorSystem.Create(
            "unreadable",
            ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(_storage.Persistence), serializers));
    }

    private sealed record LaterFact;

    private sealed class LaterSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 4999;

        public override string Manifest(object o) => "later.v1";

        public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes("later");

        public override object FromBinary(byte[] bytes, string manifest) => new LaterFact();
    }

    private sealed class Writer(JobId id) : UntypedPersistentActor
    {
        public override string PersistenceId => id.PersistenceId;

        protected override void OnRecover(object message)
        {
        }

        protected override void OnCommand(object message)
        {
            var asker = Sender;
            PersistAll(((object[])message).Select(fact => new Tagged(fact, [JobId.SliceTag(id.Slice)])), _ => { }, () => asker.Tell("stored"));
        }
    }
}
