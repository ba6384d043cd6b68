using Akka.Actor;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution;

/// <summary>The limiter with real jobs around it.</summary>
public sealed class NodeLimitSpecs : JobSpec
{
    public NodeLimitSpecs() => Execution = Execution with { MaxConcurrentRuns = 3 };

    [Fact]
    public async Task However_many_jobs_are_due_no_more_of_them_run_at_once_than_are_allowed_and_all_of_them_run()
    {
        const int Count = 40;
        for (var i = 0; i < Count; i++)
            Jobs.Tell(new CreateJob(JobId.Parse($"job-{i}"), OneOff(Start), BodyHash: null), TestActor);

        for (var i = 0; i < Count; i++)
            (await Targets.Calls.NextAsync()).Succeed();
        await Journal.Stored.AtLeastAsync(Count, w => w.Events.Any(e => e is RunCompleted));

        Assert.Equal(Count, Targets.Calls.Items.Select(c => c.Attempt.RunId).Distinct().Count());
        Assert.InRange(Targets.MostAtOnce, 1, 3);
    }

    [Fact]
    public async Task A_job_that_is_stopped_while_it_waits_for_a_permit_leaves_it_to_the_next_one()
    {
        Execution = Execution with { MaxConcurrentRuns = 1 };
        await CreateAsync(OneOff(Start));
        var call = await Targets.Calls.NextAsync();
        var waiting = JobId.Parse("waiting");
        await AskAsync(new CreateJob(waiting, OneOff(Start), BodyHash: null));
        await SettleAsync();
        var next = JobId.Parse("next");
        await AskAsync(new CreateJob(next, OneOff(Start), BodyHash: null));
        Jobs.Tell(new HandOver(waiting), ActorRefs.NoSender);
        await Entities.FirstAsync(c => c == new EntityChange(waiting.Value, EntityStage.Stopped));

        call.Succeed();
        Assert.Equal(next, (await Targets.Calls.NextAsync()).Attempt.JobId);
    }

    [Fact]
    public async Task A_job_that_ends_while_it_holds_a_permit_gives_it_back()
    {
        Execution = Execution with { MaxConcurrentRuns = 1 };
        Journal.Next(e => e is AttemptStarted, WriteFate.FailsUnstored);
        await CreateAsync(OneOff(Start));
        await EntityAsync(EntityStage.Stopped);

        var next = JobId.Parse("next");
        await AskAsync(new CreateJob(next, OneOff(Start), BodyHash: null));
        Assert.Equal(next, (await Targets.Calls.NextAsync()).Attempt.JobId);
    }

    [Fact]
    public async Task Who_has_waited_for_a_permit_for_a_second_says_what_for_and_since_when()
    {
        Execution = Execution with { MaxConcurrentRuns = 1 };
        var first = JobId.Parse("first");
        await AskAsync(new CreateJob(first, OneOff(Start), BodyHash: null));
        var call = await Targets.Calls.NextAsync();
        await CreateAsync(OneOff(Start.AddSeconds(5)));
        await WaitsForAsync(Start.AddSeconds(5));
        AdvanceTo(Start.AddSeconds(5));
        await SettleAsync();
        AdvanceTo(Start.AddSeconds(5.999));
        Assert.Null((await WaitOfAsync(Job)).Wait);

        AdvanceTo(Start.AddSeconds(6));
        Assert.Equal(new WaitingForPermit("node", Start.AddSeconds(5)), (await WaitOfAsync(Job)).Wait);
        Assert.Null((await WaitOfAsync(first)).Wait);
        call.Succeed();
        await Targets.Calls.NextAsync();
        Assert.Null((await WaitOfAsync(Job)).Wait);
    }

    [Fact]
    public async Task Who_waits_for_its_own_limit_says_that_one()
    {
        Execution = Execution with { Limits = Execution.Limits with { MaxRunsPerConcurrencyKey = 1 } };
        await AskAsync(new CreateJob(JobId.Parse("first"), OneOff(Start) with { ConcurrencyKey = "customer-42" }, BodyHash: null));
        await Targets.Calls.NextAsync();
        await CreateAsync(OneOff(Start) with { ConcurrencyKey = "customer-42" });
        await SettleAsync();
        AdvanceTo(Start.AddSeconds(2));

        Assert.Equal(new WaitingForPermit("key:customer-42", Start), (await WaitOfAsync(Job)).Wait);
    }

    private Task<PermitWaitAnswer> WaitOfAsync(JobId job) => Jobs.Ask<PermitWaitAnswer>(new AskPermitWait(job), Patience.Limit);

    [Fact]
    public async Task A_grant_that_the_job_has_no_use_for_is_given_back()
    {
        var runs = CreateTestProbe();
        var node = StartNode();
        Host = node with { Environment = node.Environment with { Runs = runs } };
        await CreateAsync(OneOff(Start));
        var asked = await runs.ExpectMsgAsync<RequestPermit>(Patience.Limit);

        runs.Reply(new PermitGranted(asked.Request + 1));
        Assert.Equal(new ReleasePermit(asked.Request + 1), await runs.ExpectMsgAsync<ReleasePermit>(Patience.Limit));
        runs.Reply(new PermitGranted(asked.Request));
        await runs.ExpectMsgAsync<StartAttempt>(Patience.Limit);
        runs.Reply(new PermitGranted(asked.Request));
        Assert.Equal(new ReleasePermit(asked.Request), await runs.ExpectMsgAsync<ReleasePermit>(Patience.Limit));
    }
}
