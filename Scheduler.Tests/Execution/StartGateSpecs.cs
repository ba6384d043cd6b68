using Scheduler.Actors.Execution;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution;

/// <summary>The gate that every start on a node passes.</summary>
public sealed class StartGateSpecs : RunsSpec
{
    [Fact]
    public void It_is_open_until_somebody_closes_it_and_again_when_the_last_reason_is_gone()
    {
        Assert.True(Gate.IsOpen);
        Gate.Close(StartStop.Clock, "it is 6 s ahead");
        Clock.Advance(TimeSpan.FromSeconds(1));
        Gate.Close(StartStop.Clock, "it is 7 s ahead");
        Assert.Equal([new StopReason(StartStop.Clock, "it is 7 s ahead", Start)], Gate.Reasons);
        Gate.Lift(StartStop.Clock);
        Gate.Lift(StartStop.Clock);
        Assert.True(Gate.IsOpen);

        Gate.Close(StartStop.Clock, "it is 6 s behind");
        Gate.Close(StartStop.Draining, "it stops");
        Gate.Lift(StartStop.Clock);
        Assert.False(Gate.IsOpen);
        Assert.Throws<ArgumentException>(() => Gate.Lift(StartStop.Draining));
    }

    [Fact]
    public void Who_watches_is_told_of_each_change_and_not_of_another_reason()
    {
        var told = new List<bool>();
        var watch = Gate.Watch(() => told.Add(Gate.IsOpen));
        Gate.Close(StartStop.Clock, "one");
        Gate.Close(StartStop.Draining, "another");
        Gate.Lift(StartStop.Clock);
        Assert.Equal([false], told);
        watch.Dispose();

        var other = new StartGate(Clock);
        using var watching = other.Watch(() => told.Add(other.IsOpen));
        other.Close(StartStop.Clock, "one");
        other.Lift(StartStop.Clock);
        Assert.Equal([false, false, true], told);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nobody_gets_a_permit_while_it_is_closed_and_all_who_waited_when_it_opens(bool replaces)
    {
        Options = Options with { MaxConcurrentRuns = 2 };
        var first = NewJob();
        Ask(first, replaces);
        await GrantedAsync(first);

        Gate.Close(StartStop.Clock, "it is off");
        var waiting = NewJob();
        Ask(waiting, replaces);
        var gone = NewJob();
        Ask(gone, replaces);
        GiveBack(gone);
        await NothingForAsync(waiting);

        Gate.Lift(StartStop.Clock);
        await GrantedAsync(waiting);
        await NothingForAsync(gone);
    }

    [Fact]
    public async Task Who_replaces_an_attempt_is_granted_beyond_the_limit_and_the_count_is_made_good()
    {
        var running = await RunAsync(AttemptOf("job"));
        var replacing = NewJob();
        Ask(replacing, replaces: true);
        await GrantedAsync(replacing);
        var next = NewJob();
        Ask(next);

        GiveBack(replacing);
        await NothingForAsync(next);
        running.Succeed();
        Acknowledge(await ReportedAsync());
        await GrantedAsync(next);
    }

    [Fact]
    public async Task An_attempt_that_waits_for_its_due_time_is_handed_back_when_it_closes()
    {
        var attempt = AttemptOf("job", Start.AddMilliseconds(80));
        var job = NewJob();
        Ask(job, attempt);
        await GrantedAsync(job);
        Runs.Tell(new StartAttempt(1, attempt), job);
        var timer = await Timers.Armed.FirstAsync(t => t.IsPrecise);

        Gate.Close(StartStop.Draining, "it stops");
        await HandedBackAsync(attempt);
        Watch(timer.Target);
        await ExpectTerminatedAsync(timer.Target, Patience.Limit);
        Clock.Advance(TimeSpan.FromSeconds(1));
        await NothingForAsync(job);
        Assert.Empty(Targets.Calls.Items);
    }

    [Fact]
    public async Task An_attempt_that_was_handed_back_says_so_until_its_job_has_heard_of_it_and_never_begins_after_that()
    {
        Gate.Close(StartStop.Clock, "it is off");
        var attempt = AttemptOf("job");
        Runs.Tell(new StartAttempt(1, attempt), NewJob());
        await Region.ExpectMsgAsync<AttemptAnswer>(Patience.Limit);
        await Timers.Armed.AtLeastAsync(1);

        Gate.Lift(StartStop.Clock);
        Clock.Advance(Options.ReportInterval);
        await HandedBackAsync(attempt);
        Assert.Empty(Targets.Calls.Items);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_attempt_that_waits_for_the_end_of_the_one_that_it_replaces_is_handed_back_before_that(bool isClosedAlready)
    {
        Options = Options with { MaxConcurrentRuns = 2 };
        Targets.HeedCancellation = false;
        var replaced = (await RunAsync(AttemptOf("before"))).Attempt;
        if (isClosedAlready)
            Gate.Close(StartStop.Draining, "it stops");

        var attempt = AttemptOf("job");
        Runs.Tell(new StartAttempt(1, attempt) { Replaces = [new ReplacedAttempt(replaced.RunId, replaced.Number, IsHere: true)] }, NewJob());
        await SeenAsync();
        Gate.Close(StartStop.Draining, "it stops");

        await HandedBackAsync(attempt);
        Assert.True(await IsHereAsync(replaced));
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task What_runs_goes_on_while_it_is_closed()
    {
        var call = await RunAsync(AttemptOf("job"));
        Gate.Close(StartStop.Clock, "it is off");
        call.Succeed();

        Assert.IsType<Actors.Domain.Jobs.AttemptSucceeded>((await ReportedAsync()).Outcome);
    }

    private void Ask(Akka.TestKit.TestProbe job, bool replaces) =>
        Runs.Tell(new RequestPermit(1, Actors.Execution.Limits.RunClaim.Of(AttemptOf("any").Definition, Start) with { Replaces = replaces }), job);
}
