using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

public sealed class JournalFailureSpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddSeconds(30);

    private CreateJob Create => new(Job, OneOff(Due), BodyHash: null);

    [Fact]
    public async Task A_write_that_fails_though_it_is_stored_is_answered_as_unknown_and_the_job_fires_when_a_sweep_wakes_it()
    {
        Journal.Next(e => e is JobCreated, WriteFate.FailsStored);
        Assert.IsType<OutcomeUnknown>(await AskAsync(Create));
        await EntityAsync(EntityStage.Stopped);
        Assert.Empty(Views.Rows.Items);

        Wake();
        await WaitsForAsync(Due);
        AdvanceTo(Due);
        (await Targets.Calls.NextAsync()).Succeed();
        await StoredAsync<JobCompleted>();
    }

    [Fact]
    public async Task A_write_that_fails_unstored_is_answered_as_unknown_and_can_be_repeated()
    {
        Journal.Next(e => e is JobCreated, WriteFate.FailsUnstored);
        Assert.IsType<OutcomeUnknown>(await AskAsync(Create));
        await EntityAsync(EntityStage.Stopped);

        Assert.IsType<JobAccepted>(await AskAsync(Create));
        Assert.Equal(2, Events.Count);
    }

    [Fact]
    public async Task A_write_of_which_the_journal_says_that_nothing_is_stored_is_answered_as_refused_and_can_be_repeated()
    {
        IsNothingStored = static _ => true;
        Journal.Next(e => e is JobCreated, WriteFate.FailsUnstored);
        Assert.IsType<StoreRefused>(await AskAsync(Create));
        await EntityAsync(EntityStage.Stopped);

        Assert.IsType<JobAccepted>(await AskAsync(Create));
        Assert.Equal(2, Events.Count);
    }

    [Fact]
    public async Task A_write_that_is_refused_is_answered_so_and_the_job_stops()
    {
        Journal.Next(e => e is JobCreated, WriteFate.IsRejected);
        Assert.IsType<StoreRefused>(await AskAsync(Create));
        await EntityAsync(EntityStage.Stopped);
        Assert.Empty(Views.Rows.Items);

        Assert.Equal(2, Assert.IsType<JobAccepted>(await AskAsync(Create)).State.Version);
    }

    [Theory]
    [InlineData(WriteFate.FailsUnstored)]
    [InlineData(WriteFate.IsRejected)]
    public async Task An_attempt_that_could_not_be_stored_calls_nothing_and_starts_when_a_sweep_wakes_the_job(WriteFate fate)
    {
        Execution = Execution with { MaxConcurrentRuns = 1 };
        Journal.Next(e => e is AttemptStarted, fate);
        await CreateAsync(OneOff(Start));
        await EntityAsync(EntityStage.Stopped);
        await SettleAsync();
        Assert.Empty(Targets.Calls.Items);
        Assert.Equal(0, Host.Environment.Gauge.Awake);

        Wake();
        (await Targets.Calls.NextAsync()).Succeed();
        await StoredAsync<JobCompleted>();
        Assert.Equal(1, Assert.Single(Events.OfType<AttemptStarted>()).Number);
    }

    [Fact]
    public async Task An_attempt_whose_write_failed_though_it_is_stored_never_began_and_is_made_good_at_once_and_for_nothing()
    {
        Journal.Next(e => e is AttemptStarted, WriteFate.FailsStored);
        var definition = OneOff(Start);
        await CreateAsync(definition with { Retry = definition.Retry with { MaxAttempts = 1 } });
        await EntityAsync(EntityStage.Stopped);
        Assert.Empty(Targets.Calls.Items);

        Wake();
        var call = await Targets.Calls.NextAsync();
        Assert.Equal(2, call.Attempt.Number);
        var lost = await StoredAsync<AttemptLost>();
        Assert.Equal((1, AttemptLoss.NotBegun, Now), (lost.Number, lost.Loss, lost.RetryAt));
    }

    [Theory]
    [InlineData(WriteFate.FailsUnstored)]
    [InlineData(WriteFate.FailsStored)]
    [InlineData(WriteFate.IsRejected)]
    public async Task An_outcome_whose_write_went_wrong_is_reported_again_until_it_is_stored_once(WriteFate fate)
    {
        Journal.Next(e => e is RunCompleted, fate);
        await CreateAsync(OneOff(Start));
        (await Targets.Calls.NextAsync()).Succeed();
        await EntityAsync(EntityStage.Stopped);
        var again = await Timers.Armed.FirstAsync(t => t.At == Now + Execution.ReportInterval);
        Watch(again.Target);

        Clock.Advance(Execution.ReportInterval);
        await ExpectTerminatedAsync(again.Target, Patience.Limit);
        Assert.Single(Events.OfType<RunCompleted>());
        Assert.Single(Targets.Calls.Items);
    }

    [Fact]
    public async Task Commands_that_waited_behind_a_failed_write_are_not_answered_as_done()
    {
        await CreateAsync(OneOff(Due));
        var write = Journal.HoldNext(e => e is RunRequested);
        var trigger = AskAsync(new TriggerJob(Job, Reason: null));
        await write.Arrived;
        var cancel = CreateTestProbe();
        Jobs.Tell(new CancelJob(Job, Reason: null), cancel);
        await SettleAsync();

        // A sequence number that is taken meanwhile, as by a copy of the job elsewhere, fails the write.
        var copy = Sys.ActorOf(Actors.Jobs.JobActor.Props(Job, StartNode().Environment));
        copy.Tell(new DeleteJob(Job, Reason: null), TestActor);
        await ExpectMsgAsync<JobAccepted>(Patience.Limit);
        write.Release();

        Assert.IsType<OutcomeUnknown>(await trigger);
        await EntityAsync(EntityStage.Stopped);
        await SeenByAsync(cancel);
        Assert.False(cancel.HasMessages);
        Assert.Empty(Events.OfType<JobCancelled>());
        Assert.Empty(Events.OfType<RunRequested>());
    }
}

