using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Actors.Execution.Http;
using Xunit;

namespace Scheduler.Tests.Execution;

public sealed class TargetCallerSpecs
{
    private static readonly DateTimeOffset Due = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_handler_is_found_by_its_name_and_told_what_it_runs()
    {
        var output = await CallAsync("echo");

        Assert.Equal("\"Nightly report|nightly-report~1~20260302T080000000Z|2|{}\"", output?.Raw);
    }

    [Fact]
    public async Task A_name_that_this_node_does_not_know_fails_the_attempt_and_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync("nobody"));

        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
    }

    private static async Task<JsonText?> CallAsync(string handler)
    {
        await using var services = new ServiceCollection().AddJobHandler<Echo>("echo").BuildServiceProvider();
        using var http = new HttpTargetCaller(new HttpTargetOptions(), TimeProvider.System);
        var job = JobId.Parse("nightly-report");
        var definition = new JobDefinition
        {
            Name = "Nightly report",
            Schedule = new OneOffSchedule(Due),
            Parameters = new JsonText("{}"),
            Target = new HandlerTarget(handler),
        };
        await using var brokers = new AmqpBrokers(AmqpOptions.None, TimeProvider.System);
        return await new TargetCaller(services, http, new AmqpTargetCaller(brokers, TimeProvider.System))
            .CallAsync(new Attempt(job, RunId.Scheduled(job, 1, Due), 2, Due, Due, definition), CancellationToken.None);
    }

    private sealed class Echo : IJobHandler
    {
        public Task<JsonText?> RunAsync(JobHandlerContext context, CancellationToken cancellationToken) =>
            Task.FromResult<JsonText?>(new JsonText($"\"{context.JobName}|{context.RunId}|{context.Attempt}|{context.Parameters}\""));
    }
}
