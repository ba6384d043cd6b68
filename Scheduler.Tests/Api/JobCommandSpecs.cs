using System.Net;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class JobCommandSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    public static TheoryData<string> OddIds =>
    [
        "no-such-job",
        "b6d8a57e7",
        ".hidden",
        "a%2Fb",
        "a~b",
        "~",
        "a%20b",
        "%F0%9F%8E%89",
        "gr%C3%B6%C3%9Fe",
        "a%0D%0Ab",
        "%25",
        "*",
        "a:b",
        "a@b",
        "a;b=c",
        new string('a', 128),
        new string('a', 129),
        new string('a', 4000),
    ];

    [Theory]
    [MemberData(nameof(OddIds))]
    public async Task An_id_that_is_no_job_s_is_not_found_whatever_it_looks_like(string id)
    {
        foreach (var path in new[] { "", "/runs", "/events", "/audit", "?as_of=1" })
            (await SendRawAsync(HttpMethod.Get, $"/jobs/{id}{path}")).IsProblem(HttpStatusCode.NotFound);
        foreach (var path in new[] { "/cancel", "/trigger", "/pause", "/resume" })
            (await SendRawAsync(HttpMethod.Post, $"/jobs/{id}{path}")).IsProblem(HttpStatusCode.NotFound);
        (await SendRawAsync(HttpMethod.Delete, $"/jobs/{id}")).IsProblem(HttpStatusCode.NotFound);
        (await SendRawAsync(HttpMethod.Patch, $"/jobs/{id}", "{}")).IsProblem(HttpStatusCode.NotFound);
        (await SendRawAsync(HttpMethod.Get, $"/runs/{id}")).IsProblem(HttpStatusCode.NotFound);
        (await SendRawAsync(HttpMethod.Post, $"/runs/{id}/cancel")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Two_dots_are_no_id_but_lead_up_before_anything_is_routed() =>
        Assert.Equal("[]", (await SendRawAsync(HttpMethod.Get, "/jobs/../runs")).Text);

    [Fact]
    public async Task A_path_with_the_character_NUL_is_refused_before_it_is_routed() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await SendRawAsync(HttpMethod.Get, "/jobs/%00")).Status);

    [Fact]
    public async Task Cancel_answers_with_the_cancelled_job_and_keeps_the_reason()
    {
        var id = await CreateAsync();
        var answer = await server.PostAsync($"/jobs/{id}/cancel", """{"reason":"no longer needed"}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("cancelled", answer.Json.GetProperty("status").GetString());
        Assert.Equal("\"2\"", answer.Headers.ETag?.Tag);
        Assert.Equal("no longer needed", server.Jobs.Commands.OfType<CancelJob>().Single(c => c.JobId.Value == id).Reason);
    }

    [Fact]
    public async Task Cancelling_again_changes_nothing()
    {
        var id = await CreateAsync();
        var first = await server.PostAsync($"/jobs/{id}/cancel");
        var second = await server.PostAsync($"/jobs/{id}/cancel");

        Assert.Equal(HttpStatusCode.OK, second.Status);
        Assert.Equal(first.Text, second.Text);
    }

    [Fact]
    public async Task Trigger_answers_with_the_run_to_come()
    {
        var id = await CreateAsync();
        var answer = await server.PostAsync($"/jobs/{id}/trigger");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal($$"""{"run_id":"{{id}}~1~t3"}""", answer.Text);
        Assert.Equal($"/runs/{id}~1~t3", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task A_trigger_repeated_under_its_key_is_the_same_run()
    {
        var id = await CreateAsync();
        var first = await server.PostAsync($"/jobs/{id}/trigger", key: "now");
        var second = await server.PostAsync($"/jobs/{id}/trigger", key: "now");

        Assert.Equal(HttpStatusCode.Accepted, second.Status);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replayed").Single());
    }

    [Fact]
    public async Task A_trigger_that_does_not_fit_is_a_conflict()
    {
        var id = await CreateAsync();
        await server.PostAsync($"/jobs/{id}/cancel");

        var answer = (await server.PostAsync($"/jobs/{id}/trigger")).IsProblem(HttpStatusCode.Conflict, "conflict");
        Assert.Equal(id, answer.Json.GetProperty("job_id").GetString());
    }

    [Theory]
    [InlineData("""{"reason":1}""", "reason")]
    [InlineData("""{"reasn":"x"}""", "reasn")]
    [InlineData("""[]""", "body")]
    public async Task A_body_of_a_command_is_checked_like_any_other(string body, string wrong)
    {
        var id = await CreateAsync();

        Assert.Equal([wrong], (await server.PostAsync($"/jobs/{id}/cancel", body)).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Equal([wrong], (await server.PostAsync($"/jobs/{id}/trigger", body)).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Equal([wrong], (await server.PostAsync($"/jobs/{id}/pause", body)).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Equal([wrong], (await server.PostAsync($"/jobs/{id}/resume", body)).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Equal([wrong], (await server.PostAsync($"/runs/{id}~1~t3/cancel", body)).IsProblem(HttpStatusCode.BadRequest).Errors);
    }

    [Fact]
    public async Task A_reason_is_bounded()
    {
        var id = await CreateAsync();

        (await server.PostAsync($"/jobs/{id}/cancel", $$"""{"reason":"{{new string('r', 1001)}}"}""")).IsProblem(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_deleted_job_is_not_found_and_not_listed_and_its_history_stays()
    {
        var id = await CreateAsync();
        var answer = await server.DeleteAsync($"/jobs/{id}");

        Assert.Equal(HttpStatusCode.NoContent, answer.Status);
        Assert.Empty(answer.Text);
        (await server.GetAsync($"/jobs/{id}")).IsProblem(HttpStatusCode.NotFound);
        Assert.DoesNotContain(id, (await server.GetAsync("/jobs")).Text, StringComparison.Ordinal);
        Assert.Contains("JobDeleted", (await server.GetAsync($"/jobs/{id}/events")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync($"/jobs/{id}/runs")).Status);
        (await server.PostAsync($"/jobs/{id}/trigger")).IsProblem(HttpStatusCode.NotFound);
    }

    /// <summary>Sends the path as it is: <see cref="Uri"/> would tidy it up.</summary>
    private Task<ApiAnswer> SendRawAsync(HttpMethod method, string path, string? json = null)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        Assert.True(Uri.TryCreate($"{server.Address.GetLeftPart(UriPartial.Authority)}{path}", options, out var uri));
        return server.SendAsync(new HttpRequestMessage(method, uri) { Content = json is null ? null : ApiServer.Json(json) });
    }

    private async Task<string> CreateAsync() =>
        (await server.PostAsync("/jobs", """{"name":"j","schedule":{"delay":90}}""")).Json.GetProperty("job_id").GetString()!;
}
