using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution.Http;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Execution.Http;

public sealed class SigningSpecs
{
    private const string New = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Old = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    private static readonly HttpTargetOptions Options = new() { Secrets = WebhookSecrets.None.With("main", [New, Old])! };

    [Fact]
    public async Task A_request_is_signed_with_each_active_secret()
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        using var calls = new HttpCalls(Options);
        await calls.CallAsync(HttpCalls.Post(receiver.Url("/")) with { Secret = "main", Body = new JsonText("""{"run":"{{run.id}}","ü":1}""") });

        var request = await receiver.Requests.NextAsync();
        Assert.Equal(HttpCalls.Run.Value, request.Header("webhook-id"));
        Assert.True(Verifies(New, request));
        Assert.True(Verifies(Old, request));
        Assert.False(Verifies("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", request));
        Assert.False(Verifies(New, request with { Body = request.Body + " " }));
        Assert.Equal(calls.Clock.GetUtcNow().ToUnixTimeSeconds(), long.Parse(request.Header("webhook-timestamp")!));
        Assert.Equal(2, request.Header("webhook-signature")!.Split(' ').Length);
    }

    [Fact]
    public async Task Without_a_body_the_empty_one_is_signed()
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        using var calls = new HttpCalls(Options);
        await calls.CallAsync(new HttpTarget("GET", receiver.Url("/"), [], Body: null) { Secret = "main" });

        Assert.True(Verifies(New, await receiver.Requests.NextAsync()));
    }

    [Fact]
    public async Task A_secret_that_this_node_has_not_fails_the_attempt_and_another_node_may_have_it()
    {
        await using var receiver = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        using var calls = new HttpCalls(Options);

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => calls.CallAsync(HttpCalls.Post(receiver.Url("/")) with { Secret = "other" }));
        Assert.Contains("'other'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("whsec_M", error.Message, StringComparison.Ordinal);
        Assert.Empty(receiver.Requests.Items);
    }

    [Fact]
    public void Secrets_do_not_show_in_text() =>
        Assert.DoesNotContain("MfKQ", Options.ToString(), StringComparison.Ordinal);

    [Fact]
    public async Task Another_origin_gets_neither_signature_nor_the_headers_of_the_job()
    {
        await using var other = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        await using var receiver = await HttpReceiver.StartAsync(c =>
        {
            c.Response.StatusCode = 307;
            c.Response.Headers.Location = c.Request.Path == "/" ? "/again" : other.Url("/there");
            return Task.CompletedTask;
        });
        using var calls = new HttpCalls(Options);
        await calls.CallAsync(HttpCalls.Post(receiver.Url("/")) with
        {
            Secret = "main",
            FollowRedirects = true,
            Body = new JsonText("1"),
            Headers = [new("X-Api-Key", "k"), new("Authorization", "Bearer t"), new("Accept", "text/plain")],
        });

        var first = await receiver.Requests.AtLeastAsync(2);
        Assert.All(first, r => Assert.True(Verifies(New, r)));
        Assert.All(first, r => Assert.Equal(("k", "Bearer t"), (r.Header("X-Api-Key"), r.Header("Authorization"))));
        var last = await other.Requests.NextAsync();
        Assert.Equal(("POST", "/there", "1", "text/plain"), (last.Method, last.Target, last.Body, last.Header("Accept")));
        Assert.All(["X-Api-Key", "Authorization", "webhook-id", "webhook-timestamp", "webhook-signature"], n => Assert.Null(last.Header(n)));
    }

    [Fact]
    public async Task The_trace_of_the_request_goes_on_and_else_each_run_has_its_own()
    {
        const string Trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        await using var receiver = await HttpReceiver.StartAsync(_ => Task.CompletedTask);
        using var calls = new HttpCalls();
        Activity.Current = null;
        await calls.CallAsync(HttpCalls.Post(receiver.Url("/")), trace: Trace);
        await calls.CallAsync(HttpCalls.Post(receiver.Url("/")));
        await calls.CallAsync(HttpCalls.Post(receiver.Url("/")), attempt: 2, trace: "nonsense");

        var traces = (await receiver.Requests.AtLeastAsync(3)).Select(r => ActivityContext.Parse(r.Header("traceparent")!, traceState: null)).ToArray();
        Assert.Equal(Trace, receiver.Requests.Items[0].Header("traceparent"));
        Assert.Equal(traces[1].TraceId, traces[2].TraceId);
        Assert.NotEqual(traces[1].SpanId, traces[2].SpanId);
        Assert.NotEqual(traces[0].TraceId, traces[1].TraceId);
    }

    /// <summary>A receiver's side, written from the specification's text: symmetric signatures, scheme v1.</summary>
    private static bool Verifies(string secret, ReceivedRequest request)
    {
        using var hmac = new HMACSHA256(Convert.FromBase64String(secret.Split('_', 2)[1]));
        var content = string.Join('.', request.Header("webhook-id"), request.Header("webhook-timestamp"), request.Body);
        var expected = hmac.ComputeHash(Encoding.UTF8.GetBytes(content));
        return request.Header("webhook-signature")!
            .Split(' ')
            .Select(s => s.Split(','))
            .Any(s => s[0] == "v1" && CryptographicOperations.FixedTimeEquals(expected, Convert.FromBase64String(s[1])));
    }
}
