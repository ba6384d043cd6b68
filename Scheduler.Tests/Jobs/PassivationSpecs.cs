using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class PassivationSpecs : JobSpec
{
    [Fact]
    public async Task A_job_with_nothing_due_within_the_look_ahead_goes_to_sleep()
    {
        await CreateAsync(OneOff(Start + Timing.LookAhead + TimeSpan.FromMilliseconds(1)));

        await EntityAsync(EntityStage.Stopped);
        Assert.Equal(0, Host.Environment.Gauge.Awake);
    }

    [Fact]
    public async Task A_job_that_is_due_within_the_look_ahead_stays_awake()
    {
        await CreateAsync(OneOff(Start + Timing.LookAhead));
        Wake();
        await SettleAsync();

        Assert.DoesNotContain(Entities.Items, c => c.Stage is not EntityStage.Started);
        Assert.Equal(1, Host.Environment.Gauge.Awake);
    }

    [Fact]
    public async Task A_job_goes_to_sleep_when_it_is_completed_and_not_while_its_attempt_runs()
    {
        await CreateAsync(OneOff(Start));
        var call = await Targets.Calls.NextAsync();
        Wake();
        await SettleAsync();
        Assert.DoesNotContain(Entities.Items, c => c.Stage is not EntityStage.Started);

        call.Succeed();
        await EntityAsync(EntityStage.Stopped);
        Assert.Equal(JobStatus.Completed, JobState.Empty(Job).Apply(Events).Status);
    }

    [Fact]
    public async Task A_command_that_comes_while_the_job_falls_asleep_is_executed_by_its_next_incarnation()
    {
        var client = CreateTestProbe();
        Jobs.Tell(new CreateJob(Job, OneOff(Start.AddDays(1)), BodyHash: null), client);
        await EntityAsync(EntityStage.Passivating);
        Jobs.Tell(new TriggerJob(Job, Reason: null), client);

        await client.ExpectMsgAsync<JobAccepted>(Patience.Limit);
        var accepted = await client.ExpectMsgAsync<RunAccepted>(Patience.Limit);
        Assert.Equal(accepted.RunId, (await Targets.Calls.NextAsync()).Attempt.RunId);
        await EntityAsync(EntityStage.Started, count: 2);
    }

    [Fact]
    public async Task A_job_that_finds_no_place_sleeps_and_fires_when_it_is_woken_after_one_came_free()
    {
        Timing = Timing with { MaxAwake = 1 };
        var other = JobId.Parse("the-first");
        var due = Start.AddSeconds(5);
        await AskAsync(new CreateJob(other, OneOff(due), BodyHash: null));
        await CreateAsync(OneOff(due));
        await EntityAsync(EntityStage.Stopped);

        AdvanceTo(due);
        Assert.Equal(other, (await Targets.Calls.NextAsync()).Attempt.JobId);
        Wake();
        Assert.Equal(Job, (await Targets.Calls.NextAsync()).Attempt.JobId);
    }

    [Fact]
    public async Task Jobs_that_lie_far_ahead_leave_places_to_those_whose_start_is_near()
    {
        Timing = Timing with { MaxAwake = 2 };
        var far = Start + Timing.LookAhead;
        await AskAsync(new CreateJob(JobId.Parse("far-1"), OneOff(far), BodyHash: null));
        await AskAsync(new CreateJob(JobId.Parse("far-2"), OneOff(far), BodyHash: null));
        await Entities.FirstAsync(c => c == new EntityChange("far-2", EntityStage.Stopped));

        await CreateAsync(OneOff(Start + Timing.SweepInterval));
        await SettleAsync();

        Assert.True(IsAwake());
        Assert.Equal(2, Host.Environment.Gauge.Awake);
    }

    [Fact]
    public async Task A_place_comes_back_with_the_start_and_with_the_end_of_the_job()
    {
        await CreateAsync(OneOff(Start.AddSeconds(1)));
        await WaitsForAsync(Start.AddSeconds(1));
        AdvanceTo(Start.AddSeconds(1));
        await Targets.Calls.NextAsync();
        await SettleAsync();
        Assert.Equal(0, Host.Environment.Gauge.Awake);

        var other = JobId.Parse("another");
        await AskAsync(new CreateJob(other, OneOff(Now.AddSeconds(30)), BodyHash: null));
        await SeenByAsync(Sys.ActorSelection(Jobs.Path / other.Value));
        Assert.Equal(1, Host.Environment.Gauge.Awake);
        await AskAsync(new CancelJob(other, Reason: null));
        await Entities.FirstAsync(c => c == new EntityChange(other.Value, EntityStage.Stopped));
        Assert.Equal(0, Host.Environment.Gauge.Awake);
    }
}
