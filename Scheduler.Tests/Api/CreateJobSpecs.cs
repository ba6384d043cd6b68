using System.Net;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class CreateJobSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Minimal = """{"name":"j","schedule":{"delay":90}}""";

    [Fact]
    public async Task A_client_of_the_replaced_service_creates_a_job_with_its_four_fields_and_finds_it()
    {
        var created = await server.PostAsync("/jobs", """{"name":"mail","description":"weekly","schedule_time":"2026-11-23T10:00:00","parameters":{"duration": 2}}""");

        Assert.Equal(HttpStatusCode.Created, created.Status);
        var job = created.Json;
        Assert.Equal("mail", job.GetProperty("name").GetString());
        Assert.Equal("weekly", job.GetProperty("description").GetString());
        Assert.Equal("2026-11-23T10:00:00.000Z", job.GetProperty("schedule_time").GetString());
        Assert.Equal("2026-11-23T10:00:00.000Z", job.GetProperty("next_run").GetString());
        Assert.Equal("2026-10-01T12:00:00.000Z", job.GetProperty("created_at").GetString());
        Assert.Equal(JsonValueKind.Null, job.GetProperty("last_run").ValueKind);
        Assert.Equal("pending", job.GetProperty("status").GetString());
        Assert.Equal("""{"duration":2}""", job.GetProperty("parameters").GetRawText());
        Assert.Equal("default", job.GetProperty("target").GetProperty("handler").GetString());
        Assert.Equal("""{"max_attempts":4,"backoff":"fixed","initial":"PT10S"}""", job.GetProperty("retry").GetRawText());

        var found = await server.GetAsync($"/jobs/{job.GetProperty("job_id").GetString()}");
        Assert.Equal(created.Text, found.Text);
    }

    [Fact]
    public async Task The_answer_says_where_the_job_is_and_which_revision_it_has()
    {
        var created = await server.PostAsync("/jobs", Minimal);

        var id = created.Json.GetProperty("job_id").GetString()!;
        Assert.Equal($"/jobs/{id}", created.Headers.Location?.ToString());
        Assert.Equal("\"1\"", created.Headers.ETag?.Tag);
        Assert.True(created.Headers.CacheControl?.NoStore);
        Assert.Equal('7', id[14]);
        Assert.Equal(1, created.Json.GetProperty("revision").GetInt32());
        Assert.Equal(2, created.Json.GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task Every_field_that_is_taken_comes_back()
    {
        var created = await server.PostAsync("/jobs", """
            {
              "name": "all", "description": "every field", "tags": ["a", "b"], "parameters": {"x": [1, "two  words", {"y": null}]},
              "schedule": {"at": "2027-01-31T09:00:00.5+01:00"},
              "retry": {"max_attempts": 7, "backoff": "fixed", "initial": "PT1M"}, "timeout": "PT30S",
              "target": {"http": {"method": "put", "url": "https://example.org/hook?a=b", "headers": {"X-Api-Key": "k"}, "body": {"n": 1.50}}}
            }
            """);

        Assert.Equal(HttpStatusCode.Created, created.Status);
        var job = created.Json;
        Assert.Equal("""["a","b"]""", job.GetProperty("tags").GetRawText());
        Assert.Equal("""{"x":[1,"two  words",{"y":null}]}""", job.GetProperty("parameters").GetRawText());
        Assert.Equal("""{"at":"2027-01-31T08:00:00.500Z"}""", job.GetProperty("schedule").GetRawText());
        Assert.Equal("""{"max_attempts":7,"backoff":"fixed","initial":"PT1M"}""", job.GetProperty("retry").GetRawText());
        Assert.Equal("PT30S", job.GetProperty("timeout").GetString());
        Assert.Equal(
            """{"http":{"method":"PUT","url":"https://example.org/hook?a=b","headers":{"X-Api-Key":"k"},"body":{"n":1.50}}}""",
            job.GetProperty("target").GetRawText());
    }

    [Theory]
    [InlineData("start_at", "\"2026-11-01T00:00:00+01:00\"", "\"2026-10-31T23:00:00.000Z\"")]
    [InlineData("end_at", "\"2027-11-01T00:00:00.9999Z\"", "\"2027-11-01T00:00:00.999Z\"")]
    [InlineData("max_runs", "1", "1")]
    [InlineData("max_runs", "1000000000000", "1000000000000")]
    [InlineData("jitter", "30", "\"PT30S\"")]
    [InlineData("misfire", "{}", """{"policy":"fire_once"}""")]
    [InlineData("misfire", """{"policy":"skip"}""", """{"policy":"skip"}""")]
    [InlineData("misfire", """{"policy":"fire_all"}""", """{"policy":"fire_all","limit":100}""")]
    [InlineData("misfire", """{"policy":"fire_all","window":"PT1H","limit":10}""", """{"policy":"fire_all","window":"PT1H","limit":10}""")]
    [InlineData("overlap", "\"buffer_one\"", "\"buffer_one\"")]
    [InlineData("overlap", "\"allow\"", "\"allow\"")]
    [InlineData("overlap", "\"cancel_running\"", "\"cancel_running\"")]
    [InlineData("retry", "{}", """{"max_attempts":4,"backoff":"fixed","initial":"PT10S"}""")]
    [InlineData("retry", """{"backoff":"exponential"}""", """{"max_attempts":4,"backoff":"exponential","initial":"PT10S","factor":2,"max":"PT1H"}""")]
    [InlineData("retry", """{"backoff":"exponential","initial":"PT2H"}""", """{"max_attempts":4,"backoff":"exponential","initial":"PT2H","factor":2,"max":"PT2H"}""")]
    [InlineData("retry", """{"backoff":"exponential","factor":1.5,"max":"PT10M"}""", """{"max_attempts":4,"backoff":"exponential","initial":"PT10S","factor":1.5,"max":"PT10M"}""")]
    [InlineData("priority", "-100", "-100")]
    [InlineData("priority", "100", "100")]
    [InlineData("concurrency_key", "\"customer-42\"", "\"customer-42\"")]
    [InlineData("pause_after_failures", "5", "5")]
    [InlineData("schedule", """{"every":"PT5M"}""", """{"every":"PT5M","anchor":"2026-10-01T12:00:00.000Z"}""")]
    [InlineData("schedule", """{"every":1,"anchor":"2026-01-01T00:00:00Z","time_zone":"Europe/Berlin"}""", """{"every":"PT1S","anchor":"2026-01-01T00:00:00.000Z","time_zone":"Europe/Berlin"}""")]
    [InlineData("schedule", """{"every":60,"anchor":"2026-01-01T00:00:00Z","exclusions":["2026-12-24/2027-01-01","2026-11-01"]}""", """{"every":"PT1M","anchor":"2026-01-01T00:00:00.000Z","time_zone":"UTC","exclusions":["2026-12-24/2027-01-01","2026-11-01"]}""")]
    [InlineData("schedule", """{"cron":"0 2 * * MON-FRI"}""", """{"cron":"0 2 * * MON-FRI","time_zone":"UTC","dst_gap":"shift","dst_overlap":"first"}""")]
    [InlineData("schedule", """{"cron":"30 0 2 * * *","time_zone":"Europe/Berlin","dst_gap":"skip","dst_overlap":"both","exclusions":["2026-12-25/2026-12-25"]}""", """{"cron":"30 0 2 * * *","time_zone":"Europe/Berlin","dst_gap":"skip","dst_overlap":"both","exclusions":["2026-12-25"]}""")]
    [InlineData("schedule", """{"rrule":"FREQ=MONTHLY;BYDAY=-1FR","anchor":"2026-01-02T09:00:00Z","time_zone":"Europe/Berlin"}""", """{"rrule":"FREQ=MONTHLY;BYDAY=-1FR","anchor":"2026-01-02T09:00:00.000Z","time_zone":"Europe/Berlin"}""")]
    public async Task A_field_comes_back_with_what_was_left_out_filled_in(string field, string sent, string read)
    {
        var schedule = field == "schedule" ? "" : ",\"schedule\":{\"every\":\"PT1H\"}";
        var created = await server.PostAsync("/jobs", $"{{\"name\":\"j\"{schedule},\"{field}\":{sent}}}");

        Assert.True(created.Status is HttpStatusCode.Created, created.Text);
        Assert.Equal(read, created.Json.GetProperty(field).GetRawText());
    }

    [Fact]
    public async Task A_schedule_that_never_fires_is_refused_with_the_field_that_keeps_it_from_firing()
    {
        var answer = await server.PostAsync("/jobs", """{"name":"j","schedule":{"every":"PT1H"},"end_at":"2026-10-01T12:30:00Z"}""");

        Assert.Equal(["end_at"], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
    }

    [Fact]
    public async Task Names_are_written_as_people_wrote_them()
    {
        var created = await server.PostAsync("/jobs", """{"name":"Größe 🎉 <b>","schedule":{"delay":"PT5S"}}""");

        Assert.Equal("Größe 🎉 <b>", created.Json.GetProperty("name").GetString());
        Assert.Contains("Größe", created.Text, StringComparison.Ordinal);
        Assert.Contains("<b>", created.Text, StringComparison.Ordinal);
        Assert.Equal("""{"delay":"PT5S"}""", created.Json.GetProperty("schedule").GetRawText());
        Assert.Equal("2026-10-01T12:00:05.000Z", created.Json.GetProperty("next_run").GetString());
    }

    [Theory]
    [InlineData("2026-11-23T10:00:00Z", "2026-11-23T10:00:00.000Z")]
    [InlineData("2026-11-23t10:00:00z", "2026-11-23T10:00:00.000Z")]
    [InlineData("2026-11-23T10:00:00", "2026-11-23T10:00:00.000Z")]
    [InlineData("2026-11-23 10:00:00", "2026-11-23T10:00:00.000Z")]
    [InlineData("2026-11-23T10:00", "2026-11-23T10:00:00.000Z")]
    [InlineData("2026-11-23T10:00:00.123456", "2026-11-23T10:00:00.124Z")]
    [InlineData("2026-11-23 10:00:00.123456+00:00", "2026-11-23T10:00:00.124Z")]
    [InlineData("2026-11-23T10:00:00.12", "2026-11-23T10:00:00.120Z")]
    [InlineData("2026-11-23T10:00:00.1234567891234+02:00", "2026-11-23T08:00:00.124Z")]
    [InlineData("2026-11-23T10:00:00-0530", "2026-11-23T15:30:00.000Z")]
    [InlineData("2026-11-23T10:00:00+05", "2026-11-23T05:00:00.000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z")]
    [InlineData("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z")]
    [InlineData("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")]
    [InlineData("2326-01-01T00:00:00Z", "2326-01-01T00:00:00.000Z")]
    public async Task Instants_are_read_as_RFC_3339_and_as_Python_writes_them(string sent, string read)
    {
        var created = await server.PostAsync("/jobs", $$"""{"name":"j","schedule_time":"{{sent}}"}""");

        Assert.True(created.Status is HttpStatusCode.Created, created.Text);
        Assert.Equal(read, created.Json.GetProperty("schedule_time").GetString());
    }

    [Theory]
    [InlineData("90", "PT1M30S")]
    [InlineData("0", "PT0S")]
    [InlineData("0.5", "PT0.5S")]
    [InlineData("1e2", "PT1M40S")]
    [InlineData("\"PT90S\"", "PT1M30S")]
    [InlineData("\"P1DT12H\"", "P1DT12H")]
    [InlineData("\"P2W\"", "P14D")]
    [InlineData("\"PT0.0001S\"", "PT0.001S")]
    [InlineData("\"P36500D\"", "P36500D")]
    public async Task Durations_are_ISO_8601_or_seconds(string sent, string read)
    {
        var created = await server.PostAsync("/jobs", $$$"""{"name":"j","schedule":{"delay":{{{sent}}}}}""");

        Assert.True(created.Status is HttpStatusCode.Created, created.Text);
        Assert.Equal(read, created.Json.GetProperty("schedule").GetProperty("delay").GetString());
    }

    [Fact]
    public async Task A_repetition_under_the_same_key_gives_the_same_job()
    {
        var first = await server.PostAsync("/jobs", Minimal, key: "order-1");
        var second = await server.PostAsync("/jobs", Minimal, key: "order-1");

        Assert.Equal(HttpStatusCode.Created, second.Status);
        Assert.Equal(first.Text, second.Text);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.False(first.Headers.Contains("Idempotent-Replayed"));
        Assert.Equal("true", second.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal('5', first.Json.GetProperty("job_id").GetString()![14]);
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_refused()
    {
        var first = await server.PostAsync("/jobs", Minimal, key: "order-2");
        var other = await server.PostAsync("/jobs", """{"name":"other","schedule":{"delay":90}}""", key: "order-2");

        other.IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(first.Json.GetProperty("job_id").GetString(), other.Json.GetProperty("job_id").GetString());
    }

    [Fact]
    public async Task After_the_job_was_deleted_its_key_is_gone()
    {
        var first = await server.PostAsync("/jobs", Minimal, key: "order-3");
        await server.DeleteAsync(first.Headers.Location!.ToString());

        (await server.PostAsync("/jobs", Minimal, key: "order-3")).IsProblem(HttpStatusCode.Gone, "gone");
    }

    [Fact]
    public async Task A_key_is_the_same_job_on_every_node_and_version()
    {
        var created = await server.PostAsync("/jobs", Minimal, key: "the key of the golden id");

        Assert.Equal("f3820bc9-c1b0-5725-bbb8-1cd583b0634f", created.Json.GetProperty("job_id").GetString());
    }

    [Fact]
    public async Task The_command_carries_the_key_the_body_s_hash_and_the_trace()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiServer.Json(Minimal) };
        request.Headers.Add("Idempotency-Key", "traced");
        request.Headers.Add("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        await server.SendAsync(request);

        var command = server.Jobs.Commands.OfType<CreateJob>().Single(c => c.Origin.Key == "traced");
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", command.Origin.Trace);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(Minimal))), command.BodyHash);
    }
}
