using Akka.TestKit;
using Scheduler.Actors.Domain.Auditing;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>What a node that dies in the middle of a run costs: that attempt, and no fire time after it. Fire times every twenty seconds.</summary>
public sealed class CrashedRunSpecs : JobSpec
{
    private static readonly DateTimeOffset First = Start.AddSeconds(20);

    /// <summary>The latest fire time that passes while nobody is there.</summary>
    private static readonly DateTimeOffset Kept = Start.AddSeconds(60);

    private static readonly DateTimeOffset Back = Start.AddSeconds(75);

    [Theory]
    [InlineData(OverlapPolicy.Skip, 1)]
    [InlineData(OverlapPolicy.Skip, 2)]
    [InlineData(OverlapPolicy.BufferOne, 1)]
    [InlineData(OverlapPolicy.BufferOne, 2)]
    [InlineData(OverlapPolicy.Allow, 1)]
    [InlineData(OverlapPolicy.Allow, 2)]
    [InlineData(OverlapPolicy.CancelRunning, 1)]
    [InlineData(OverlapPolicy.CancelRunning, 2)]
    public async Task The_fire_time_that_is_kept_runs_after_a_crash(OverlapPolicy overlap, int attempts)
    {
        await RunningAsync(overlap, attempts);
        Members.Leave((await MoveAsync()).Name);
        AdvanceTo(Back);
        Wake();

        if (attempts > 1 && overlap is OverlapPolicy.Skip or OverlapPolicy.BufferOne)
        {
            var retryAt = (await StoredAsync<AttemptLost>()).RetryAt!.Value;
            await Timers.Armed.FirstAsync(t => !t.IsPrecise && t.At > Back && t.At < retryAt);
            AdvanceTo(retryAt);
            var retried = await Targets.Calls.NextAsync();
            Assert.Equal((RunId.Scheduled(Job, 1, First), 2), (retried.Attempt.RunId, retried.Attempt.Number));
            retried.Succeed();
        }

        Assert.Equal(RunId.Scheduled(Job, 1, Kept), (await Targets.Calls.NextAsync()).Attempt.RunId);
        Assert.Single(Events.OfType<AttemptLost>());
        AssertAccountedFor();
    }

    [Fact]
    public async Task A_trigger_that_is_the_first_to_come_after_a_crash_does_not_meet_the_dead_run()
    {
        await RunningAsync(OverlapPolicy.Skip, attempts: 1);
        Members.Leave((await MoveAsync()).Name);

        Assert.IsType<RunAccepted>(await AskAsync(new TriggerJob(Job, Reason: null)));
    }

    [Fact]
    public async Task The_node_of_a_run_may_die_while_its_job_is_awake_on_another_one()
    {
        await RunningAsync(OverlapPolicy.Skip, attempts: 1);
        var old = await MoveAsync();
        Wake();
        await Timers.Armed.AtLeastAsync(2, t => t.At == First.AddSeconds(20) - Timing.Lead);
        Members.Leave(old.Name);
        AdvanceTo(First.AddSeconds(20));

        Assert.Equal(RunId.Scheduled(Job, 1, First.AddSeconds(20)), (await Targets.Calls.NextAsync()).Attempt.RunId);
        Assert.Single(Events.OfType<AttemptLost>());
    }

    [Theory]
    [InlineData(OverlapPolicy.Skip)]
    [InlineData(OverlapPolicy.BufferOne)]
    [InlineData(OverlapPolicy.CancelRunning)]
    public async Task While_a_node_is_asked_after_a_run_nothing_is_judged_by_it(OverlapPolicy overlap)
    {
        var (silent, before) = await AskedAsync(overlap);

        Assert.Equal(before, Events.Count);

        Answer(silent, isHere: true);
        switch (overlap)
        {
            case OverlapPolicy.Skip:
                await StoredAsync<OccurrencesSkipped>(e => e.Why is SkipReason.Overlap && e.From == Kept);
                break;
            case OverlapPolicy.BufferOne:
                await StoredAsync<JobScheduled>(e => e.Buffered == Kept);
                break;
            default:
                await StoredAsync<AttemptStarted>(e => e.FireTime == Kept);
                break;
        }

        Assert.Empty(Events.OfType<AttemptLost>());
    }

