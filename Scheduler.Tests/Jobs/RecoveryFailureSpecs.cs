using Akka.Persistence;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>A job that cannot be recovered: whoever asks it is told so at once.</summary>
public sealed class RecoveryFailureSpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddDays(1);

    [Fact]
    public async Task A_store_that_can_not_be_read_is_no_silence()
    {
        await SleepAsync();
        Journal.ReplayFails = new IOException("The disk is gone.");

        Assert.IsType<StoreRefused>(await AskAsync(new PauseJob(Job, Reason: null)));
        await EntityAsync(EntityStage.Stopped, 2);

        Journal.ReplayFails = null;
        Assert.IsType<JobAccepted>(await AskAsync(new PauseJob(Job, Reason: null)));
    }

    [Fact]
    public async Task All_who_wait_are_told()
    {
        await SleepAsync();
        Journal.ReplayFails = new IOException("The disk is gone.");

        var (first, second) = (AskAsync(new PauseJob(Job, Reason: null)), AskAsync(new GetJob(Job)));
        Assert.IsType<StoreRefused>(await first);
        Assert.IsType<StoreRefused>(await second);
    }

    [Fact]
    public async Task An_event_that_can_not_be_read_is_told_from_a_store_that_is_away()
    {
        await SleepAsync();
        IsUnreadable = cause => cause is FormatException;
        Journal.ReplayFails = new FormatException("Event 2 can't be read.");

        Assert.Equal(new JobUnreadable(Job), await AskAsync(new PauseJob(Job, Reason: null)));
    }

    [Fact]
    public async Task An_event_that_no_job_can_have_is_damage_as_well()
    {
        await SleepAsync();
        Journal.Damage = _ => "no event";

        Assert.Equal(new JobUnreadable(Job), await AskAsync(new PauseJob(Job, Reason: null)));
    }

    [Fact]
    public async Task A_journal_that_lacks_its_beginning_is_damage_and_not_a_job_that_never_was()
    {
        await SleepAsync();
        Akka.Persistence.Persistence.Instance.Apply(Sys).JournalFor(journalPluginId: null).Tell(new DeleteMessagesTo(Job.PersistenceId, 1, TestActor), TestActor);
        await ExpectMsgAsync<DeleteMessagesSuccess>(Patience.Limit);

        Assert.Equal(new JobUnreadable(Job), await AskAsync(new GetJob(Job)));
    }

    private async Task SleepAsync()
    {
        await CreateAsync(OneOff(Due));
        await EntityAsync(EntityStage.Stopped);
    }
}

/// <summary>A sleeping job behind a journal whose circuit breaker is open.</summary>
public sealed class RecoveryBehindBreakerSpecs() : JobSpec(
    "akka.persistence.journal.scripted.circuit-breaker { max-failures = 1, call-timeout = 10s, reset-timeout = 1h }")
{
    [Fact]
    public async Task An_open_breaker_is_no_silence()
    {
        await CreateAsync(OneOff(Start.AddDays(1)));
        await EntityAsync(EntityStage.Stopped);
        Journal.Next(e => e is JobCreated, WriteFate.FailsUnstored);
        Assert.IsType<OutcomeUnknown>(await AskAsync(new CreateJob(JobId.Parse("another-report"), OneOff(Start.AddDays(1)), BodyHash: null)));

        Assert.IsType<StoreRefused>(await AskAsync(new PauseJob(Job, Reason: null)));
    }
}
