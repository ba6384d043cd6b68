using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Jobs;

/// <summary>Jobs whose handler their node has, or not.</summary>
public sealed class HandlerSpecs : JobSpec
{
    public HandlerSpecs() => Handlers = new JobHandlers(
        new ServiceCollection().AddJobHandler<Nothing, JsonElement>("default").BuildServiceProvider().GetServices<JobHandlerEntry>());

    [Fact]
    public async Task A_job_that_waits_for_a_handler_runs_when_it_is_given_another_one()
    {
        await CreateAsync(OneOff(Start) with { Target = new HandlerTarget("gone") });
        await SettleAsync();
        Assert.Empty(Targets.Calls.Items);

        await AskAsync(new UpdateJob(Job, OneOff(Start), new Precondition([], MustExist: true, MustNotExist: false)));

        (await Targets.Calls.NextAsync()).Succeed();
        await StoredAsync<JobCompleted>();
    }

    [Fact]
    public async Task A_job_that_waits_for_a_handler_is_cancelled_like_any_other()
    {
        await CreateAsync(OneOff(Start) with { Target = new HandlerTarget("gone") });

        await AskAsync(new CancelJob(Job, Reason: null));

        await EntityAsync(EntityStage.Stopped);
        Assert.Empty(Targets.Calls.Items);
    }

    [Fact]
    public async Task A_job_knows_the_node_that_knows_how_far_its_run_is()
    {
        await CreateAsync(OneOff(Start));
        var call = await Targets.Calls.NextAsync();
        call.Attempt.Progress!.Report(5, 9);

        Assert.Equal(new RunProgress(5, 9, Start), (await AskProgressAsync(call.Attempt.RunId)).Progress);

        call.Succeed();
        await StoredAsync<JobCompleted>();
        Assert.Null((await AskProgressAsync(call.Attempt.RunId)).Progress);
    }

    private Task<ProgressAnswer> AskProgressAsync(RunId run) => Akka.Actor.Futures.Ask<ProgressAnswer>(Jobs, new AskProgress(Job, run, Number: 0), Patience.Limit);

    private sealed class Nothing : IJobHandler<JsonElement>
    {
        public Task<object?> RunAsync(JsonElement parameters, JobHandlerContext context, CancellationToken cancellationToken) => Task.FromResult<object?>(null);
    }
}
