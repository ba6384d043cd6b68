using System.Diagnostics.CodeAnalysis;
using Akka.Actor;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution;

public sealed class RunWorkerSpecs : RunsSpec
{
    [Fact]
    public async Task A_success_is_reported_with_its_output_and_how_it_went_in_time()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(3));
        var call = await RunAsync(AttemptOf("job", Start));
        Clock.Advance(TimeSpan.FromSeconds(2));
        call.Succeed(new JsonText("""{"rows":3}"""));

        var report = await ReportedAsync();
        Assert.Equal(
            new AttemptSucceeded(new JsonText("""{"rows":3}"""), new AttemptTiming(
                Start.AddMilliseconds(3), TimeSpan.FromMilliseconds(3), TimeSpan.FromSeconds(2))),
            report.Outcome);
    }

    [Fact]
    public async Task A_report_is_repeated_until_it_is_acknowledged()
    {
        (await RunAsync(AttemptOf("job"))).Succeed();
        var first = await ReportedAsync();
        for (var i = 0; i < 3; i++)
        {
            await Timers.Armed.AtLeastAsync(i + 1);
            Clock.Advance(Options.ReportInterval);
            Assert.Equal(first, await ReportedAsync());
        }

        var worker = Watch(await WorkerAsync());
        Acknowledge(first);
        await ExpectTerminatedAsync(worker, Patience.Limit);
        Clock.Advance(Options.ReportInterval);
        await Region.Ref.Ask<ActorIdentity>(new Identify(messageId: null), Patience.Limit);
        Assert.False(Region.HasMessages);
    }

    [Fact]
    public async Task An_attempt_that_fails_is_reported_with_its_error()
    {
        (await RunAsync(AttemptOf("job"))).Fail("no route to host");

        var failure = await FailureAsync();
        Assert.Equal((FailureKind.Failed, "no route to host", true), (failure.Kind, failure.Error, failure.Retryable));
    }

    [Fact]
    public async Task A_target_that_throws_before_it_returns_a_task_has_failed()
    {
        Targets.Script = _ => throw new InvalidOperationException("at once");
        var job = NewJob();
        Ask(job);
        await GrantedAsync(job);
        Runs.Tell(new StartAttempt(1, AttemptOf("job")), job);

        Assert.Equal("at once", (await FailureAsync()).Error);
    }

    [Fact]
    public async Task A_handler_may_say_that_its_run_must_not_be_retried()
    {
        (await RunAsync(AttemptOf("job"))).Fail(new NonRetryableException("No such customer."));

        var failure = await FailureAsync();
        Assert.Equal(("No such customer.", false), (failure.Error, failure.Retryable));
    }

    [Theory]
    [InlineData(90_000, 90_000)]
    [InlineData(0.5, 1)]
    [InlineData(24 * 3600 * 1000, 24 * 3600 * 1000)]
    [InlineData(1e12, 24 * 3600 * 1000)]
    [InlineData(0, null)]
    [InlineData(-1, null)]
    public async Task A_target_may_say_when_to_come_again_up_to_a_day(double milliseconds, int? heeded)
    {
        (await RunAsync(AttemptOf("job"))).Fail(new RetryLaterException(TimeSpan.FromMilliseconds(milliseconds), "Too many mails."));

        var failure = await FailureAsync();
        Assert.Equal((FailureKind.Failed, "Too many mails.", true), (failure.Kind, failure.Error, failure.Retryable));
        Assert.Equal(heeded is { } ms ? TimeSpan.FromMilliseconds(ms) : null, failure.RetryAfter);
    }

    [Theory]
    [InlineData(AttemptExecution.MaxErrorLength, AttemptExecution.MaxErrorLength)]
    [InlineData(AttemptExecution.MaxErrorLength + 1, AttemptExecution.MaxErrorLength)]
    [InlineData(1_000_000, AttemptExecution.MaxErrorLength)]
    public async Task Errors_are_kept_up_to_a_length(int length, int kept)
    {
        (await RunAsync(AttemptOf("job"))).Fail(new string('e', length));

        Assert.Equal(new string('e', kept), (await FailureAsync()).Error);
    }

    [Fact]
    public async Task A_long_error_is_not_cut_in_the_middle_of_a_character()
    {
        (await RunAsync(AttemptOf("job"))).Fail(new string('e', AttemptExecution.MaxErrorLength - 1) + "😀");

        Assert.Equal(new string('e', AttemptExecution.MaxErrorLength - 1), (await FailureAsync()).Error);
    }

    [Fact]
    public async Task An_error_without_a_message_is_named_after_its_type()
    {
        (await RunAsync(AttemptOf("job"))).Fail(new InvalidOperationException(""));

        Assert.Equal(nameof(InvalidOperationException), (await FailureAsync()).Error);
    }

    [Fact]
    public async Task The_largest_output_is_kept()
    {
        var output = new JsonText($"\"{new string('o', AttemptExecution.MaxOutputLength - 2)}\"");
        (await RunAsync(AttemptOf("job"))).Succeed(output);

        Assert.Equal(output, Assert.IsType<AttemptSucceeded>((await ReportedAsync()).Outcome).Output);
    }

    [Fact]
    public async Task An_output_that_is_too_large_fails_the_run_for_good()
    {
        (await RunAsync(AttemptOf("job"))).Succeed(new JsonText($"\"{new string('o', AttemptExecution.MaxOutputLength - 1)}\""));

        var failure = await FailureAsync();
        Assert.False(failure.Retryable);
        Assert.Contains((AttemptExecution.MaxOutputLength + 1).ToString(System.Globalization.CultureInfo.InvariantCulture), failure.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_heeds_its_time_out_has_timed_out()
    {
        var call = await RunAsync(AttemptOf("job", timeout: TimeSpan.FromSeconds(30)));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await call.Cancelled;

        var failure = await FailureAsync();
        Assert.Equal((FailureKind.TimedOut, true), (failure.Kind, failure.Retryable));
        Assert.DoesNotContain("abandoned", failure.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_ignores_its_cancellation_is_abandoned_after_the_grace_time()
    {
        Targets.HeedCancellation = false;
        var call = await RunAsync(AttemptOf("job", timeout: TimeSpan.FromSeconds(30)));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await AbandonedAsync();

        call.Fail("too late");
    }

    [Fact]
    [SuppressMessage("Usage", "MA0045", Justification = "A handler that blocks its thread is what this is about.")]
    public async Task A_handler_that_blocks_its_thread_is_abandoned_after_the_grace_time()
    {
        using var entered = new SemaphoreSlim(0);
        using var unblock = new ManualResetEventSlim();
        Targets.Script = _ =>
        {
            entered.Release();
            unblock.Wait();
        };
        var job = NewJob();
        Ask(job);
        await GrantedAsync(job);
        Runs.Tell(new StartAttempt(1, AttemptOf("job", timeout: TimeSpan.FromSeconds(30))), job);
        Assert.True(await entered.WaitAsync(Patience.Limit));

        Clock.Advance(TimeSpan.FromSeconds(30));
        await AbandonedAsync();
        unblock.Set();
        await Targets.Calls.NextAsync();
    }

    [Fact]
    public async Task An_attempt_that_cannot_even_be_begun_has_failed_and_holds_no_permit_for_ever()
    {
        var job = NewJob();
        Ask(job);
        await GrantedAsync(job);
        Runs.Tell(new StartAttempt(1, AttemptOf("job", timeout: TimeSpan.FromDays(60))), job);

        Assert.True((await FailureAsync()).Retryable);
    }

    [Fact]
    public async Task A_cancelled_attempt_is_not_reported_and_its_permit_comes_back_when_the_target_has_ended()
    {
        Targets.HeedCancellation = false;
        var attempt = AttemptOf("job");
        var call = await RunAsync(attempt);
        var next = NewJob();
        Ask(next);
        Runs.Tell(new StopAttempt(attempt.JobId, attempt.RunId, 1), NewJob());
        await call.Cancelled;
        await NothingForAsync(next);
        Assert.True(await IsHereAsync(attempt));

        call.Succeed();
        await GrantedAsync(next);
        Assert.False(Region.HasMessages);
        Assert.Equal(0, AbandonedCount);
    }

    [Fact]
    public async Task A_cancelled_attempt_whose_target_does_not_end_gives_its_permit_back_after_the_grace_time()
    {
        Targets.HeedCancellation = false;
        var attempt = AttemptOf("job");
        var call = await RunAsync(attempt);
        var next = NewJob();
        Ask(next);
        Runs.Tell(new StopAttempt(attempt.JobId, attempt.RunId, 1), NewJob());
        await call.Cancelled;
        await Clock.Waits.FirstAsync(w => w == Options.CancellationGrace);

        Clock.Advance(Options.CancellationGrace);
        await GrantedAsync(next);
        Assert.False(Region.HasMessages);
        Assert.Equal(1, AbandonedCount);
        call.Succeed();
    }

    [Fact]
    public async Task A_cancelled_attempt_that_waits_for_its_acknowledgement_is_reported_no_more()
    {
        var attempt = AttemptOf("job");
        (await RunAsync(attempt)).Succeed();
        await ReportedAsync();
        var worker = Watch(await WorkerAsync());

        Runs.Tell(new StopAttempt(attempt.JobId, attempt.RunId, 1), NewJob());
        await ExpectTerminatedAsync(worker, Patience.Limit);
    }

    [Fact]
    public async Task What_a_target_does_about_its_time_out_is_its_own_affair()
    {
        Targets.Script = call => call.Token.Register(() => throw new InvalidOperationException("I will not be cancelled."));
        var call = await RunAsync(AttemptOf("job", timeout: TimeSpan.FromSeconds(30)));
        Clock.Advance(TimeSpan.FromSeconds(30));
        await call.Cancelled;

        Assert.Equal(FailureKind.TimedOut, (await FailureAsync()).Kind);
    }

    [Fact]
    public async Task A_target_that_refuses_to_be_cancelled_takes_no_worker_with_it()
    {
        Targets.Script = call => call.Token.Register(() => throw new InvalidOperationException("I will not be cancelled."));
        var attempt = AttemptOf("job");
        var call = await RunAsync(attempt);
        var next = NewJob();
        Ask(next);
        Runs.Tell(new StopAttempt(attempt.JobId, attempt.RunId, 1), NewJob());
        await call.Cancelled;

        await GrantedAsync(next);
        Assert.False(Region.HasMessages);
    }

    [Fact]
    public async Task An_attempt_waits_for_its_due_time_and_is_called_then_and_not_before()
    {
        var due = Start.AddMilliseconds(50);
        var job = NewJob();
        Ask(job);
        await GrantedAsync(job);
        Runs.Tell(new StartAttempt(1, AttemptOf("job", due)), job);
        var timer = await Timers.Armed.NextAsync();
        Assert.Equal((due, true), (timer.At, timer.IsPrecise));

        Clock.Advance(TimeSpan.FromMilliseconds(49));
        ClockTimers.Fire(timer);
        await timer.Target.Ask<ActorIdentity>(new Identify(messageId: null), Patience.Limit);
        Assert.Empty(Targets.Calls.Items);

        Clock.Advance(TimeSpan.FromMilliseconds(1));
        ClockTimers.Fire(timer);
        var call = await Targets.Calls.NextAsync();
        ClockTimers.Fire(timer);
        call.Succeed();
        await ReportedAsync();
        Assert.Single(Targets.Calls.Items);
    }

    /// <summary>Waits until the grace time runs, and lets it pass.</summary>
    private async Task AbandonedAsync()
    {
        await Clock.Waits.FirstAsync(w => w == Options.CancellationGrace);
        Assert.False(Region.HasMessages);
        Clock.Advance(Options.CancellationGrace);

        var failure = await FailureAsync();
        Assert.Equal((FailureKind.TimedOut, true), (failure.Kind, failure.Retryable));
        Assert.Contains("abandoned", failure.Error, StringComparison.Ordinal);
    }
}
