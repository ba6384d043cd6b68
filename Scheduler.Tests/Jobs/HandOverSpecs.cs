using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class HandOverSpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddSeconds(30);

    [Fact]
    public async Task A_job_that_moves_while_its_attempt_runs_adopts_it()
    {
        var call = await RunningAsync(OneOff(Start));
        await MoveAsync();
        Wake();
        await SettleAsync();
        Assert.Equal(4, Events.Count);

        call.Succeed();
        await StoredAsync<JobCompleted>();
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_job_that_waits_for_its_time_is_woken_where_it_is_next()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        await MoveAsync();
        await Timers.Armed.AtLeastAsync(2, t => t.At == Due - Timing.Lead);

        AdvanceTo(Due);
        await Targets.Calls.NextAsync();
        Assert.Equal(Host.Name, (await StoredAsync<AttemptStarted>()).Node);
    }

    [Fact]
    public async Task A_job_that_sleeps_is_left_asleep_by_its_move()
    {
        await CreateAsync(OneOff(Start));
        await Targets.Calls.NextAsync();
        await MoveAsync();
        await SettleAsync();

        Assert.False(IsAwake());
    }

    [Fact]
    public async Task An_outcome_wakes_the_job_wherever_it_is_by_then()
    {
        var call = await RunningAsync(OneOff(Start));
        await MoveAsync();
        call.Succeed();

        await StoredAsync<JobCompleted>();
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_job_that_moved_cancels_the_attempt_where_it_runs()
    {
        var call = await RunningAsync(OneOff(Start));
        await MoveAsync();
        Assert.IsType<JobAccepted>(await AskAsync(new CancelJob(Job, Reason: null)));

        await call.Cancelled;
    }

    [Fact]
    public async Task An_attempt_whose_node_is_gone_is_lost_and_retried_after_the_delay()
    {
        await RunningAsync(OneOff(Start));
        var gone = await MoveAsync();
        Members.Leave(gone.Name);
        Clock.Advance(TimeSpan.FromSeconds(3));
        Wake();

        var lost = await StoredAsync<AttemptLost>();
        var retryAt = Now.AddSeconds(10);
        Assert.Equal((1, AttemptLoss.Unknown, retryAt), (lost.Number, lost.Loss, lost.RetryAt));
        await WaitsForAsync(retryAt);
        AdvanceTo(retryAt.AddMilliseconds(-1));
        await WorkerWaitsForAsync(retryAt);
        Assert.Single(Targets.Calls.Items);

        AdvanceTo(retryAt);
        var second = await Targets.Calls.NextAsync();
        Assert.Equal(2, second.Attempt.Number);
        Assert.Equal(Host.Name, (await StoredAsync<AttemptStarted>(e => e.Number == 2)).Node);
    }

    [Fact]
    public async Task An_attempt_that_ran_by_a_clock_that_is_set_back_since_is_lost_and_not_taken_to_have_never_begun()
    {
        Clock.Advance(TimeSpan.FromHours(3));
        await RunningAsync(OneOff(Now));
        var gone = await MoveAsync();
        Members.Leave(gone.Name);
        Clock.AdjustTime(Now - TimeSpan.FromHours(3));
        Wake();

        var lost = await StoredAsync<AttemptLost>();
        Assert.Equal((AttemptLoss.Unknown, Now.AddSeconds(10)), (lost.Loss, lost.RetryAt));
    }

    [Fact]
    public async Task A_lost_attempt_uses_up_one_of_the_runs_attempts()
    {
        var definition = OneOff(Start);
        await RunningAsync(definition with { Retry = definition.Retry with { MaxAttempts = 1 } });
        var gone = await MoveAsync();
        Members.Leave(gone.Name);
        Wake();

        await StoredAsync<RunDiscarded>();
        Assert.Equal(
            [typeof(AttemptLost), typeof(RunDiscarded), typeof(JobCompleted)], Journal.Stored.Items[^1].Events.Select(e => e.GetType()));
    }

    [Fact]
    public async Task A_restart_of_the_node_on_the_same_address_is_another_node()
    {
        await RunningAsync(OneOff(Start));
        var gone = await MoveAsync();
        Members.Leave(gone.Name);
        Members.Join(gone.Name with { Uid = gone.Name.Uid + 1 }, gone.Runs);
        Wake();

        Assert.Equal(AttemptLoss.Unknown, (await StoredAsync<AttemptLost>()).Loss);
    }

    [Fact]
    public async Task An_attempt_that_was_not_due_when_its_node_died_never_began_and_is_made_good_at_its_time()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        AdvanceTo(Due - Timing.Lead);
        await WorkerWaitsForAsync(Due);
        var gone = await MoveAsync();
        Members.Leave(gone.Name);
        Watch(gone.Runs);
        Sys.Stop(gone.Runs);
        await ExpectTerminatedAsync(gone.Runs, Patience.Limit);
        Wake();

        var lost = await StoredAsync<AttemptLost>();
        Assert.Equal((AttemptLoss.NotBegun, Due), (lost.Loss, lost.RetryAt));
        AdvanceTo(Due);
        var call = await Targets.Calls.NextAsync();
        Assert.Equal(2, call.Attempt.Number);
        Assert.Equal(RunId.Scheduled(Job, 1, Due), call.Attempt.RunId);
    }

    [Fact]
    public async Task An_attempt_that_its_node_knows_nothing_of_never_began_and_is_retried_at_once_and_for_nothing()
    {
        var definition = OneOff(Start);
        await RunningAsync(definition with { Retry = definition.Retry with { MaxAttempts = 1 } });
        var old = await MoveAsync();
        Members.Join(old.Name, StartNode().Runs);
        Wake();

        var second = await Targets.Calls.NextAsync();
        Assert.Equal(2, second.Attempt.Number);
        var lost = await StoredAsync<AttemptLost>();
        Assert.Equal((AttemptLoss.NotBegun, Now), (lost.Loss, lost.RetryAt));
        second.Fail("no");
        await StoredAsync<RunDiscarded>();
    }

    [Fact]
    public async Task Nothing_is_decided_over_a_member_that_is_silent_and_it_is_asked_again_at_each_wake()
    {
        var call = await RunningAsync(OneOff(Start));
        var old = await MoveAsync();
        var silent = CreateTestProbe();
        Members.Join(old.Name, silent);
        Wake();
        await silent.ExpectMsgAsync<AskAttempt>(Patience.Limit);
        await silent.ExpectMsgAsync<AskAttempt>(Patience.Limit);
        Clock.Advance(TimeSpan.FromMinutes(4));
        Wake();
        await silent.ExpectMsgAsync<AskAttempt>(Patience.Limit);
        await SettleAsync();
        Assert.Equal(4, Events.Count);

        call.Succeed();
        await StoredAsync<JobCompleted>();
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_report_that_comes_twice_is_acknowledged_and_ignored()
    {
        var call = await RunningAsync(OneOff(Start));
        call.Succeed();
        await StoredAsync<JobCompleted>();
        var before = Events.Count;

        var acknowledged = await AskAsync(Report(call, number: 1));
        Assert.Equal(new ReportAcknowledged(Job, call.Attempt.RunId, 1), acknowledged);
        Assert.Equal(before, Events.Count);
    }

    [Fact]
    public async Task A_report_of_an_attempt_that_was_given_up_is_acknowledged_and_ignored()
    {
        var first = await RunningAsync(OneOff(Start));
        var gone = await MoveAsync();
        Members.Leave(gone.Name);
        Wake();
        var retryAt = (await StoredAsync<AttemptLost>()).RetryAt!.Value;
        Assert.Equal(new ReportAcknowledged(Job, first.Attempt.RunId, 1), await AskAsync(Report(first, number: 1)));
        await WaitsForAsync(retryAt);
        AdvanceTo(retryAt);
        var second = await Targets.Calls.NextAsync();

        Assert.Equal(new ReportAcknowledged(Job, first.Attempt.RunId, 1), await AskAsync(Report(first, number: 1)));
        Assert.Empty(Events.OfType<RunCompleted>());
        second.Succeed();
        Assert.Equal(2, (await StoredAsync<RunCompleted>()).Number);
    }

    [Fact]
    public async Task A_report_for_a_job_that_never_was_is_acknowledged()
    {
        var stray = RunId.Scheduled(Job, 1, Start);
        var report = new ReportAttempt(Job, stray, 1, new AttemptSucceeded(Output: null, AttemptTiming.Unknown));

        Assert.Equal(new ReportAcknowledged(Job, stray, 1), await AskAsync(report));
        Assert.Empty(Journal.Begun.Items);
    }

    [Fact]
    public async Task An_answer_that_comes_after_the_outcome_changes_nothing()
    {
        var call = await RunningAsync(OneOff(Start));
        call.Fail("no");
        await StoredAsync<AttemptFailed>();
        var before = Events.Count;

        Jobs.Tell(new Scheduler.Actors.Messages.AttemptAnswer(Job, call.Attempt.RunId, 1, IsHere: false), ActorRefs.NoSender);
        await SettleAsync();
        Assert.Equal(before, Events.Count);
    }

    private static ReportAttempt Report(TargetCall call, int number) =>
        new(call.Attempt.JobId, call.Attempt.RunId, number, new AttemptSucceeded(Output: null, AttemptTiming.Unknown));

    private async Task<TargetCall> RunningAsync(JobDefinition definition)
    {
        await CreateAsync(definition);
        return await Targets.Calls.NextAsync();
    }

    /// <summary>Stops the job; its next incarnation is made on another node. The node that it was on.</summary>
    private async Task<TestNode> MoveAsync()
    {
        var before = Host;
        Host = StartNode();
        await HandOverAsync();
        return before;
    }
}