    [Fact]
    public async Task A_run_that_its_node_knows_nothing_of_is_no_overlap()
    {
        var (silent, _) = await AskedAsync(OverlapPolicy.Skip);
        Answer(silent, isHere: false);

        var again = await Targets.Calls.NextAsync();
        Assert.Equal((RunId.Scheduled(Job, 1, First), 2), (again.Attempt.RunId, again.Attempt.Number));
        again.Succeed();
        Assert.Equal(RunId.Scheduled(Job, 1, Kept), (await Targets.Calls.NextAsync()).Attempt.RunId);
        AssertAccountedFor();
    }

    [Fact]
    public async Task A_node_that_stays_silent_stops_no_schedule_for_ever()
    {
        await AskedAsync(OverlapPolicy.Skip);
        await Timers.Armed.FirstAsync(t => t.At == Back + AttemptFates.LimitForFireTimes);
        AdvanceTo(Back + AttemptFates.LimitForFireTimes);

        await StoredAsync<OccurrencesSkipped>(e => e.Why is SkipReason.Overlap);
        Assert.Empty(Events.OfType<AttemptLost>());
        AssertAccountedFor();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_trigger_waits_for_the_answer_but_not_for_long(bool isAnswered)
    {
        await RunningAsync(OverlapPolicy.Skip, attempts: 1);
        var silent = Silence(await MoveAsync());
        AdvanceTo(First.AddSeconds(2));
        var client = CreateTestProbe();
        Jobs.Tell(new TriggerJob(Job, Reason: null), client);
        await silent.ExpectMsgAsync<AskAttempt>(Patience.Limit);
        await SettleAsync();
        Assert.False(client.HasMessages);

        if (isAnswered)
            Answer(silent, isHere: true);
        else
            AdvanceTo(Now + AttemptFates.LimitForCommands);

        await client.ExpectMsgAsync<JobConflict>(Patience.Limit);
    }

    /// <summary>A job whose run was going on when its node fell silent, which is asked after it now that later fire times have passed.</summary>
    private async Task<(TestProbe Silent, int Facts)> AskedAsync(OverlapPolicy overlap)
    {
        await RunningAsync(overlap, attempts: 1);
        var silent = Silence(await MoveAsync());
        var before = Events.Count;
        AdvanceTo(Back);
        Wake();
        await silent.ExpectMsgAsync<AskAttempt>(Patience.Limit);
        await SettleAsync();
        return (silent, before);
    }

    private TestProbe Silence(TestNode node)
    {
        var silent = CreateTestProbe();
        Members.Join(node.Name, silent);
        return silent;
    }

    private void Answer(TestProbe node, bool isHere) =>
        Jobs.Tell(new AttemptAnswer(Job, RunId.Scheduled(Job, 1, First), 1, isHere), node);

    private async Task RunningAsync(OverlapPolicy overlap, int attempts)
    {
        await CreateAsync(new JobDefinition
        {
            Name = "every twenty seconds",
            Schedule = new IntervalSchedule(TimeSpan.FromSeconds(20)),
            Overlap = overlap,
            Misfire = new MisfirePolicy(MisfireKind.FireOnce),
            Retry = new RetryPolicy(attempts, TimeSpan.FromSeconds(10)),
        });
        await WaitsForAsync(First);
        AdvanceTo(First);
        await Targets.Calls.NextAsync();
    }

    private async Task<TestNode> MoveAsync()
    {
        var before = Host;
        Host = StartNode();
        await HandOverAsync();
        return before;
    }

    private void AssertAccountedFor()
    {
        var audit = new JobAudit(Job);
        foreach (var fact in Events)
            audit.Read(fact);
        Assert.Empty(audit.Conclude(Now).Gaps);
    }
}
