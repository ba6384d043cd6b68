using System.Net;
using System.Text.Json.Nodes;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>What a job was answered as may be edited and put again; what the scheduler sets is taken when it is unchanged, and named otherwise.</summary>
public sealed class RepeatedDocumentSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("""{"at":"2030-01-01T00:00:00Z"}""")]
    [InlineData("""{"delay":"PT1H"}""")]
    [InlineData("""{"every":"PT5M"}""")]
    [InlineData("""{"cron":"0 0 13 * 5","day_match":"either"}""")]
    [InlineData("""{"rrule":"FREQ=DAILY"}""")]
    public async Task A_job_that_is_got_edited_and_put_has_the_edit_and_no_other_change(string schedule)
    {
        var id = New();
        var put = await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", $$$$"""{"name":"before","schedule":{{{{schedule}}}},"misfire":{"policy":"fire_all"},"target":{"http":{"url":"http://h/"}}}""");
        Assert.Equal(HttpStatusCode.Created, put.Status);
        var job = JsonNode.Parse((await server.GetAsync($"/jobs/{id}")).Text)!;

        Assert.Equal(1, (await PutAsync(id, job)).Json.GetProperty("revision").GetInt32());
        job["name"] = "after";
        var after = (await PutAsync(id, job)).Json;

        Assert.Equal(2, after.GetProperty("revision").GetInt32());
        Assert.Equal("after", after.GetProperty("name").GetString());
        Assert.Equal(job["schedule"]!.ToJsonString(), JsonNode.Parse(after.GetProperty("schedule").GetRawText())!.ToJsonString());
        Assert.Equal((string?)job["next_run"], after.GetProperty("next_run").GetString());
    }

    [Fact]
    public async Task Runs_in_between_are_no_obstacle()
    {
        var id = New();
        await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", """{"name":"j","schedule":{"every":"PT5M"},"overlap":"allow"}""");
        var job = JsonNode.Parse((await server.GetAsync($"/jobs/{id}")).Text)!;
        await server.PostAsync($"/jobs/{id}/trigger");
        job["name"] = "after";

        Assert.Equal(HttpStatusCode.OK, (await PutAsync(id, job)).Status);
    }

    [Theory]
    [InlineData("job_id", "\"other\"")]
    [InlineData("status", "\"sleeping\"")]
    [InlineData("status", "\"paused\"")]
    [InlineData("status", "\"cancelled\"")]
    [InlineData("version", "1000")]
    [InlineData("revision", "7")]
    [InlineData("created_at", "\"2020-01-01T00:00:00Z\"")]
    [InlineData("updated_at", "5")]
    [InlineData("last_run", "\"2030-01-01T00:00:00Z\"")]
    [InlineData("run_count", "5")]
    [InlineData("failure_count", "-1")]
    [InlineData("schedule_time", "\"2030-01-01T00:00:00Z\"")]
    public async Task What_the_scheduler_sets_and_was_changed_is_named(string member, string value)
    {
        var id = New();
        await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", """{"name":"j","schedule":{"every":"PT5M"}}""");
        var job = JsonNode.Parse((await server.GetAsync($"/jobs/{id}")).Text)!;
        job[member] = JsonNode.Parse(value);

        Assert.Equal([member], (await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", job.ToJsonString())).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
    }

    [Fact]
    public async Task A_document_that_somebody_else_edited_since_is_not_put_over_theirs()
    {
        var id = New();
        await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", """{"name":"j","schedule":{"every":"PT5M"}}""");
        var old = JsonNode.Parse((await server.GetAsync($"/jobs/{id}")).Text)!;
        await server.SendAsync(HttpMethod.Patch, $"/jobs/{id}", """{"priority":5}""");

        var answer = await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", old.ToJsonString());

        Assert.Contains("revision", answer.IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Contains("it is 2 now", answer.Error("revision"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_may_repeat_what_the_scheduler_sets()
    {
        var id = New();
        await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", """{"name":"j","schedule":{"every":"PT5M"}}""");

        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Patch, $"/jobs/{id}", $$"""{"job_id":"{{id}}","revision":1,"priority":5}""")).Status);
        Assert.Equal(["job_id"], (await server.SendAsync(HttpMethod.Patch, $"/jobs/{id}", """{"job_id":"other"}""")).IsProblem(HttpStatusCode.BadRequest).Errors);
    }

    [Fact]
    public async Task A_new_job_may_repeat_its_id_in_a_PUT_and_cannot_choose_it_in_a_POST()
    {
        var id = New();

        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", $$$"""{"job_id":"{{{id}}}","name":"j","schedule":{"every":60}}""")).Status);
        Assert.Contains("use PUT /jobs/{id}", (await server.PostAsync("/jobs", """{"job_id":"x","name":"j","schedule":{"every":60}}""")).IsProblem(HttpStatusCode.BadRequest).Error("job_id"), StringComparison.Ordinal);
        Assert.Equal(["status"], (await server.PostAsync("/jobs", """{"status":"pending","name":"j","schedule":{"every":60}}""")).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Equal(["revision"], (await server.SendAsync(HttpMethod.Put, $"/jobs/{New()}", """{"revision":1,"name":"j","schedule":{"every":60}}""")).IsProblem(HttpStatusCode.BadRequest).Errors);
    }

    [Theory]
    [InlineData("a~b")]
    [InlineData("~")]
    [InlineData(".hidden")]
    [InlineData("a%2Fb")]
    [InlineData("a%20b")]
    [InlineData("%3Aa")]
    [InlineData("%C3%A4")]
    public async Task An_id_that_may_not_be_is_named_with_the_pattern(string id)
    {
        var answer = await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", """{"name":"j","schedule":{"every":60}}""");

        Assert.Equal(["job_id"], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Contains(JobId.Pattern, answer.Error("job_id"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("user:42", "user%3A42")]
    [InlineData("a+b@example.org", "a%2Bb%40example.org")]
    [InlineData("urn:isbn:0451450523", "urn%3aisbn%3a0451450523")]
    [InlineData("region=eu,tier=1", "region%3Deu%2Ctier%3D1")]
    [InlineData("jobs:batch", "jobs%3Abatch")]
    public async Task Ids_that_people_have_lead_to_one_job_however_they_are_written(string id, string encoded)
    {
        var put = await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", """{"name":"j","schedule":{"every":60}}""");
        Assert.Equal(HttpStatusCode.Created, put.Status);
        Assert.Equal($"/jobs/{id}", put.Headers.Location?.OriginalString);

        Assert.Equal(id, (await server.GetAsync($"/jobs/{encoded}")).Json.GetProperty("job_id").GetString());
        var run = (await server.PostAsync($"/jobs/{encoded}/trigger")).Json.GetProperty("run_id").GetString()!;
        Assert.Equal(id, RunId.Parse(run).JobId.Value);
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync($"/jobs/{id}/pause")).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await server.DeleteAsync($"/jobs/{encoded}")).Status);
    }

    private static string New() => $"d-{Guid.NewGuid():N}";

    private async Task<ApiAnswer> PutAsync(string id, JsonNode job)
    {
        var answer = await server.SendAsync(HttpMethod.Put, $"/jobs/{id}", job.ToJsonString());
        if (answer.Status is HttpStatusCode.OK)
            job["revision"] = answer.Json.GetProperty("revision").GetInt32();
        return answer;
    }
}
