using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class RecoverySpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddSeconds(30);

    [Fact]
    public async Task A_job_recovers_from_its_events_and_fires()
    {
        await CreateAsync(OneOff(Due));
        await HandOverAsync();
        Wake();
        await Timers.Armed.AtLeastAsync(2, t => t.At == Due - Timing.Lead);

        AdvanceTo(Due);
        Assert.Equal(RunId.Scheduled(Job, 1, Due), (await Targets.Calls.NextAsync()).Attempt.RunId);
    }

    [Fact]
    public async Task After_a_hundred_events_a_job_recovers_from_its_snapshot_to_the_very_same_state()
    {
        await CreateAsync(OneOff(Due));
        while (Events.Count <= JobActor.SnapshotInterval)
            await RunAsync();
        await HandOverAsync();

        var cancelled = Assert.IsType<JobAccepted>(await AskAsync(new CancelJob(Job, Reason: null)));
        Assert.Equal(JobActor.SnapshotInterval + 1, Journal.Replays.Items[^1].From);
        Assert.Equal(JobState.Empty(Job).Apply(Events), cancelled.State);
        Assert.Equal(Events.Count, cancelled.State.Version);
    }

    [Fact]
    public async Task After_large_events_a_job_recovers_from_a_snapshot_much_earlier()
    {
        await CreateAsync(OneOff(Due));
        for (var i = 0; i < 12; i++)
            await AskAsync(new UpdateJob(Job, OneOff(Due) with { Description = new string((char)('a' + i), 1_000_000) }, new Precondition([], MustExist: true, MustNotExist: false)));
        await HandOverAsync();
        await AskAsync(new CancelJob(Job, Reason: null));

        var replayed = Events.Skip((int)Journal.Replays.Items[^1].From - 1).Sum(Weight.Of);
        Assert.InRange(replayed, 1, JobActor.SnapshotBytes + 2_100_000);
        Assert.True(Events.Sum(Weight.Of) > 2 * JobActor.SnapshotBytes);
    }

    [Fact]
    public async Task A_job_that_is_stopped_while_its_event_is_being_stored_answers_and_loses_nothing()
    {
        await CreateAsync(OneOff(Due));
        var write = Journal.HoldNext(e => e is RunRequested);
        var client = CreateTestProbe();
        Jobs.Tell(new TriggerJob(Job, Reason: null), client);
        await write.Arrived;

        Jobs.Tell(new HandOver(Job), ActorRefs.NoSender);
        await SettleAsync();
        Assert.True(IsAwake());
        write.Release();
        var accepted = await client.ExpectMsgAsync<RunAccepted>(Patience.Limit);
        await EntityAsync(EntityStage.Stopped);

        Wake();
        Assert.Equal(accepted.RunId, (await Targets.Calls.NextAsync()).Attempt.RunId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_job_that_stops_while_it_is_awake_is_woken_elsewhere_where_there_is_somebody(bool hasSuccessor)
    {
        Members.HasSuccessor = hasSuccessor;
        await CreateAsync(OneOff(Start.AddSeconds(2)));

        await HandOverAsync();
        await SettleAsync();

        Assert.Equal(hasSuccessor, IsAwake());
    }

    [Fact]
    public async Task A_job_that_is_stopped_while_its_attempt_is_being_stored_runs_it_once()
    {
        var write = Journal.HoldNext(e => e is AttemptStarted);
        await CreateAsync(OneOff(Start));
        await write.Arrived;
        Jobs.Tell(new HandOver(Job), ActorRefs.NoSender);
        await SettleAsync();
        write.Release();
        await EntityAsync(EntityStage.Stopped);

        var call = await Targets.Calls.NextAsync();
        Wake();
        await SettleAsync();
        call.Succeed();
        await StoredAsync<JobCompleted>();

        Assert.Single(Targets.Calls.Items);
        Assert.Single(Events.OfType<AttemptStarted>());
    }

    [Fact]
    public async Task A_second_copy_of_a_job_cannot_start_its_run()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        var copy = Sys.ActorOf(JobActor.Props(Job, StartNode().Environment));
        copy.Tell(new Wake(Job), ActorRefs.NoSender);
        await Timers.Armed.AtLeastAsync(2, t => t.At == Due - Timing.Lead);

        AdvanceTo(Due);
        await Journal.Begun.AtLeastAsync(2, w => w.Events.Any(e => e is AttemptStarted));
        var call = await Targets.Calls.NextAsync();
        call.Succeed();

        // The report may meet the copy whose write has just failed, and is repeated then.
        await AwaitAssertAsync(
            async () =>
            {
                Clock.Advance(Execution.ReportInterval);
                await SettleAsync();
                Assert.Single(Events.OfType<RunCompleted>());
            },
            Patience.Limit);
        Assert.Single(Targets.Calls.Items);
        Assert.Single(Events.OfType<AttemptStarted>());
        Sys.Stop(copy);
    }
}
