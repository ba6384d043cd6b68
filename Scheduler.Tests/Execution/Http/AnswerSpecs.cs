using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Http;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution.Http;

public sealed class AnswerSpecs : IDisposable
{
    private readonly HttpCalls _calls = new();

    public void Dispose() => _calls.Dispose();

    [Theory]
    [InlineData("application/json", """{"n":1.50}""", """{"status":200,"headers":{"x-id":"7"},"body":{"n":1.50}}""")]
    [InlineData("application/problem+json; charset=utf-8", "[]", """{"status":200,"headers":{"x-id":"7"},"body":[]}""")]
    [InlineData("application/json", "{", """{"status":200,"headers":{"x-id":"7"},"body":"{"}""")]
    [InlineData("application/json", "[\"\\ud800\"]", """{"status":200,"headers":{"x-id":"7"},"body":"[\"\\ud800\"]"}""")]
    [InlineData("text/plain", "a \"b\"\n\u0001ü", """{"status":200,"headers":{"x-id":"7"},"body":"a \"b\"\n\u0001ü"}""")]
    public async Task The_status_the_chosen_headers_and_the_body_are_kept(string type, string body, string output)
    {
        await using var receiver = await HttpReceiver.StartAsync(c =>
        {
            c.Response.ContentType = type;
            c.Response.Headers["X-Id"] = "7";
            c.Response.Headers["X-Other"] = "8";
            return c.Response.WriteAsync(body);
        });

        Assert.Equal(output, (await _calls.CallAsync(HttpCalls.Post(receiver.Url("/")) with { KeepHeaders = ["x-id", "ETag"] }))?.Raw);
    }

