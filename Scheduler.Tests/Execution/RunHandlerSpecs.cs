using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Handlers;
using Scheduler.Actors.Messages;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution;

/// <summary>A node that has some handlers and not others, and what their runs say of themselves.</summary>
public sealed class RunHandlerSpecs : RunsSpec
{
    public RunHandlerSpecs() => Handlers = new JobHandlers(
        new ServiceCollection().AddJobHandler<Nothing, JsonElement>("known", version: 2).BuildServiceProvider().GetServices<JobHandlerEntry>());

    [Theory]
    [InlineData("unknown", 2)]
    [InlineData("known", 1)]
    public async Task A_job_whose_handler_is_not_here_waits_and_holds_up_nobody(string name, int version)
    {
        var waits = NewJob();
        var next = NewJob();
        Ask(waits, Of(name, version));
        Ask(next, Of("known", 2));

        await GrantedAsync(next);
        await NothingForAsync(waits);
    }

    [Fact]
    public async Task A_job_that_waits_for_a_handler_holds_up_no_drain()
    {
        Ask(NewJob(), Of("unknown", 1));

        await Runs.Ask<Drained>(DrainRuns.Instance, Patience.Limit);
    }

    [Fact]
    public async Task What_a_running_attempt_said_last_is_told()
    {
        Handlers = null;
        var call = await RunAsync(AttemptOf("job"));
        Assert.Null(await ProgressAsync(call.Attempt));

        call.Attempt.Progress!.Report(1, 10);
        Clock.Advance(TimeSpan.FromSeconds(1));
        call.Attempt.Progress.Report(2, 10);

        Assert.Equal(new RunProgress(2, 10, Start.AddSeconds(1)), await ProgressAsync(call.Attempt));
    }

    [Fact]
    public async Task An_attempt_that_is_not_here_is_not_anywhere_in_its_work() => Assert.Null(await ProgressAsync(AttemptOf("job")));

    private static Attempt Of(string handler, int version)
    {
        var attempt = AttemptOf("job");
        return attempt with { Definition = attempt.Definition with { Target = new HandlerTarget(handler) { Version = version } } };
    }

    private async Task<RunProgress?> ProgressAsync(Attempt attempt) =>
        (await Runs.Ask<ProgressAnswer>(new AskProgress(attempt.JobId, attempt.RunId, attempt.Number), Patience.Limit)).Progress;

    private sealed class Nothing : IJobHandler<JsonElement>
    {
        public Task<object?> RunAsync(JsonElement parameters, JobHandlerContext context, CancellationToken cancellationToken) => Task.FromResult<object?>(null);
    }
}