/// <summary>A journal that answers nothing: its circuit breaker does, in its own time.</summary>
public sealed class HungJournalSpecs() : JobSpec("akka.persistence.journal.scripted.circuit-breaker.call-timeout = 200ms")
{
    [Fact]
    public async Task A_write_that_hangs_is_answered_as_unknown_and_the_job_runs_when_a_sweep_wakes_it()
    {
        var write = Journal.HoldNext(e => e is JobCreated);
        Assert.IsType<OutcomeUnknown>(await AskAsync(new CreateJob(Job, OneOff(Start), BodyHash: null)));
        await EntityAsync(EntityStage.Stopped);

        // It was stored all the same, after everybody had given it up.
        write.Release();
        await StoredAsync<JobCreated>();
        Wake();
        await Targets.Calls.NextAsync();
    }
}

/// <summary>A journal whose circuit breaker opens with the first failure.</summary>
public sealed class BrokenJournalSpecs() : JobSpec(
    "akka.persistence.journal.scripted.circuit-breaker { max-failures = 1, call-timeout = 10s, reset-timeout = 1h }")
{
    [Fact]
    public async Task While_the_breaker_is_open_nothing_is_stored_and_that_is_said()
    {
        await CreateAsync(OneOff(Start.AddSeconds(30)));
        Journal.Next(e => e is JobCreated, WriteFate.FailsUnstored);
        Assert.IsType<OutcomeUnknown>(await AskAsync(new CreateJob(JobId.Parse("another-report"), OneOff(Start.AddSeconds(30)), BodyHash: null)));

        Assert.IsType<StoreRefused>(await AskAsync(new PauseJob(Job, Reason: null)));
        Assert.Empty(Events.OfType<JobPaused>());
    }
}
