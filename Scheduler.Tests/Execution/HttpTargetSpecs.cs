using Microsoft.AspNetCore.Http;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution;

public sealed class HttpTargetSpecs : IDisposable
{
    private static readonly JobId Job = JobId.Parse("nightly-report");
    private static readonly DateTimeOffset Due = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly HttpClient _client = new();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task The_target_gets_the_method_the_headers_the_body_and_the_run_id_as_its_idempotency_key()
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(StatusCodes.Status202Accepted));
        var output = await CallAsync(new HttpTarget(
            "PATCH", receiver.Url("/hooks/1?a=b"), [new HttpHeader("X-Customer", "42"), new HttpHeader("Accept", "text/plain")], new JsonText("""{"n":"ä"}""")));

        var request = await receiver.Requests.NextAsync();
        Assert.Equal(("PATCH", "/hooks/1?a=b", """{"n":"ä"}"""), (request.Method, request.Target, request.Body));
        Assert.Equal("42", request.Header("X-Customer"));
        Assert.Equal("text/plain", request.Header("Accept"));
        Assert.Equal("application/json", request.Header("Content-Type"));
        Assert.Equal(RunId.Scheduled(Job, 1, Due).Value, request.Header("Idempotency-Key"));
        Assert.Equal("""{"status":202}""", output?.Raw);
    }

    [Fact]
    public async Task Each_attempt_of_a_run_carries_the_same_key()
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(StatusCodes.Status200OK));
        await CallAsync(Post(receiver), attempt: 1);
        await CallAsync(Post(receiver), attempt: 2);

        Assert.Single((await receiver.Requests.AtLeastAsync(2)).Select(r => r.Header("Idempotency-Key")).Distinct());
    }

    [Fact]
    public async Task A_definition_cannot_replace_the_idempotency_key_but_it_can_say_what_its_body_is()
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(StatusCodes.Status200OK));
        await CallAsync(Post(receiver) with
        {
            Headers = [new HttpHeader("idempotency-key", "mine"), new HttpHeader("Content-Type", "application/cloudevents+json")],
            Body = new JsonText("{}"),
        });

        var request = await receiver.Requests.NextAsync();
        Assert.Equal(RunId.Scheduled(Job, 1, Due).Value, request.Header("Idempotency-Key"));
        Assert.Equal("application/cloudevents+json", request.Header("Content-Type"));
    }

    [Fact]
    public async Task Without_a_body_there_is_none()
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(StatusCodes.Status204NoContent));
        await CallAsync(Post(receiver));

        var request = await receiver.Requests.NextAsync();
        Assert.Equal(("", null), (request.Body, request.Header("Content-Type")));
    }

    [Theory]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task Any_answer_that_is_no_success_fails_and_says_which_it_was(int status)
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(status));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(Post(receiver)));
        Assert.Contains($" {status} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_not_there_fails()
    {
        var receiver = await HttpReceiver.StartAsync(Answer(StatusCodes.Status200OK));
        var target = Post(receiver);
        await receiver.DisposeAsync();

        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(target));
    }

    [Fact]
    public async Task A_receiver_that_does_not_answer_is_left_when_the_time_out_comes()
    {
        await using var receiver = await HttpReceiver.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        using var timeout = new CancellationTokenSource();
        var call = CallAsync(Post(receiver), token: timeout.Token);
        await receiver.Requests.NextAsync();
        Assert.False(call.IsCompleted);

        await timeout.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await receiver.Aborted.NextAsync();
    }

    [Fact]
    public async Task An_answer_without_an_end_is_not_read()
    {
        await using var receiver = await HttpReceiver.StartAsync(async context =>
        {
            await context.Response.StartAsync();
            await context.Response.WriteAsync("and so on ");
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        });

        var output = await CallAsync(Post(receiver)).WaitAsync(Patience.Limit);
        Assert.Equal("""{"status":200}""", output?.Raw);
    }

    private static Func<HttpContext, Task> Answer(int status) => context =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    };

    private static HttpTarget Post(HttpReceiver receiver) => new("POST", receiver.Url("/"), [], Body: null);

    private Task<JsonText?> CallAsync(HttpTarget target, int attempt = 1, CancellationToken token = default)
    {
        var definition = new JobDefinition { Name = "Nightly report", Schedule = new OneOffSchedule(Due), Target = target };
        return new HttpTargetCaller(_client).CallAsync(target, new Attempt(Job, RunId.Scheduled(Job, 1, Due), attempt, Due, Due, definition), token);
    }
}
