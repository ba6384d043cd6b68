using System.Net;
using System.Net.Http.Headers;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class PatchJobSpecs : IAsyncLifetime
{
    private const string Whole = """
        {
          "name": "whole", "description": "all of it", "tags": ["a","b"], "parameters": {"keep": 1.50, "drop": 2, "deep": {"x": "\u00e4", "y": [1]}},
          "schedule": {"cron": "0 2 * * *", "time_zone": "Europe/Berlin", "dst_gap": "skip", "exclusions": ["2026-12-25"]},
          "start_at": "2026-10-02T00:00:00Z", "end_at": "2027-10-02T00:00:00Z", "max_runs": 9, "jitter": "PT5S",
          "misfire": {"policy": "fire_all", "window": "PT1H", "limit": 7}, "overlap": "buffer_one",
          "retry": {"max_attempts": 7, "backoff": "exponential", "initial": "PT3S", "factor": 3, "max": "PT5M"},
          "timeout": "PT20S", "priority": 5, "concurrency_key": "c", "pause_after_failures": 3,
          "target": {"http": {"url": "http://example.org/", "headers": {"a": "b"}, "body": {"n": 1.50}}}
        }
        """;

    private readonly ApiServer _server = new();

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        Assert.Equal(HttpStatusCode.Created, (await _server.SendAsync(HttpMethod.Put, "/jobs/j", Whole)).Status);
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("""{"name":"n"}""", "name", "\"n\"")]
    [InlineData("""{"description":null}""", "description", "null")]
    [InlineData("""{"tags":["c"]}""", "tags", """["c"]""")]
    [InlineData("""{"tags":null}""", "tags", "[]")]
    [InlineData("""{"parameters":{"drop":null,"new":{"a":null,"b":1},"deep":{"y":null,"z":0}}}""", "parameters", """{"keep":1.50,"deep":{"x":"\u00e4","z":0},"new":{"b":1}}""")]
    [InlineData("""{"parameters":null}""", "parameters", "{}")]
    [InlineData("""{"schedule":{"every":"PT1H","anchor":"2026-01-01T00:00:00Z"}}""", "schedule", """{"every":"PT1H","anchor":"2026-01-01T00:00:00.000Z"}""")]
    [InlineData("""{"schedule":{"cron":"0 3 * * *"}}""", "schedule", """{"cron":"0 3 * * *","time_zone":"UTC","dst_gap":"shift","dst_overlap":"first"}""")]
    [InlineData("""{"schedule_time":"2026-12-01T00:00:00Z"}""", "schedule", """{"at":"2026-12-01T00:00:00.000Z"}""")]
    [InlineData("""{"start_at":null}""", "start_at", "null")]
    [InlineData("""{"end_at":"2028-01-01T00:00:00Z"}""", "end_at", "\"2028-01-01T00:00:00.000Z\"")]
    [InlineData("""{"max_runs":null}""", "max_runs", "null")]
    [InlineData("""{"jitter":null}""", "jitter", "\"PT0S\"")]
    [InlineData("""{"misfire":{"limit":3}}""", "misfire", """{"policy":"fire_all","window":"PT1H","limit":3}""")]
    [InlineData("""{"misfire":{"window":null}}""", "misfire", """{"policy":"fire_all","limit":7}""")]
    [InlineData("""{"misfire":{"policy":"skip"}}""", "misfire", """{"policy":"skip"}""")]
    [InlineData("""{"misfire":null}""", "misfire", """{"policy":"fire_once"}""")]
    [InlineData("""{"overlap":null}""", "overlap", "\"skip\"")]
    [InlineData("""{"retry":{"initial":"PT4S"}}""", "retry", """{"max_attempts":7,"backoff":"exponential","initial":"PT4S","factor":3,"max":"PT5M"}""")]
    [InlineData("""{"retry":{"backoff":"fixed"}}""", "retry", """{"max_attempts":7,"backoff":"fixed","initial":"PT3S"}""")]
    [InlineData("""{"retry":{"backoff":null,"max_attempts":null}}""", "retry", """{"max_attempts":4,"backoff":"fixed","initial":"PT3S"}""")]
    [InlineData("""{"retry":null}""", "retry", """{"max_attempts":4,"backoff":"fixed","initial":"PT10S"}""")]
    [InlineData("""{"timeout":null}""", "timeout", "\"PT5M\"")]
    [InlineData("""{"priority":-1}""", "priority", "-1")]
    [InlineData("""{"concurrency_key":null}""", "concurrency_key", "null")]
    [InlineData("""{"pause_after_failures":null}""", "pause_after_failures", "null")]
    [InlineData("""{"target":{"handler":"send-mail"}}""", "target", """{"handler":"send-mail"}""")]
    [InlineData("""{"target":null}""", "target", """{"handler":"default"}""")]
    public async Task A_patch_changes_what_it_names_and_nothing_else(string patch, string field, string value)
    {
        var before = (await _server.GetAsync("/jobs/j")).Json;
        var answer = await PatchAsync(patch);

        Assert.True(answer.Status is HttpStatusCode.OK, answer.Text);
        Assert.Equal("\"2\"", answer.Headers.ETag?.Tag);
        Assert.Equal(value, answer.Json.GetProperty(field).GetRawText());
        string[] follow = ["version", "revision", "updated_at", "next_run", "schedule_time", field];
        foreach (var member in before.EnumerateObject().Where(m => !follow.Contains(m.Name)))
            Assert.Equal(member.Value.GetRawText(), answer.Json.GetProperty(member.Name).GetRawText());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"name":"whole","parameters":{"keep":1.50,"nothing":null}}""")]
    [InlineData("""{"schedule":{"cron":"0 2 * * *","time_zone":"Europe/Berlin","dst_gap":"skip","exclusions":["2026-12-25"]}}""")]
    [InlineData("""{"retry":{"backoff":"exponential"},"misfire":{}}""")]
    public async Task A_patch_that_changes_nothing_stores_nothing(string patch)
    {
        var version = _server.Jobs.StateOf("j").Version;
        var answer = await PatchAsync(patch);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(version, _server.Jobs.StateOf("j").Version);
        Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
    }

    [Theory]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"schedule":null}""", "schedule")]
    [InlineData("""{"schedule":{"dst_gap":"skip"}}""", "schedule")]
    [InlineData("""{"schedule":{"cron":"0 3 * * *","every":null,"nothing":null}}""", "schedule.nothing")]
    [InlineData("""{"colour":"red"}""", "colour")]
    [InlineData("""{"colour":null}""", "colour")]
    [InlineData("""{"retry":{"tries":null}}""", "retry.tries")]
    [InlineData("""{"retry":{"initial":"PT1H"}}""", "retry.max")]
    [InlineData("""{"retry":{"backoff":"fixed","factor":2}}""", "retry.factor")]
    [InlineData("""{"retry":3}""", "retry")]
    [InlineData("""{"misfire":{"policy":"skip","window":5}}""", "misfire.window")]
    [InlineData("""{"end_at":"2026-10-01T23:00:00Z"}""", "end_at")]
    [InlineData("""{"start_at":"2026-10-02T00:00:01Z","end_at":"2026-10-02T00:00:02Z"}""", "end_at")]
    [InlineData("""{"parameters":[]}""", "parameters")]
    [InlineData("""{"job_id":"x"}""", "job_id")]
    [InlineData("""[]""", "body")]
    [InlineData("\"x\"", "body")]
    public async Task What_is_wrong_with_the_patched_definition_is_named(string patch, string wrong)
    {
        Assert.Equal([wrong], (await PatchAsync(patch)).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Equal(1, _server.Jobs.StateOf("j").Revision);
    }

    [Fact]
    public async Task A_job_that_is_not_there_can_not_be_patched()
    {
        (await _server.SendAsync(HttpMethod.Patch, "/jobs/nobody", "{}")).IsProblem(HttpStatusCode.NotFound);
        await _server.DeleteAsync("/jobs/j");
        (await PatchAsync("{}")).IsProblem(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_cancelled_job_can_not_be_patched()
    {
        await _server.PostAsync("/jobs/j/cancel");

        (await PatchAsync("""{"priority":1}""")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Theory]
    [InlineData("application/merge-patch+json", HttpStatusCode.OK)]
    [InlineData("application/json", HttpStatusCode.OK)]
    [InlineData("application/json; charset=utf-8", HttpStatusCode.OK)]
    [InlineData("application/json-patch+json", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/merge-patch+json; charset=latin1", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", HttpStatusCode.UnsupportedMediaType)]
    public async Task A_patch_is_a_merge_patch(string type, HttpStatusCode status)
    {
        var content = ApiServer.Json("{}");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        var answer = await _server.SendAsync(new HttpRequestMessage(HttpMethod.Patch, "/jobs/j") { Content = content });

        Assert.Equal(status, answer.Status);
        if (status is HttpStatusCode.UnsupportedMediaType)
            Assert.Contains("application/merge-patch+json", answer.Headers.GetValues("Accept-Patch").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_too_large_is_refused_and_so_is_what_grows_too_large_by_patches()
    {
        (await PatchAsync($$"""{"description":"{{new string('d', 1 << 20)}}"}""")).IsProblem(HttpStatusCode.RequestEntityTooLarge);
        var half = new string('p', 700_000);
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync($$$"""{"parameters":{"a":"{{{half}}}"}}""")).Status);
        (await PatchAsync($$$"""{"parameters":{"b":"{{{half}}}"}}""")).IsProblem(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task A_stale_patch_is_refused_with_the_revision_that_there_is()
    {
        await PatchAsync("""{"priority":1}""");
        var answer = await PatchAsync("""{"priority":2}""", ("If-Match", "\"1\""));

        Assert.Equal(2, answer.IsProblem(HttpStatusCode.PreconditionFailed, "precondition-failed").Json.GetProperty("revision").GetInt32());
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync("""{"priority":2}""", ("If-Match", "\"2\""))).Status);
    }

    [Theory]
    [InlineData(1, null, HttpStatusCode.OK)]
    [InlineData(4, null, HttpStatusCode.OK)]
    [InlineData(5, null, HttpStatusCode.Conflict)]
    [InlineData(1, "*", HttpStatusCode.OK)]
    [InlineData(1, "\"1\", \"2\"", HttpStatusCode.OK)]
    [InlineData(1, "\"1\"", HttpStatusCode.PreconditionFailed)]
    public async Task A_patch_that_somebody_else_was_faster_than_is_merged_anew(int edits, string? guard, HttpStatusCode status)
    {
        var left = edits;
        _server.Jobs.Before = command =>
        {
            if (command is not UpdateJob || left-- <= 0)
                return;
            var other = _server.Jobs.StateOf("j").Definition! with { Description = $"edit {left}" };
            _server.Jobs.Append(command.JobId, new JobUpdated { At = ApiServer.Now, Definition = other, Generation = 1 });
        };
        var answer = guard is null ? await PatchAsync("""{"priority":42}""") : await PatchAsync("""{"priority":42}""", ("If-Match", guard));

        Assert.True(answer.Status == status, answer.Text);
        if (status is not HttpStatusCode.OK)
            return;
        Assert.Equal(42, answer.Json.GetProperty("priority").GetInt32());
        Assert.Equal("edit 0", answer.Json.GetProperty("description").GetString());
    }

    [Fact]
    public async Task A_patch_repeated_under_its_key_is_made_once()
    {
        var first = await PatchAsync("""{"priority":7}""", ("Idempotency-Key", "k"), ("If-Match", "\"1\""));
        await PatchAsync("""{"priority":8}""");
        var again = await PatchAsync("""{"priority":7}""", ("Idempotency-Key", "k"), ("If-Match", "\"1\""));

        Assert.Equal(HttpStatusCode.OK, first.Status);
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(8, again.Json.GetProperty("priority").GetInt32());
        (await _server.PostAsync("/jobs/j/pause", key: "k")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    private Task<ApiAnswer> PatchAsync(string patch, params (string, string)[] headers) => _server.SendAsync(HttpMethod.Patch, "/jobs/j", patch, headers);
}
