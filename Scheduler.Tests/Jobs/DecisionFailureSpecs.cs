using Akka.Actor;
using Akka.Event;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Jobs;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>An exception inside a decision: it is answered at once, changes nothing, and is no loop.</summary>
public sealed class DecisionFailureSpecs : JobSpec
{
    private static readonly DateTimeOffset Due = Start.AddSeconds(30);
    private static readonly DateTimeOffset First = Start.AddSeconds(20);

    public DecisionFailureSpecs()
        : base("akka.loglevel = WARNING")
    {
    }

    [Fact]
    public async Task A_command_that_cannot_be_decided_is_answered_at_once_and_the_job_goes_on()
    {
        await CreateAsync(OneOff(Due));
        await WaitsForAsync(Due);
        var before = Events.Count;

        Assert.Equal(new DecisionFailed(Job), await AskAsync(new Undecidable(Job)));
        Assert.Equal(before, Events.Count);

        AdvanceTo(Due);
        await Targets.Calls.NextAsync();
    }

    [Fact]
    public async Task A_schedule_that_cannot_be_computed_is_refused()
    {
        var poison = Poison();

        var refused = Assert.IsType<DefinitionRefused>(await AskAsync(new CreateJob(Job, poison, BodyHash: null)));
        Assert.Equal("schedule", refused.Field);
        await CreateAsync(OneOff(Due));
        Assert.IsType<DefinitionRefused>(await AskAsync(new PutJob(Job, poison, Precondition.None)));
        Assert.Equal(2, Events.Count);
    }

    [Fact]
    public async Task A_command_that_cannot_be_decided_is_logged_with_what_it_was_and_why()
    {
        await CreateAsync(OneOff(Due));
        var said = CreateTestProbe();
        Sys.EventStream.Subscribe(said.Ref, typeof(Error));

        await AskAsync(new Undecidable(Job));

        var error = await said.ExpectMsgAsync<Error>(Patience.Limit);
        Assert.Equal("Job nightly-report could not decide what follows from a command at version 2, and stays as it is: Undecidable", error.Message.ToString());
        Assert.NotNull(error.Cause);
    }

    [Fact]
    public async Task A_schedule_that_is_refused_is_logged_and_nothing_that_the_target_would_get()
    {
        var said = CreateTestProbe();
        Sys.EventStream.Subscribe(said.Ref, typeof(Warning));

        await AskAsync(new CreateJob(Job, Poison() with
        {
            Target = new HttpTarget("POST", "https://example.org/hidden", [new HttpHeader("Authorization", "hidden")], new JsonText("\"hidden\"")),
            Parameters = new JsonText("""{"hidden":1}"""),
        }, BodyHash: null));

        var warning = await said.ExpectMsgAsync<Warning>(Patience.Limit);
        Assert.StartsWith(
            "Job nightly-report was given a schedule whose fire times cannot be computed, and refuses it: CreateJob, CronSchedule", warning.Message.ToString(), StringComparison.Ordinal);
        Assert.Contains("Nowhere/Nothing", warning.Message.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hidden", warning.ToString(), StringComparison.Ordinal);
        Assert.NotNull(warning.Cause);
    }

    [Fact]
    public void Each_command_has_a_text_that_says_what_it_is_about()
    {
        var run = RunId.Scheduled(Job, 1, Due);

        Assert.StartsWith("PutJob, OneOffSchedule", CommandText.Of(new PutJob(Job, OneOff(Due), Precondition.None)), StringComparison.Ordinal);
        Assert.Equal($"ReportAttempt of attempt 3 of run {run.Value}", CommandText.Of(new ReportAttempt(Job, run, 3, new AttemptSucceeded(Output: null, AttemptTiming.Unknown))));
        Assert.Equal($"CancelRun {run.Value}", CommandText.Of(new CancelRun(Job, run, Reason: null)));
        Assert.Equal("TriggerJob", CommandText.Of(new TriggerJob(Job, Reason: "hidden")));
    }

    [Fact]
    public async Task What_is_due_and_cannot_be_decided_is_left_alone_until_the_job_has_changed()
    {
        await CreateAsync(new JobDefinition
        {
            Name = "poison",
            Schedule = new IntervalSchedule(TimeSpan.FromSeconds(20)),
            Overlap = (OverlapPolicy)99,
        });
        await WaitsForAsync(First);
        AdvanceTo(First);
        var first = await Targets.Calls.NextAsync();
        await WaitsForAsync(First.AddSeconds(20));
        var said = CreateTestProbe();
        Sys.EventStream.Subscribe(said.Ref, typeof(Error));
        AdvanceTo(First.AddSeconds(20));
        Assert.Contains("could not decide what is due", (await said.ExpectMsgAsync<Error>(Patience.Limit)).ToString(), StringComparison.Ordinal);
        Wake();
        Wake();
        await SettleAsync();
        Assert.Single(Targets.Calls.Items);
        // It is not tried again, and so not said again.
        said.Ref.Tell("nothing more was said");
        await said.ExpectMsgAsync<string>(Patience.Limit);

        Assert.IsType<JobFound>(await AskAsync(new GetJob(Job)));
        first.Succeed();
        Assert.Equal(RunId.Scheduled(Job, 1, First.AddSeconds(20)), (await Targets.Calls.NextAsync()).Attempt.RunId);
    }

    /// <summary>A schedule in a zone that there is not.</summary>
    private static JobDefinition Poison() => OneOff(Due) with { Schedule = new CronSchedule("0 0 * * *", "Nowhere/Nothing", DstGap.Shift, DstOverlap.First, []) };

    /// <summary>A command that no rule is for.</summary>
    private sealed record Undecidable(JobId JobId) : JobCommand(JobId);
}
