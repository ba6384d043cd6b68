using Microsoft.Extensions.DependencyInjection;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Actors.Execution.Handlers;
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

        Assert.Equal("{\"said\":\"Nightly report|nightly-report~1~20260302T080000000Z|2|hello\"}", output?.Raw);
    }

    [Fact]
    public async Task A_name_that_this_node_does_not_know_fails_the_attempt_and_is_named()
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync("nobody"));

        Assert.Contains("'nobody'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_attempt_has_a_scope_of_its_own_which_ends_with_it()
    {
        await CallAsync("scoped");
        await CallAsync("scoped");

        Assert.Equal(2, Scoped.Ended);
    }

    [Fact]
    public async Task Parameters_that_do_not_fit_are_not_tried_again()
    {
        var error = await Assert.ThrowsAsync<NonRetryableException>(() => CallAsync("echo", """{"text":1,"more":2}"""));

        Assert.Contains("parameters.more is unknown; known: text", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Progress_is_seen_where_the_attempt_runs()
    {
        var progress = new AttemptProgress(TimeProvider.System);
        await CallAsync("echo", progress: progress);

        Assert.Equal((1L, (long?)2L), (progress.Latest!.Done, progress.Latest.Total));
    }

    [Theory]
    [InlineData(-1, null)]
    [InlineData(2, 1L)]
    public void Progress_that_cannot_be_is_refused(long done, long? total)
    {
        var job = JobId.Parse("job");

        Assert.Throws<ArgumentOutOfRangeException>(() => new JobHandlerContext(job, "Job", RunId.Scheduled(job, 1, Due), 1, Due).ReportProgress(done, total));
    }

    [Theory]
    [InlineData("")]
    [InlineData("send mail")]
    [InlineData("ä")]
    public void A_name_that_is_none_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => new ServiceCollection().AddJobHandler<Echo, Words>(name));

    [Fact]
    public void Two_of_one_name_and_version_are_refused()
    {
        var services = new ServiceCollection().AddJobHandler<Echo, Words>("echo").AddJobHandler<Echo, Words>("echo", version: 2);

        Assert.Throws<ArgumentException>(() => services.AddJobHandler<Scoped, Words>("echo", version: 2));
    }

    private static async Task<JsonText?> CallAsync(string handler, string parameters = """{"text":"hello"}""", AttemptProgress? progress = null)
    {
        await using var services = new ServiceCollection()
            .AddJobHandler<Echo, Words>("echo")
            .AddJobHandler<Scoped, Words>("scoped")
            .BuildServiceProvider(validateScopes: true);
        using var http = new HttpTargetCaller(new HttpTargetOptions(), TimeProvider.System);
        var job = JobId.Parse("nightly-report");
        var definition = new JobDefinition
        {
            Name = "Nightly report",
            Schedule = new OneOffSchedule(Due),
            Parameters = new JsonText(parameters),
            Target = new HandlerTarget(handler),
        };
        await using var brokers = new AmqpBrokers(AmqpOptions.None, TimeProvider.System);
        var caller = new TargetCaller(
            new JobHandlers(services.GetServices<JobHandlerEntry>()), services.GetRequiredService<IServiceScopeFactory>(), http, new AmqpTargetCaller(brokers, TimeProvider.System));
        return await caller.CallAsync(
            new Attempt(job, RunId.Scheduled(job, 1, Due), 2, Due, Due, definition) { Progress = progress }, CancellationToken.None);
    }

    internal sealed record Words(string Text);

    private sealed class Echo : IJobHandler<Words>
    {
        public Task<object?> RunAsync(Words parameters, JobHandlerContext context, CancellationToken cancellationToken)
        {
            context.ReportProgress(1, 2);
            return Task.FromResult<object?>(new { Said = $"{context.JobName}|{context.RunId}|{context.Attempt}|{parameters.Text}" });
        }
    }

    private sealed class Scoped : IJobHandler<Words>, IDisposable
    {
        private static int s_ended;

        public static int Ended => s_ended;

        public Task<object?> RunAsync(Words parameters, JobHandlerContext context, CancellationToken cancellationToken) => Task.FromResult<object?>(null);

        public void Dispose() => Interlocked.Increment(ref s_ended);
    }
}
