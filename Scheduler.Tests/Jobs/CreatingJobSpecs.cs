using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class CreatingJobSpecs : JobSpec
{
    private static readonly DateTimeOffset Later = Start.AddSeconds(30);

    [Fact]
    public async Task Nothing_is_answered_or_shown_before_the_job_is_stored()
    {
        var write = Journal.HoldNext(e => e is JobCreated);
        var client = CreateTestProbe();
        Jobs.Tell(new CreateJob(Job, OneOff(Later), BodyHash: null), client);
        await write.Arrived;
        await SettleAsync();
        await SeenByAsync(client);

        Assert.Empty(Views.Rows.Items);
        Assert.False(client.HasMessages);

        write.Release();
        var accepted = await client.ExpectMsgAsync<JobAccepted>(Patience.Limit);
        Assert.Equal(JobState.Empty(Job).Apply(Events), accepted.State);
    }

    [Fact]
    public async Task The_answer_waits_for_the_jobs_row()
    {
        Views.Hold();
        var client = CreateTestProbe();
        Jobs.Tell(new CreateJob(Job, OneOff(Later), BodyHash: null), client);
        var row = await Views.Rows.NextAsync();
        await SettleAsync();
        await SeenByAsync(client);

        Assert.False(client.HasMessages);
        Assert.True(row.IsNew);
        Assert.Equal([typeof(JobCreated), typeof(JobScheduled)], Events.Select(e => e.GetType()));

        Views.Release();
        await client.ExpectMsgAsync<JobAccepted>(Patience.Limit);
    }

    [Fact]
    public async Task A_job_is_created_in_one_atomic_write()
    {
        await CreateAsync(OneOff(Later));

        var write = Assert.Single(Journal.Stored.Items);
        Assert.Equal([typeof(JobCreated), typeof(JobScheduled)], write.Events.Select(e => e.GetType()));
    }

    [Fact]
    public async Task An_id_that_is_taken_is_refused_and_nothing_is_stored()
    {
        await CreateAsync(OneOff(Later));

        Assert.IsType<JobConflict>(await AskAsync(new CreateJob(Job, OneOff(Later), BodyHash: null)));
        Assert.Equal(2, Events.Count);
    }

    [Fact]
    public async Task The_same_body_under_the_same_key_is_the_same_job_and_waits_for_its_row_too()
    {
        var create = new CreateJob(Job, OneOff(Later), BodyHash: "c0ffee") { Origin = new CommandOrigin(Key: "order-1") };
        await AskAsync(create);

        var again = Assert.IsType<JobAccepted>(await AskAsync(create));
        Assert.True(again.Replayed);
        Assert.Equal(2, Events.Count);
        Assert.Equal([true, false], Views.Rows.Items.Select(r => r.IsNew));
    }

    [Fact]
    public async Task The_id_whose_hash_has_no_absolute_value_is_a_job_like_any_other_and_harms_none()
    {
        var odd = JobId.Parse("b6d8a57e7");
        await CreateAsync(OneOff(Later));
        Assert.IsType<JobAccepted>(await AskAsync(new CreateJob(odd, OneOff(Later), BodyHash: null)));
        await Timers.Armed.AtLeastAsync(2, t => t.At == Later - Timing.Lead);

        AdvanceTo(Later);
        var calls = await Targets.Calls.AtLeastAsync(2);
        Assert.Equal([odd.Value, Job.Value], calls.Select(c => c.Attempt.JobId.Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_command_for_a_job_that_never_was_stores_nothing_and_leaves_nobody_awake()
    {
        Assert.IsType<JobNotFound>(await AskAsync(new CancelJob(Job, Reason: null)));
        await EntityAsync(EntityStage.Stopped);
        Wake();
        await EntityAsync(EntityStage.Stopped, count: 2);

        Assert.Empty(Journal.Begun.Items);
    }

    [Fact]
    public async Task A_job_of_an_id_that_was_just_made_is_like_any_other()
    {
        using (NewIds.Add(Job))
            await CreateAsync(OneOff(Later));
        await WaitsForAsync(Later);

        AdvanceTo(Later);
        (await Targets.Calls.NextAsync()).Succeed();
        await StoredAsync<JobCompleted>();
    }

    [Fact]
    public async Task An_id_that_was_thought_new_and_is_not_is_recovered_before_it_is_told_anything()
    {
        await CreateAsync(OneOff(Start.AddDays(1)));
        await EntityAsync(EntityStage.Stopped);
        using var thoughtNew = NewIds.Add(Job);

        var accepted = Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
        Assert.Equal(RunId.Requested(Job, 1, version: 3), accepted.RunId);
    }
}
