using System.Net;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class PutJobSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Body = """{"name":"nightly","schedule":{"every":"PT1H"}}""";

    private const string Other = """{"name":"nightly","schedule":{"every":"PT2H"}}""";

    [Fact]
    public async Task A_new_id_is_created_and_a_known_one_replaced()
    {
        var created = await PutAsync("new", Body);
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("/jobs/new", created.Headers.Location?.ToString());
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);

        var replaced = await PutAsync("new", """{"name":"other","schedule":{"every":"PT2H"},"priority":3}""");
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.Null(replaced.Headers.Location);
        Assert.Equal("\"2\"", replaced.Headers.ETag?.Tag);
        Assert.Equal("other", replaced.Json.GetProperty("name").GetString());
        Assert.Equal(replaced.Text, (await server.GetAsync("/jobs/new")).Text);

        // What a PUT leaves out goes back to its default.
        Assert.Equal(0, (await PutAsync("new", Body)).Json.GetProperty("priority").GetInt32());
    }

    [Fact]
    public async Task The_same_definition_again_stores_nothing()
    {
        await PutAsync("same", Body);
        server.Time.Advance(TimeSpan.FromSeconds(7));
        var version = server.Jobs.StateOf("same").Version;
        var again = await PutAsync("same", Body);

        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(version, server.Jobs.StateOf("same").Version);
    }

    [Fact]
    public async Task A_deleted_job_is_created_again()
    {
        await PutAsync("back", Body);
        await server.DeleteAsync("/jobs/back");

        Assert.Equal(HttpStatusCode.Created, (await PutAsync("back", Body)).Status);
    }

    [Fact]
    public async Task A_cancelled_job_begins_anew()
    {
        await PutAsync("anew", Body);
        await server.PostAsync("/jobs/anew/cancel");
        var answer = await PutAsync("anew", Body);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("pending", answer.Json.GetProperty("status").GetString());
    }

    [Theory]
    [InlineData("\"1\"", HttpStatusCode.OK)]
    [InlineData("\"7\", \"1\"", HttpStatusCode.OK)]
    [InlineData("*", HttpStatusCode.OK)]
    [InlineData("\"2\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("W/\"1\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("\"abc\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("\"\"", HttpStatusCode.PreconditionFailed)]
    [InlineData("\"99999999999\"", HttpStatusCode.PreconditionFailed)]
    public async Task An_edit_is_made_for_the_revisions_that_it_asks_for(string guard, HttpStatusCode status)
    {
        var id = $"guarded-{Guid.CreateVersion7(ApiServer.Now):N}";
        await PutAsync(id, Body);
        var answer = await PutAsync(id, Other, ("If-Match", guard));

        Assert.Equal(status, answer.Status);
        if (status is HttpStatusCode.PreconditionFailed)
        {
            answer.IsProblem(status, "precondition-failed");
            Assert.Equal(1, answer.Json.GetProperty("revision").GetInt32());
            Assert.Equal(id, answer.Json.GetProperty("job_id").GetString());
        }
    }

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("*")]
    public async Task A_job_that_is_not_there_has_no_revision_to_match(string guard)
    {
        var answer = await PutAsync("nobody", Body, ("If-Match", guard));

        answer.IsProblem(HttpStatusCode.PreconditionFailed, "precondition-failed");
        Assert.False(answer.Json.TryGetProperty("revision", out _));
    }

    [Fact]
    public async Task If_None_Match_creates_and_never_replaces()
    {
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("only-once", Body, ("If-None-Match", "*"))).Status);

        (await PutAsync("only-once", Body, ("If-None-Match", "*"))).IsProblem(HttpStatusCode.PreconditionFailed, "precondition-failed");
    }

    [Theory]
    [InlineData("If-Match", "1")]
    [InlineData("If-Match", "\"1")]
    [InlineData("If-Match", "\"1\", *")]
    [InlineData("If-Match", "\"1\" \"2\"")]
    [InlineData("If-None-Match", "\"1\"")]
    [InlineData("If-None-Match", "x")]
    public async Task A_malformed_guard_is_named(string header, string value)
    {
        foreach (var method in new[] { HttpMethod.Put, HttpMethod.Patch, HttpMethod.Delete })
        {
            var answer = await server.SendAsync(method, "/jobs/x", method == HttpMethod.Delete ? null : Body, (header, value));
            Assert.Equal([header], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        }
    }

    [Fact]
    public async Task A_key_means_nothing_to_what_is_repeatable_anyway()
    {
        Assert.Equal(HttpStatusCode.Created, (await PutAsync("keyed", Body, ("Idempotency-Key", "k"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("keyed", Other, ("Idempotency-Key", "k"))).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync(HttpMethod.Delete, "/jobs/keyed", json: null, ("Idempotency-Key", ""))).Status);
        Assert.All(server.Jobs.Commands.Where(c => c.JobId.Value == "keyed"), c => Assert.Null(c.Origin.Key));
    }

    [Fact]
    public async Task A_definition_is_checked_as_at_creation()
    {
        Assert.Equal(["nmae", "name", "schedule"], (await PutAsync("bad", """{"nmae":"x"}""")).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Equal(
            ["end_at"],
            (await PutAsync("bad", """{"name":"x","schedule":{"every":3600},"end_at":"2026-10-01T12:00:01Z"}""")).IsProblem(HttpStatusCode.BadRequest).Errors);
        (await PutAsync("bad", "{")).IsProblem(HttpStatusCode.BadRequest, "bad-json");
    }

    [Fact]
    public async Task A_delete_may_be_guarded()
    {
        await PutAsync("going", Body);
        var guarded = await server.SendAsync(HttpMethod.Delete, "/jobs/going", json: null, ("If-Match", "\"9\""));

        Assert.Equal(1, guarded.IsProblem(HttpStatusCode.PreconditionFailed).Json.GetProperty("revision").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync(HttpMethod.Delete, "/jobs/going", json: null, ("If-Match", "\"1\""))).Status);
    }

    private Task<ApiAnswer> PutAsync(string id, string body, params (string, string)[] headers) => server.SendAsync(HttpMethod.Put, $"/jobs/{id}", body, headers);
}
