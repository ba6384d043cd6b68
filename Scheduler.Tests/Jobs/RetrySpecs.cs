using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class RetrySpecs : JobSpec
{
    [Fact]
    public async Task A_failed_attempt_is_tried_again_after_the_delay_and_not_before()
    {
        await CreateAsync(OneOff(Start));
        Clock.Advance(TimeSpan.FromSeconds(1));
        (await Targets.Calls.NextAsync()).Fail("no route to host");
        var failed = await StoredAsync<AttemptFailed>();
        var retryAt = Now.AddSeconds(10);
        Assert.Equal(retryAt, failed.RetryAt);
        Assert.Equal("no route to host", failed.Error);
        await WaitsForAsync(retryAt);

        AdvanceTo(retryAt - Timing.Lead);
        await WorkerWaitsForAsync(retryAt);
        AdvanceTo(retryAt.AddMilliseconds(-1));
        await SettleAsync();
        Assert.Single(Targets.Calls.Items);

        AdvanceTo(retryAt);
        var second = await Targets.Calls.NextAsync();
        Assert.Equal(2, second.Attempt.Number);
        Assert.Equal(RunId.Scheduled(Job, 1, Start), second.Attempt.RunId);
    }

    [Fact]
    public async Task A_run_whose_attempts_are_exhausted_is_discarded_in_the_write_of_the_last_failure()
    {
        await CreateAsync(OneOff(Start));
        for (var attempt = 1; attempt <= 4; attempt++)
        {
            (await Targets.Calls.NextAsync()).Fail("no");
            var failed = await StoredAsync<AttemptFailed>(e => e.Number == attempt);
            if (failed.RetryAt is not { } retryAt)
                continue;
            await WaitsForAsync(retryAt);
            AdvanceTo(retryAt);
        }

        var last = Journal.Stored.Items[^1];
        Assert.Equal([typeof(AttemptFailed), typeof(RunDiscarded), typeof(JobCompleted)], last.Events.Select(e => e.GetType()));
        Assert.Equal(JobStatus.Failed, JobState.Empty(Job).Apply(Events).Status);
        await EntityAsync(EntityStage.Stopped);
        Assert.Equal(4, Targets.Calls.Items.Count);
    }

    [Fact]
    public async Task A_run_that_must_not_be_retried_is_discarded_at_once()
    {
        await CreateAsync(OneOff(Start));
        (await Targets.Calls.NextAsync()).Fail(new NonRetryableException("No such customer."));

        await StoredAsync<RunDiscarded>();
        Assert.Null((await StoredAsync<AttemptFailed>()).RetryAt);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_cancelled_and_tried_again()
    {
        await CreateAsync(OneOff(Start) with { Timeout = TimeSpan.FromSeconds(30) });
        var call = await Targets.Calls.NextAsync();

        Clock.Advance(TimeSpan.FromSeconds(30) - TimeSpan.FromMilliseconds(1));
        Assert.False(call.Token.IsCancellationRequested);
        Clock.Advance(TimeSpan.FromMilliseconds(1));
        await call.Cancelled;

        var failed = await StoredAsync<AttemptFailed>();
        Assert.Equal(FailureKind.TimedOut, failed.Kind);
        Assert.Equal(Now.AddSeconds(10), failed.RetryAt);
    }

    [Fact]
    public async Task A_job_that_waits_for_its_retry_survives_a_stop()
    {
        await CreateAsync(OneOff(Start));
        (await Targets.Calls.NextAsync()).Fail("no");
        await StoredAsync<AttemptFailed>();
        await HandOverAsync();

        AdvanceTo(Start.AddMinutes(1));
        Wake();

        Assert.Equal(2, (await Targets.Calls.NextAsync()).Attempt.Number);
    }
}
