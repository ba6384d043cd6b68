using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class CancellingSpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddSeconds(30);

    public static TheoryData<bool> Ends => new() { false, true };

    [Fact]
    public async Task A_triggered_job_runs_at_once_and_fires_at_its_time_all_the_same()
    {
        await CreateAsync(OneOff(Due));
        var accepted = Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
        var call = await Targets.Calls.NextAsync();
        Assert.Equal(accepted.RunId, call.Attempt.RunId);
        Assert.Equal(RunId.Requested(Job, 1, version: 3), accepted.RunId);
        call.Succeed();
        await StoredAsync<RunCompleted>();
        await WaitsForAsync(Due);

        AdvanceTo(Due);
        Assert.Equal(RunId.Scheduled(Job, 1, Due), (await Targets.Calls.NextAsync()).Attempt.RunId);
    }

    [Fact]
    public async Task A_trigger_that_is_repeated_with_its_key_is_one_run()
    {
        await CreateAsync(OneOff(Due));
        var trigger = new TriggerJob(Job, Reason: null) { Origin = new CommandOrigin(Key: "again") };
        var first = Assert.IsType<RunAccepted>(await AskAsync(trigger));
        var second = Assert.IsType<RunAccepted>(await AskAsync(trigger));

        Assert.Equal(first.RunId, second.RunId);
        Assert.True(second.Replayed);
        await Targets.Calls.NextAsync();
        await SettleAsync();
        Assert.Single(Events.OfType<RunRequested>());
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_trigger_while_a_run_is_active_is_refused()
    {
        await CreateAsync(OneOff(Start));
        await Targets.Calls.NextAsync();

        Assert.IsType<JobConflict>(await AskAsync(new TriggerJob(Job, Reason: null)));
        Assert.Empty(Events.OfType<RunRequested>());
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_job_that_ends_before_its_time_never_fires(bool deletes)
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        Assert.IsType<JobAccepted>(await AskAsync(End(deletes)));
        await EntityAsync(EntityStage.Stopped);

        AdvanceTo(Due);
        Wake();
        await EntityAsync(EntityStage.Stopped, count: 2);
        Assert.Empty(Targets.Calls.Items);
        Assert.Empty(Events.OfType<AttemptStarted>());
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_end_of_a_job_stops_what_runs_and_whatever_comes_of_it_changes_nothing(bool deletes)
    {
        Targets.HeedCancellation = false;
        await CreateAsync(OneOff(Start));
        var call = await Targets.Calls.NextAsync();

        var ended = Assert.IsType<JobAccepted>(await AskAsync(End(deletes)));
        await call.Cancelled;
        await StoredAsync<RunCancelled>();
        Assert.Empty(ended.State.Active);
        var before = Events.Count;

        call.Succeed();
        await EntityAsync(EntityStage.Stopped);
        Assert.Equal(before, Events.Count);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_end_of_a_job_whose_attempt_is_stored_but_not_due_keeps_the_target_from_being_called(bool deletes)
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        AdvanceTo(Due - Timing.Lead);
        var last = await WorkerWaitsForAsync(Due);
        Watch(last.Target);
        await AskAsync(End(deletes));
        await ExpectTerminatedAsync(last.Target, Patience.Limit);

        AdvanceTo(Due);
        await SettleAsync();
        Assert.Empty(Targets.Calls.Items);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_end_of_a_job_that_waits_for_its_retry_ends_the_run(bool deletes)
    {
        await CreateAsync(OneOff(Start));
        (await Targets.Calls.NextAsync()).Fail("no");
        var failed = await StoredAsync<AttemptFailed>();
        await WaitsForAsync(failed.RetryAt!.Value);
        await AskAsync(End(deletes));
        await StoredAsync<RunCancelled>();
        await EntityAsync(EntityStage.Stopped);

        AdvanceTo(failed.RetryAt.Value.AddMinutes(1));
        Wake();
        await EntityAsync(EntityStage.Stopped, count: 2);
        Assert.Single(Targets.Calls.Items);
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task The_end_of_a_job_that_waits_for_a_permit_starts_nothing_and_lets_the_next_one_have_it(bool deletes)
    {
        Execution = Execution with { MaxConcurrentRuns = 1 };
        var before = JobId.Parse("before");
        var after = JobId.Parse("after");
        await AskAsync(new CreateJob(before, OneOff(Start), BodyHash: null));
        var first = await Targets.Calls.NextAsync();
        await CreateAsync(OneOff(Start));
        await SettleAsync();
        await AskAsync(new CreateJob(after, OneOff(Start), BodyHash: null));

        Assert.IsType<JobAccepted>(await AskAsync(End(deletes)));
        Assert.Equal(SkipReason(deletes), (await StoredAsync<OccurrencesSkipped>()).Why);
        first.Succeed();

        Assert.Equal(after, (await Targets.Calls.NextAsync()).Attempt.JobId);
        Assert.Empty(Events.OfType<AttemptStarted>());
    }

    [Fact]
    public async Task What_is_cancelled_already_is_so_and_nothing_is_stored()
    {
        await CreateAsync(OneOff(Due));
        await AskAsync(new CancelJob(Job, Reason: "no longer needed"));
        var before = Events.Count;

        Assert.True(Assert.IsType<JobAccepted>(await AskAsync(new CancelJob(Job, Reason: null))).Replayed);
        Assert.IsType<JobConflict>(await AskAsync(new TriggerJob(Job, Reason: null)));
        Assert.Equal(before, Events.Count);
    }

    [Fact]
    public async Task A_deleted_job_is_gone_for_whoever_repeats_its_creation_and_unknown_to_others()
    {
        await CreateAsync(OneOff(Due));
        await AskAsync(new DeleteJob(Job, Reason: null));

        Assert.IsType<JobGone>(await AskAsync(new CreateJob(Job, OneOff(Due), BodyHash: null)));
        Assert.IsType<JobNotFound>(await AskAsync(new TriggerJob(Job, Reason: null)));
        Assert.True(Assert.IsType<JobAccepted>(await AskAsync(new DeleteJob(Job, Reason: null))).Replayed);
    }

    private JobCommand End(bool deletes) => deletes ? new DeleteJob(Job, Reason: null) : new CancelJob(Job, Reason: null);

    private static SkipReason SkipReason(bool deletes) => deletes ? Actors.Domain.Jobs.SkipReason.Deleted : Actors.Domain.Jobs.SkipReason.Cancelled;
}
