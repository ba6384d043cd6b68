using Microsoft.AspNetCore.Http;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution.Http;

public sealed class HttpTargetSpecs : IDisposable
{
    private static readonly JobId Job = JobId.Parse("nightly-report");
    private static readonly DateTimeOffset Due = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly WatchedClock _clock = new(Due);
    private readonly HttpTargetCaller _caller;

    public HttpTargetSpecs() => _caller = new HttpTargetCaller(new HttpTargetOptions(), _clock);

    public void Dispose() => _caller.Dispose();

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
    [InlineData(302)]
    [InlineData(304)]
    [InlineData(408)]
    [InlineData(425)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(501)]
    [InlineData(503)]
    [InlineData(599)]
    public async Task An_answer_that_another_attempt_may_change_fails_and_says_which_it_was(int status)
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(status));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(Post(receiver)));
        Assert.Contains($"answered {status}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(422)]
    [InlineData(424)]
    [InlineData(426)]
    [InlineData(499)]
    public async Task An_answer_that_the_request_is_wrong_fails_for_good_whenever_it_wants_it_again(int status)
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(status, "5"));

        var error = await Assert.ThrowsAsync<NonRetryableException>(() => CallAsync(Post(receiver)));
        Assert.Contains($" {status} ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(303, "1", 1)]
    [InlineData(408, "30", 30)]
    [InlineData(429, "120", 120)]
    [InlineData(500, "7", 7)]
    [InlineData(503, "999999999", 999_999_999)]
    [InlineData(503, "99999999999999999999", int.MaxValue)]
    [InlineData(503, "Mon, 02 Mar 2026 08:01:30 GMT", 90)]
    [InlineData(429, "Monday, 02-Mar-26 08:00:05 GMT", 5)]
    [InlineData(429, "Mon Mar  2 09:00:00 2026", 3600)]
    public async Task An_answer_may_say_when_to_come_again(int status, string retryAfter, int seconds)
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(status, retryAfter));

        var error = await Assert.ThrowsAsync<RetryLaterException>(() => CallAsync(Post(receiver)));
        Assert.Equal(TimeSpan.FromSeconds(seconds), error.After);
        Assert.Contains($" {status} ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-5")]
    [InlineData("1.5")]
    [InlineData("soon")]
    [InlineData("")]
    [InlineData("Mon, 02 Mar 2026 08:00:00 GMT")]
    [InlineData("Mon, 02 Mar 2020 08:00:00 GMT")]
    public async Task What_says_nothing_of_a_time_to_come_is_passed_over(string retryAfter)
    {
        await using var receiver = await HttpReceiver.StartAsync(Answer(StatusCodes.Status503ServiceUnavailable, retryAfter));

        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(Post(receiver)));
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

    private static Func<HttpContext, Task> Answer(int status, string? retryAfter = null) => context =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers.RetryAfter = retryAfter;
        return Task.CompletedTask;
    };

    private static HttpTarget Post(HttpReceiver receiver) => new("POST", receiver.Url("/"), [], Body: null);

    private Task<JsonText?> CallAsync(HttpTarget target, int attempt = 1, CancellationToken token = default)
    {
        var definition = new JobDefinition { Name = "Nightly report", Schedule = new OneOffSchedule(Due), Target = target };
        return _caller.CallAsync(target, new Attempt(Job, RunId.Scheduled(Job, 1, Due), attempt, Due, Due, definition), token);
    }
}