    [Theory]
    [InlineData(503, "", "The target answered 503 Service Unavailable (x-id: 7).")]
    [InlineData(503, "the queue\r\nis \u0001 full\n", "The target answered 503 Service Unavailable (x-id: 7): the queue  is   full")]
    [InlineData(404, "{\"detail\":\"no such hook\"}", "The target answered 404 Not Found (x-id: 7): {\"detail\":\"no such hook\"}")]
    public async Task An_answer_that_fails_the_attempt_is_its_error(int status, string body, string error)
    {
        await using var receiver = await HttpReceiver.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            c.Response.Headers["X-Id"] = "7";
            return c.Response.WriteAsync(body);
        });

        var failure = await Assert.ThrowsAnyAsync<Exception>(() => _calls.CallAsync(HttpCalls.Post(receiver.Url("/")) with { KeepHeaders = ["x-id", "ETag"] }));
        Assert.Equal(error, failure.Message);
    }

    [Fact]
    public async Task An_answer_that_fails_the_attempt_and_has_no_end_fails_it_all_the_same()
    {
        await using var receiver = RawReceiver.Start(async (socket, _, stop) =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 500 Oh\r\n\r\n");
            while (!stop.IsCancellationRequested)
                await socket.SendAsync(new byte[64 * 1024], stop);
        });

        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CallAsync(HttpCalls.Post(receiver.Url)));
        Assert.StartsWith("The target answered 500 Oh", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HttpAnswer.KeptBytes, false, HttpAnswer.KeptBytes)]
    [InlineData(HttpAnswer.KeptBytes + 1, true, HttpAnswer.KeptBytes)]
    [InlineData(5_000_000, true, HttpAnswer.KeptBytes)]
    public async Task Of_a_long_body_the_beginning_is_kept(int length, bool isTruncated, int kept)
    {
        await using var receiver = await HttpReceiver.StartAsync(c => c.Response.WriteAsync(new string('x', length)));

        var output = await _calls.OutputAsync(HttpCalls.Post(receiver.Url("/")));
        Assert.Equal((isTruncated, kept), (output.TryGetProperty("truncated", out _), output.GetProperty("body").GetString()!.Length));
    }

    [Fact]
    public async Task What_grows_in_json_is_cut_shorter()
    {
        await using var receiver = await HttpReceiver.StartAsync(c => c.Response.WriteAsync(new string('\u0001', HttpAnswer.KeptBytes)));

        var output = await _calls.CallAsync(HttpCalls.Post(receiver.Url("/")));
        Assert.InRange(output!.Value.Raw.Length, 1000, HttpAnswer.MaxOutputBytes);
        Assert.True(JsonDocument.Parse(output.Value.Raw).RootElement.GetProperty("truncated").GetBoolean());
    }

    [Theory]
    [InlineData(409, true)]
    [InlineData(503, true)]
    [InlineData(302, true)]
    [InlineData(200, false)]
    [InlineData(204, true)]
    public async Task The_job_says_which_codes_are_a_success(int status, bool isSuccess)
    {
        await using var receiver = await HttpReceiver.StartAsync(c =>
        {
            c.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        var target = HttpCalls.Post(receiver.Url("/")) with { Success = [new(204, 204), new(300, 399), new(409, 409), new(503, 503)] };

        if (isSuccess)
            Assert.Equal(status, (await _calls.OutputAsync(target)).GetProperty("status").GetInt32());
        else
            await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CallAsync(target));
    }

    [Fact]
    public async Task Text_is_sent_with_its_placeholders_filled_as_plain_text_or_as_the_job_says()
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        var target = HttpCalls.Post(receiver.Url("/{{job.name}}")) with { Text = "<a>{{run.attempt}} \"ü\"</a>" };
        await _calls.CallAsync(target);
        await _calls.CallAsync(target with { Headers = [new("Content-Type", "text/xml"), new("X-Run", "{{run.id}}")] });

        var requests = await receiver.Requests.AtLeastAsync(2);
        Assert.All(requests, r => Assert.Equal("<a>1 \"ü\"</a>", r.Body));
        Assert.Equal(["text/plain; charset=utf-8", "text/xml"], requests.Select(r => r.Header("Content-Type")));
        Assert.Equal(HttpCalls.Run.Value, requests[1].Header("X-Run"));
    }

    [Theory]
    [InlineData(301, "GET", "")]
    [InlineData(302, "GET", "")]
    [InlineData(303, "GET", "")]
    [InlineData(307, "POST", "x")]
    [InlineData(308, "POST", "x")]
    public async Task A_redirect_is_followed_when_the_job_asks_for_it(int status, string method, string body)
    {
        await using var receiver = await HttpReceiver.StartAsync(c =>
        {
            if (c.Request.Path != "/")
                return Task.CompletedTask;
            c.Response.StatusCode = status;
            c.Response.Headers.Location = "/next";
            return Task.CompletedTask;
        });
        var target = HttpCalls.Post(receiver.Url("/")) with { Text = "x" };

        await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CallAsync(target));
        await _calls.CallAsync(target with { FollowRedirects = true });
        var last = (await receiver.Requests.AtLeastAsync(3))[2];
        Assert.Equal((method, "/next", body), (last.Method, last.Target, last.Body));
    }

    [Fact]
    public async Task Redirects_have_an_end_and_lead_to_web_addresses_only()
    {
        await using var receiver = await HttpReceiver.StartAsync(c =>
        {
            c.Response.Redirect(c.Request.Path == "/file" ? "file:///etc/passwd" : "/round");
            return Task.CompletedTask;
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CallAsync(HttpCalls.Post(receiver.Url("/")) with { FollowRedirects = true }));
        Assert.Equal(1 + HttpTargetOptions.MostRedirects, receiver.Requests.Items.Count);
        await Assert.ThrowsAsync<NonRetryableException>(() => _calls.CallAsync(HttpCalls.Post(receiver.Url("/file")) with { FollowRedirects = true }));
    }

    [Fact]
    public async Task A_body_that_does_not_come_to_its_end_is_kept_as_far_as_it_came()
    {
        await using var receiver = RawReceiver.Start(async (socket, _, stop) =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nand so on");
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop);
        });
        var call = _calls.OutputAsync(HttpCalls.Post(receiver.Url));
        await _calls.Clock.Waits.FirstAsync(w => w == new HttpTargetOptions().BodyTimeout);
        Assert.False(call.IsCompleted);
        _calls.Clock.Advance(new HttpTargetOptions().BodyTimeout);

        var output = await call;
        Assert.Equal((200, true), (output.GetProperty("status").GetInt32(), output.GetProperty("truncated").GetBoolean()));
    }

    [Theory]
    [InlineData("Content-Length: 99\r\n\r\nand so on")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n9\r\nand so on\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n\r\n9\r\nand so on\r\nnonsense\r\n")]
    public async Task A_length_that_is_a_lie_does_not_undo_the_status(string rest)
    {
        await using var receiver = RawReceiver.Start((socket, _, _) => RawReceiver.SayAsync(socket, "HTTP/1.1 200 OK\r\n" + rest));

        var output = await _calls.OutputAsync(HttpCalls.Post(receiver.Url));
        Assert.Equal((200, true), (output.GetProperty("status").GetInt32(), output.GetProperty("truncated").GetBoolean()));
    }

    [Fact]
    public async Task A_body_without_an_end_is_cut()
    {
        await using var receiver = RawReceiver.Start(async (socket, _, stop) =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 200 OK\r\n\r\n");
            while (!stop.IsCancellationRequested)
                await socket.SendAsync(new byte[64 * 1024], stop);
        });

        Assert.True((await _calls.OutputAsync(HttpCalls.Post(receiver.Url))).GetProperty("truncated").GetBoolean());
    }

    [Fact]
    public async Task Ten_megabytes_of_headers_are_not_read()
    {
        await using var receiver = RawReceiver.Start(async (socket, _, _) =>
        {
            await RawReceiver.SayAsync(socket, "HTTP/1.1 200 OK\r\n");
            for (var i = 0; i < 10_000; i++)
                await RawReceiver.SayAsync(socket, $"X-{i}: {new string('x', 1000)}\r\n");
        });

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CallAsync(HttpCalls.Post(receiver.Url)));
        Assert.Contains("64 KiB of header fields", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 20")]
    [InlineData("220 smtp.example.org ESMTP\r\n")]
    public async Task A_receiver_that_breaks_off_or_speaks_something_else_fails_the_attempt(string said)
    {
        await using var receiver = RawReceiver.Start(async (socket, _, _) =>
        {
            await RawReceiver.SayAsync(socket, said);
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        });

        await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CallAsync(HttpCalls.Post(receiver.Url)));
    }

    [Fact]
    public async Task A_receiver_that_comes_and_goes_is_called_again_on_a_new_connection()
    {
        await using var receiver = RawReceiver.Start((socket, number, _) =>
            RawReceiver.SayAsync(socket, number % 2 == 1 ? "HTTP/1.1 20" : "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n"));
        for (var i = 0; i < 3; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => _calls.CallAsync(HttpCalls.Post(receiver.Url)));
            Assert.Equal("""{"status":204}""", (await _calls.CallAsync(HttpCalls.Post(receiver.Url)))?.Raw);
        }
    }

    [Fact]
    public async Task A_host_that_hangs_holds_its_own_connections_only()
    {
        using var calls = new HttpCalls(new HttpTargetOptions { MaxConnectionsPerServer = 2 });
        using var stop = new CancellationTokenSource();
        await using var hanging = RawReceiver.Start((_, _, token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token));
        await using var receiver = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        var stuck = Enumerable.Range(0, 50).Select(_ => calls.CallAsync(HttpCalls.Post(hanging.Url), token: stop.Token)).ToArray();
        await hanging.Requests.AtLeastAsync(2);

        for (var i = 0; i < 20; i++)
            await calls.CallAsync(HttpCalls.Post(receiver.Url("/")));
        Assert.Equal(2, hanging.Requests.Items.Count);
        Assert.All(stuck, s => Assert.False(s.IsCompleted));

        await stop.CancelAsync();
        foreach (var call in stuck)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }
}
