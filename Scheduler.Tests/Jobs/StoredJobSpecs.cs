using Akka.Configuration;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Serialization;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>Jobs on a real journal and snapshot store.</summary>
[Trait("Storage", "any")]
public sealed class StoredJobSpecs : JobSpec
{
    private readonly StorageUnderTest _storage;

    public StoredJobSpecs()
        : this(new StorageUnderTest())
    {
    }

    private StoredJobSpecs(StorageUnderTest storage)
        : base(Settings(storage)) => _storage = storage;

    [Fact]
    public async Task A_job_fires_is_retried_and_completes_across_a_hand_over_on_the_real_store()
    {
        await CreateAsync(OneOff(Start));
        var first = await Targets.Calls.NextAsync();
        await HandOverAsync();
        first.Fail("no");
        await WaitsForAsync(Start.AddSeconds(10));
        await HandOverAsync();

        AdvanceTo(Start.AddMinutes(1));
        Wake();
        var second = await Targets.Calls.NextAsync();
        Assert.Equal((first.Attempt.RunId, 2), (second.Attempt.RunId, second.Attempt.Number));
        second.Succeed(new("""{"rows":3}"""));
        await EntityAsync(EntityStage.Stopped, count: 3);

        var state = Assert.IsType<JobAccepted>(await AskAsync(new DeleteJob(Job, Reason: null))).State;
        Assert.Equal((RunOutcome.Completed, 1L), (state.LastOutcome, state.RunCount));
    }

    [Fact]
    public async Task A_job_recovers_from_its_snapshot_in_the_real_store_to_the_very_same_state()
    {
        await CreateAsync(OneOff(Start.AddSeconds(30)));
        while (true)
        {
            var accepted = Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
            var call = await Targets.Calls.NextAsync();
            var worker = Watch(await Sys.ActorSelection(Host.Runs.Path / "*").ResolveOne(Patience.Limit));
            call.Succeed();
            await ExpectTerminatedAsync(worker, Patience.Limit);
            if (accepted.State.Version > JobActor.SnapshotInterval)
                break;
        }

        var last = Assert.IsType<JobAccepted>(await AskAsync(new CancelJob(Job, Reason: null))).State;
        await EntityAsync(EntityStage.Stopped);
        var recovered = Assert.IsType<JobAccepted>(await AskAsync(new CancelJob(Job, Reason: null))).State;
        Assert.Equal(last, recovered);
    }

    /// <inheritdoc />
    protected override void AfterAll()
    {
        base.AfterAll();
        _storage.Dispose();
    }

    private static Config Settings(StorageUnderTest storage) => ConfigurationFactory.ParseString($$"""
        akka.actor.serializers.{{JobSerializer.Name}} = "{{typeof(JobSerializer).AssemblyQualifiedName}}"
        akka.actor.serialization-bindings { {{string.Join('\n', JobSerializer.BoundTypes.Select(t => $"\"{t.AssemblyQualifiedName}\" = {JobSerializer.Name}"))}} }
        """).WithFallback(storage.Persistence);
}
