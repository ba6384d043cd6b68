using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.Serialization;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Serialization;
using Scheduler.Actors.Timing;
using Scheduler.Actors.Wiring;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>The shard region as a node starts it: a cluster of one, on a real journal.</summary>
[Trait("Storage", "any")]
public sealed class JobSystemSpecs : IAsyncLifetime
{
    private readonly StorageUnderTest _storage = new();
    private readonly Recorded<IActorRef> _retentions = new("a retention");
    private readonly ScriptedTargets _targets = new() { Script = call => call.Succeed() };
    private ActorSystem _system = null!;
    private JobSystem _jobs = null!;

    public async Task InitializeAsync()
    {
        var hocon = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "hocon", "sharding.conf"));
        var config = ConfigurationFactory.ParseString($$"""
            akka.loglevel = WARNING
            akka.actor.provider = cluster
            akka.remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
            akka.cluster.roles = [jobs]
            {{hocon}}
            """).WithFallback(_storage.Persistence);
        var serializers = SerializationSetup.Create(
            system => [SerializerDetails.Create(JobSerializer.Name, new JobSerializer(system), [.. JobSerializer.BoundTypes])]);
        _system = ActorSystem.Create("jobs", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), serializers));
        await Cluster.Get(_system).JoinAsync(Cluster.Get(_system).SelfAddress);
        _jobs = JobSystem.Start(_system, new JobSystemParts
        {
            Clock = TimeProvider.System,
            Timing = new TimingOptions(),
            Execution = new ExecutionOptions(),
            Targets = _targets,
            ViewWriter = new RecordingViews(),
            Views = new ScriptedJobViews(),
            Projections = (_ => Props.Create(typeof(Idle)), StopIdle.Instance),
            Retention = region =>
            {
                _retentions.Add(region);
                return Props.Create(typeof(Idle));
            },
        });
    }

    public async Task DisposeAsync()
    {
        await _system.Terminate();
        _storage.Dispose();
    }

    [Fact]
    public async Task Jobs_that_are_due_tomorrow_leave_no_actor_behind()
    {
        await Task.WhenAll(Enumerable.Range(1, 300).Select(n => CreateAsync(JobId.Parse($"tomorrow-{n}"), TimeSpan.FromDays(1))));

        await Eventually.AnswersAsync(LiveJobsAsync, live => live == 0, live => $"{live} live jobs");
    }

    [Fact]
    public async Task A_job_that_is_due_soon_stays_until_it_has_run()
    {
        var id = JobId.Parse("soon");
        await CreateAsync(id, TimeSpan.FromSeconds(30));
        Assert.Equal(1, await LiveJobsAsync());

        Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(id, Reason: null)));
        await _targets.Calls.NextAsync();
        Assert.IsType<JobAccepted>(await AskAsync(new CancelJob(id, Reason: null)));

        await Eventually.AnswersAsync(LiveJobsAsync, live => live == 0, live => $"{live} live jobs");
    }

    [Fact]
    public async Task An_id_whose_signed_hash_has_no_absolute_value_is_a_job_like_any_other()
    {
        await CreateAsync(JobId.Parse("b6d8a57e7"), TimeSpan.Zero);

        Assert.Equal("b6d8a57e7", (await _targets.Calls.NextAsync()).Attempt.JobId.Value);
    }

    [Fact]
    public async Task There_is_one_retention_and_it_knows_the_region()
    {
        Assert.Equal(_jobs.Region, await _retentions.NextAsync());
        await CreateAsync(JobId.Parse("soon"), TimeSpan.Zero);
        await _targets.Calls.NextAsync();

        Assert.Single(_retentions.Items);
    }

    private async Task CreateAsync(JobId id, TimeSpan delay)
    {
        var definition = new JobDefinition { Name = "job", Schedule = new OneOffSchedule(TimeProvider.System.GetUtcNow() + delay) };
        Assert.IsType<JobAccepted>(await AskAsync(new CreateJob(id, definition, BodyHash: null)));
    }

    private Task<JobReply> AskAsync(JobCommand command) => _jobs.Region.Ask<JobReply>(command, Patience.Limit);

    private async Task<int> LiveJobsAsync()
    {
        var state = await _jobs.Region.Ask<CurrentShardRegionState>(GetShardRegionState.Instance, Patience.Limit);
        return state.Shards.Sum(shard => shard.EntityIds.Count);
    }

    private sealed class StopIdle
    {
        public static StopIdle Instance { get; } = new();
    }

    private sealed class Idle : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            if (message is StopIdle)
                Context.Stop(Self);
        }
    }
}
