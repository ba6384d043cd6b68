using System.Net;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class BadDefinitionSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("""{"every":0}""", "schedule.every", "from PT1S")]
    [InlineData("""{"every":"PT0.999S"}""", "schedule.every", "from PT1S")]
    [InlineData("""{"every":"P36501D"}""", "schedule.every", "to P36500D")]
    [InlineData("""{"every":"5m"}""", "schedule.every", "ISO 8601")]
    [InlineData("""{"every":[]}""", "schedule.every", "ISO 8601")]
    [InlineData("""{"every":60,"anchor":"now"}""", "schedule.anchor", "RFC 3339")]
    [InlineData("""{"every":60,"anchor":"9999-12-31T23:59:59.9995Z"}""", "schedule.anchor", "too late")]
    [InlineData("""{"every":60,"anchor":7}""", "schedule.anchor", "not a number")]
    [InlineData("""{"every":60,"time_zone":"Mars/Olympus"}""", "schedule.time_zone", "IANA")]
    [InlineData("""{"every":60,"time_zone":1}""", "schedule.time_zone", "must be a string")]
    [InlineData("""{"every":60,"time_zone":""}""", "schedule.time_zone", "time zone")]
    [InlineData("""{"every":60,"exclusions":"2026-12-25"}""", "schedule.exclusions", "must be an array")]
    [InlineData("""{"every":60,"exclusions":{}}""", "schedule.exclusions", "must be an array")]
    [InlineData("""{"every":60,"exclusions":["2026-12-25",1]}""", "schedule.exclusions[1]", "must be a string")]
    [InlineData("""{"every":60,"exclusions":["25.12.2026"]}""", "schedule.exclusions[0]", "2026-12-25")]
    [InlineData("""{"every":60,"exclusions":["2026-02-29"]}""", "schedule.exclusions[0]", "2026-12-25")]
    [InlineData("""{"every":60,"exclusions":["2027-01-01/2026-12-24"]}""", "schedule.exclusions[0]", "2026-12-24/2027-01-01")]
    [InlineData("""{"every":60,"exclusions":["2026-12-24/2026-12-25/2026-12-26"]}""", "schedule.exclusions[0]", "2026-12-24/2027-01-01")]
    [InlineData("""{"cron":""}""", "schedule.cron", "")]
    [InlineData("""{"cron":"61 * * * *"}""", "schedule.cron", "")]
    [InlineData("""{"cron":"* * *"}""", "schedule.cron", "")]
    [InlineData("""{"cron":5}""", "schedule.cron", "must be a string")]
    [InlineData("""{"cron":"0 2 * * *","time_zone":"Nowhere"}""", "schedule.time_zone", "IANA")]
    [InlineData("""{"cron":"0 2 * * *","dst_gap":"jump"}""", "schedule.dst_gap", "one of: shift, skip")]
    [InlineData("""{"cron":"0 2 * * *","dst_overlap":"second"}""", "schedule.dst_overlap", "one of: first, last, both")]
    [InlineData("""{"cron":"0 2 * * *","anchor":"2026-01-01T00:00:00Z"}""", "schedule.anchor", "only with every, rrule, not with cron")]
    [InlineData("""{"cron":"0 2 * * *","exclusions":["x"]}""", "schedule.exclusions[0]", "2026-12-25")]
    [InlineData("""{"rrule":""}""", "schedule.rrule", "")]
    [InlineData("""{"rrule":"FREQ=NEVER"}""", "schedule.rrule", "")]
    [InlineData("""{"rrule":"FREQ=SECONDLY"}""", "schedule.rrule", "")]
    [InlineData("""{"rrule":{}}""", "schedule.rrule", "must be a string")]
    [InlineData("""{"rrule":"FREQ=DAILY","dst_gap":"skip"}""", "schedule.dst_gap", "only with cron, not with rrule")]
    [InlineData("""{"at":"2027-01-01T00:00:00Z","time_zone":"UTC"}""", "schedule.time_zone", "only with every, cron, rrule, not with at")]
    [InlineData("""{"delay":1,"anchor":"2026-01-01T00:00:00Z"}""", "schedule.anchor", "not with delay")]
    [InlineData("""{"delay":1,"exclusions":[]}""", "schedule.exclusions", "not with delay")]
    [InlineData("""{"every":60,"dst_overlap":"both"}""", "schedule.dst_overlap", "only with cron, not with every")]
    [InlineData("""{"every":60,"cron":"0 2 * * *"}""", "schedule", "exactly one of: at, delay, every, cron, rrule")]
    [InlineData("""{"time_zone":"UTC"}""", "schedule", "exactly one of: at, delay, every, cron, rrule")]
    [InlineData("""{"every":60,"timezone":"UTC"}""", "schedule.timezone", "'time_zone'")]
    public async Task A_part_of_a_schedule_that_is_wrong_is_named_with_what_is_allowed(string schedule, string wrong, string allowed)
    {
        var answer = await server.PostAsync("/jobs", $"{{\"name\":\"j\",\"schedule\":{schedule}}}");

        Assert.Equal([wrong], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Contains(allowed, answer.Error(wrong), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"url\":\"http://h/{{job.idd}}\"", "target.http.url", "{{job.idd}}")]
    [InlineData("\"url\":\"http://{{parameters.host}}/\"", "target.http.url", "absolute")]
    [InlineData("\"url\":\"http://10.0.0.1/\"", "target.http.url", "10.0.0.1")]
    [InlineData("\"url\":\"http://[fd00::1]:8080/\"", "target.http.url", "fd00::1")]
    [InlineData("\"url\":\"http://2130706433/\"", "target.http.url", "127.0.0.1")]
    [InlineData("\"url\":\"http://localhost/\"", "target.http.url", "127.0.0.1")]
    [InlineData("\"url\":\"http://a.localhost./\"", "target.http.url", "127.0.0.1")]
    [InlineData("\"url\":\"http://h/{{parameters.missing}}\"", "target.http.url", "{{parameters.missing}}")]
    [InlineData("\"url\":\"http://h/\",\"headers\":{\"X-A\":\"{{parameters.missing}}\"}", "target.http.headers.X-A", "{{parameters.missing}}")]
    [InlineData("\"url\":\"http://h/\",\"body\":[\"{{parameters.missing}}\"]", "target.http.body", "{{parameters.missing}}")]
    [InlineData("\"url\":\"http://h/\",\"text\":\"{{parameters.missing}}\"", "target.http.text", "{{parameters.missing}}")]
    [InlineData("\"url\":\"http://h/\",\"headers\":{\"X-A\":\"{{nobody}}\"}", "target.http.headers.X-A", "{{nobody}}")]
    [InlineData("\"url\":\"http://h/\",\"body\":{\"a\":[\"{{run.number}}\"]}", "target.http.body", "{{run.attempt}}")]
    [InlineData("\"url\":\"http://h/\",\"body\":{},\"text\":\"x\"", "target.http.text", "beside body")]
    [InlineData("\"url\":\"http://h/\",\"text\":\"{{x}}\"", "target.http.text", "{{x}}")]
    [InlineData("\"url\":\"http://h/\",\"secret\":\"\"", "target.http.secret", "must not be empty")]
    [InlineData("\"url\":\"http://h/\",\"secret\":\"other\"", "target.http.secret", "known: main, spare")]
    [InlineData("\"url\":\"http://h/\",\"success\":200", "target.http.success", "an array")]
    [InlineData("\"url\":\"http://h/\",\"success\":[200,\"299-200\"]", "target.http.success[1]", "200-299")]
    [InlineData("\"url\":\"http://h/\",\"success\":[199]", "target.http.success[0]", "from 200 to 599")]
    [InlineData("\"url\":\"http://h/\",\"follow_redirects\":\"yes\"", "target.http.follow_redirects", "true or false")]
    [InlineData("\"url\":\"http://h/\",\"keep_headers\":[\"a b\"]", "target.http.keep_headers[0]", "field name")]
    [InlineData("\"url\":\"http://h/\",\"keep_headers\":[\"ETag\",\"etag\"]", "target.http.keep_headers[1]", "is there already")]
    [InlineData("\"url\":\"http://h/\",\"headers\":{\"Webhook-Signature\":\"x\"}", "target.http.headers.Webhook-Signature", "cannot be set")]
    public async Task A_part_of_an_http_target_that_is_wrong_is_named_with_what_is_allowed(string http, string wrong, string allowed)
    {
        var answer = await server.PostAsync("/jobs", $"{{\"name\":\"j\",\"schedule\":{{\"delay\":60}},\"target\":{{\"http\":{{{http}}}}}}}");

        Assert.Equal([wrong], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Contains(allowed, answer.Error(wrong), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"url\":\"http://h/{{job.name}}/z\"", "target.http.url", "another path")]
    [InlineData("\"url\":\"http://h/{{parameters.dots}}/z\"", "target.http.url", "another path")]
    [InlineData("\"url\":\"http://h/\",\"headers\":{\"X-A\":\"a {{parameters.lines}}\"}", "target.http.headers.X-A", "not printable ASCII")]
    public async Task What_filling_a_request_would_make_of_it_is_told_at_once(string http, string wrong, string problem)
    {
        var answer = await server.PostAsync("/jobs", """{"name":"..","parameters":{"dots":"..","lines":"a\r\nb"},"schedule":{"delay":60},"target":{"http":{""" + http + "}}}");

        Assert.Equal([wrong], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Contains(problem, answer.Error(wrong), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"start_at\":\"soon\"", "start_at", "RFC 3339")]
    [InlineData("\"start_at\":\"9999-12-31T23:59:59.9995Z\"", "start_at", "too late")]
    [InlineData("\"end_at\":1", "end_at", "must be a string")]
    [InlineData("\"start_at\":\"2027-01-02T00:00:00Z\",\"end_at\":\"2027-01-01T00:00:00Z\"", "end_at", "before start_at")]
    [InlineData("\"max_runs\":0", "max_runs", "from 1")]
    [InlineData("\"max_runs\":1.5", "max_runs", "whole number")]
    [InlineData("\"max_runs\":\"many\"", "max_runs", "not a string")]
    [InlineData("\"max_runs\":1e15", "max_runs", "from 1")]
    [InlineData("\"jitter\":-1", "jitter", "from PT0S to P30D")]
    [InlineData("\"jitter\":\"P31D\"", "jitter", "from PT0S to P30D")]
    [InlineData("\"jitter\":\"a bit\"", "jitter", "ISO 8601")]
    [InlineData("\"misfire\":\"skip\"", "misfire", "must be an object")]
    [InlineData("\"misfire\":{\"policy\":\"fire\"}", "misfire.policy", "one of: fire_once, fire_all, skip")]
    [InlineData("\"misfire\":{\"policy\":\"fire_all\",\"window\":0}", "misfire.window", "from PT0.001S")]
    [InlineData("\"misfire\":{\"policy\":\"fire_all\",\"limit\":0}", "misfire.limit", "from 1 to 1000")]
    [InlineData("\"misfire\":{\"policy\":\"fire_all\",\"limit\":1001}", "misfire.limit", "from 1 to 1000")]
    [InlineData("\"misfire\":{\"limit\":10}", "misfire.limit", "only with the policy 'fire_all', not with 'fire_once'")]
    [InlineData("\"misfire\":{\"policy\":\"skip\",\"window\":10}", "misfire.window", "only with the policy 'fire_all', not with 'skip'")]
    [InlineData("\"misfire\":{\"polcy\":\"skip\"}", "misfire.polcy", "'policy'")]
    [InlineData("\"overlap\":\"queue\"", "overlap", "one of: skip, buffer_one, allow, cancel_running")]
    [InlineData("\"overlap\":1", "overlap", "must be a string")]
    [InlineData("\"retry\":{\"backoff\":\"linear\"}", "retry.backoff", "one of: fixed, exponential")]
    [InlineData("\"retry\":{\"factor\":2}", "retry.factor", "only with the backoff 'exponential', not with 'fixed'")]
    [InlineData("\"retry\":{\"backoff\":\"fixed\",\"max\":60}", "retry.max", "only with the backoff 'exponential', not with 'fixed'")]
    [InlineData("\"retry\":{\"backoff\":\"exponential\",\"factor\":0.5}", "retry.factor", "from 1 to 100")]
    [InlineData("\"retry\":{\"backoff\":\"exponential\",\"factor\":1e400}", "retry.factor", "from 1 to 100")]
    [InlineData("\"retry\":{\"backoff\":\"exponential\",\"factor\":\"2\"}", "retry.factor", "not a string")]
    [InlineData("\"retry\":{\"backoff\":\"exponential\",\"max\":5}", "retry.max", "not be below initial")]
    [InlineData("\"retry\":{\"backoff\":\"exponential\",\"max\":\"P31D\"}", "retry.max", "to P30D")]
    [InlineData("\"priority\":101", "priority", "from -100 to 100")]
    [InlineData("\"priority\":-101", "priority", "from -100 to 100")]
    [InlineData("\"priority\":\"high\"", "priority", "from -100 to 100")]
    [InlineData("\"concurrency_key\":\"\"", "concurrency_key", "empty")]
    [InlineData("\"concurrency_key\":7", "concurrency_key", "must be a string")]
    [InlineData("\"pause_after_failures\":0", "pause_after_failures", "from 1")]
    [InlineData("\"pause_after_failures\":true", "pause_after_failures", "not a boolean")]
    public async Task A_field_that_is_wrong_is_named_with_what_is_allowed(string field, string wrong, string allowed)
    {
        var answer = await server.PostAsync("/jobs", $"{{\"name\":\"j\",\"schedule\":{{\"every\":60}},{field}}}");

        Assert.Equal([wrong], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Contains(allowed, answer.Error(wrong), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lengths_and_numbers_are_bounded()
    {
        var days = string.Join(',', Enumerable.Range(0, 1001).Select(i => $"\"{new DateOnly(2030, 1, 1).AddDays(i):yyyy-MM-dd}\""));
        var answer = await server.PostAsync("/jobs", $$"""
            {"name":"j","schedule":{"every":60,"exclusions":[{{days}}]},"concurrency_key":"{{new string('k', 129)}}"}
            """);

        Assert.Equal(["schedule.exclusions", "concurrency_key"], answer.IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Contains("1000", answer.Error("schedule.exclusions"), StringComparison.Ordinal);
        Assert.Contains("128", answer.Error("concurrency_key"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/jobs", $$"""
            {"name":"j","schedule":{"every":60,"exclusions":[{{days[..days.LastIndexOf(',')]}}]},"concurrency_key":"{{new string('k', 128)}}"}
            """)).Status);
    }

    [Fact]
    public async Task All_that_is_wrong_is_named_at_once()
    {
        var answer = await server.PostAsync("/jobs", """
            {"name":"j","schedule":{"every":0,"anchor":"x","dst_gap":"y","exclusions":["z"]},"start_at":1,"max_runs":0,"jitter":-1,"misfire":{"policy":"no","limit":0},
             "overlap":"no","retry":{"backoff":"exponential","factor":0,"max":0},"priority":1000,"concurrency_key":"","pause_after_failures":0}
            """);

        Assert.Equal(
            [
                "concurrency_key", "jitter", "max_runs", "misfire.limit", "misfire.policy", "overlap", "pause_after_failures", "priority", "retry.factor", "retry.max",
                "schedule.anchor", "schedule.dst_gap", "schedule.every", "schedule.exclusions[0]", "start_at",
            ],
            answer.IsProblem(HttpStatusCode.BadRequest).Errors.Order(StringComparer.Ordinal));
    }
}
