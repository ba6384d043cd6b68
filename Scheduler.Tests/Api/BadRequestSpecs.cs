using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class BadRequestSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Rest = "\"name\":\"j\",\"schedule\":{\"delay\":1}";

    [Theory]
    [InlineData("POST", "/jobs?dry_run=true")]
    [InlineData("PUT", "/jobs/a?x=1")]
    [InlineData("DELETE", "/jobs/a?x=1")]
    [InlineData("POST", "/jobs/a/resume?reason=x")]
    [InlineData("POST", "/schedules:preview?x=1")]
    [InlineData("GET", "/jobs/a/audit?x=1")]
    [InlineData("POST", "/views:rebuild?x=1")]
    public async Task A_parameter_of_a_call_that_has_none_is_refused_before_anything_is_done(string method, string path)
    {
        var before = (await server.GetAsync("/jobs?limit=1")).Text;
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = new StringContent($"{{{Rest}}}", Encoding.UTF8, "application/json") };
        var answer = await server.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.Status);
        Assert.Contains("is not a known parameter; there are none here", answer.Text, StringComparison.Ordinal);
        Assert.Equal(before, (await server.GetAsync("/jobs?limit=1")).Text);
    }

    [Theory]
    [InlineData("""{}""", "name", "schedule")]
    [InlineData("""{"name":null,"schedule":null}""", "name", "schedule")]
    [InlineData("""[]""", "body")]
    [InlineData("""null""", "body")]
    [InlineData("\"text\"", "body")]
    [InlineData("""{"name":"","schedule":{"delay":1}}""", "name")]
    [InlineData("""{"name":"   ","schedule":{"delay":1}}""", "name")]
    [InlineData("""{"name":7,"schedule":{"delay":1}}""", "name")]
    [InlineData("""{"name":["j"],"schedule":{"delay":1}}""", "name")]
    [InlineData("""{"name":"a\u0000b","schedule":{"delay":1}}""", "name")]
    [InlineData("""{"name":"\ud83c","schedule":{"delay":1}}""", "name")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"description":1}""", "description")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"description":"\u0000"}""", "description")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"tags":"a"}""", "tags")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"tags":["a",1,"a",""," ",null]}""", "tags[1]", "tags[2]", "tags[3]", "tags[4]", "tags[5]")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"parameters":[]}""", "parameters")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"parameters":"x"}""", "parameters")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"parameters":{"a":["\udc00"]}}""", "parameters")]
    [InlineData("""{"name":"j","schedule":"tomorrow"}""", "schedule")]
    [InlineData("""{"name":"j","schedule":[]}""", "schedule")]
    [InlineData("""{"name":"j","schedule":{}}""", "schedule")]
    [InlineData("""{"name":"j","schedule":{"at":"2026-11-23T10:00:00Z","delay":1}}""", "schedule")]
    [InlineData("""{"name":"j","schedule":{"corn":"0 2 * * *"}}""", "schedule.corn", "schedule")]
    [InlineData("""{"name":"j","schedule":{"at":"2026-11-23T10:00:00Z"},"schedule_time":"2026-11-23T10:00:00Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"tomorrow"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":1795000000}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":""}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-02-29T10:00:00Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-13-01T10:00:00Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-11-23T24:00:00Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-11-23T10:60:00Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-11-23T10:00:00 Europe/Berlin"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-11-23T10:00:00.Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-11-23T10:00:00+24:00"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"2026-11-23"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"10000-01-01T00:00:00Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"9999-12-31T23:59:59.9995Z"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"9999-12-31T23:59:59-01:00"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule_time":"0001-01-01T00:00:00+01:00"}""", "schedule_time")]
    [InlineData("""{"name":"j","schedule":{"delay":-1}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"-PT1S"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"P9999999D"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":1e300}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"90"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"P"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"PT"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"P1M"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"PT1S1M"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":"PT1.5M1S"}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":true}}""", "schedule.delay")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"timeout":0}""", "timeout")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"timeout":"P1DT1S"}""", "timeout")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"timeout":{}}""", "timeout")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"retry":3}""", "retry")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"retry":{"max_attempts":0,"backoff":"linear","initial":"P31D"}}""", "retry.backoff", "retry.max_attempts", "retry.initial")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"retry":{"max_attempts":101}}""", "retry.max_attempts")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"retry":{"max_attempts":1.5}}""", "retry.max_attempts")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"retry":{"max_attempts":"4"}}""", "retry.max_attempts")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"retry":{"max_attempts":1e400}}""", "retry.max_attempts")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"retry":{"initial":-1}}""", "retry.initial")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":"default"}""", "target")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{}}""", "target")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"handler":"default","http":{"url":"http://x"}}}""", "target")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"handler":1}}""", "target.handler")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"handler":"Def ault"}}""", "target.handler")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"handler":"default","version":0}}""", "target.version")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"version":2,"http":{"url":"http://x"}}}""", "target.version")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{}}}""", "target.http.url")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"/relative"}}}""", "target.http.url")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"ftp://x/y"}}}""", "target.http.url")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"http://me:pw@x/y"}}}""", "target.http.url")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"http://x","method":"TRACE"}}}""", "target.http.method")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"http://x","headers":["a"]}}}""", "target.http.headers")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"http://x","headers":{"a b":"c"}}}}""", "target.http.headers")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"http://x","headers":{"a":1,"b":"x\r\ny","idempotency-key":"z"}}}}""", "target.http.headers.a", "target.http.headers.b", "target.http.headers.idempotency-key")]
    [InlineData("""{"name":"j","schedule":{"delay":1},"target":{"http":{"url":"http://x","headers":{"a":"1","A":"2"}}}}""", "target.http.headers.A")]
    [InlineData("""{"name":7,"tags":{},"schedule":{"delay":"x"},"timeout":[],"retry":{"tries":1},"target":{"http":{"uri":"http://x"}},"colour":"red"}""", "colour", "name", "tags", "schedule.delay", "retry.tries", "timeout", "target.http.uri", "target.http.url")]
    public async Task Every_field_that_is_wrong_is_named_at_once(string body, params string[] wrong)
    {
        var before = server.Jobs.Commands.Count;
        var answer = await server.PostAsync("/jobs", body);

        answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Equal(wrong.Order(StringComparer.Ordinal), answer.Errors.Order(StringComparer.Ordinal));
        Assert.Equal(before, server.Jobs.Commands.Count);
    }

    [Fact]
    public async Task Lengths_are_bounded()
    {
        var answer = await server.PostAsync("/jobs", $$"""
            {"name":"{{new string('n', 201)}}","schedule":{"delay":1},"tags":["{{new string('t', 65)}}"],
             "target":{"http":{"url":"http://x/{{new string('u', 2048)}}","headers":{"a":"{{new string('h', 4097)}}"} } } }
            """);

        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.Equal(["name", "tags[0]", "target.http.url", "target.http.headers.a"], answer.Errors);
        var tags = string.Join(',', Enumerable.Range(0, 33).Select(i => $"\"{i}\""));
        Assert.Equal(["tags"], (await server.PostAsync("/jobs", "{" + Rest + ",\"tags\":[" + tags + "]}")).IsProblem(HttpStatusCode.BadRequest).Errors);
    }

    [Fact]
    public async Task The_longest_name_may_be_all_emoji()
    {
        var name = string.Concat(Enumerable.Repeat("🎉", 200));

        Assert.Equal(HttpStatusCode.Created, (await server.PostAsync("/jobs", "{\"name\":\"" + name + "\",\"schedule\":{\"delay\":1}}")).Status);
    }

    [Fact]
    public async Task A_typing_error_is_answered_with_the_field_that_was_meant()
    {
        var answer = await server.PostAsync("/jobs", """{"nmae":"j","shedule":{"delay":1},"retry":{"max_attemps":1}}""");

        Assert.Contains("'name'", answer.Error("nmae"), StringComparison.Ordinal);
        Assert.Contains("'schedule'", answer.Error("shedule"), StringComparison.Ordinal);
        Assert.Contains("'max_attempts'", answer.Error("retry.max_attemps"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flood_of_unknown_fields_is_not_echoed_whole()
    {
        var fields = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"unknown-{i}\":1"));
        var answer = await server.PostAsync("/jobs", $"{{{Rest},{fields},\"{new string('x', 300_000)}\":1}}");

        answer.IsProblem(HttpStatusCode.BadRequest);
        Assert.Equal(100, answer.Errors.Length);
        Assert.True(answer.Text.Length < 50_000, "The problem is as long as what it complains about.");
    }

    [Theory]
    [InlineData("{", "Line 1, position 2")]
    [InlineData("{\n  \"name\": \"j\",\n  oops\n}", "Line 3, position 3")]
    [InlineData("{\"name\":\"j\",}", "Line 1, position 13")]
    [InlineData("{\"name\":\"j\"} trailing", "Line 1")]
    [InlineData("{'name':'j'}", "Line 1, position 2")]
    [InlineData("{\"name\":\"a\nb\"}", "Line 1")]
    [InlineData("{\"name\":\"a\0b\"}", "Line 1")]
    [InlineData("{\"name\":NaN}", "Line 1")]
    [InlineData("{\"name\":01}", "Line 1")]
    [InlineData("{\"name\":\"\\x\"}", "Line 1")]
    [InlineData("// no\n{}", "Line 1, position 1")]
    [InlineData("not json", "Line 1")]
    [InlineData("{\"name\":\"j\",\"parameters\":{\"\\ud800\":1}}", "surrogate")]
    [InlineData("{\"name\":\"a\",\"name\":\"b\"}", "name")]
    [InlineData("{\"name\":\"j\",\"schedule\":{\"delay\":1,\"delay\":2}}", "delay")]
    [InlineData("{\"name\":\"j\",\"parameters\":{\"a\":[{\"b\":1,\"b\":2}]}}", "b")]
    [InlineData("", "empty")]
    public async Task A_body_that_is_not_JSON_is_answered_with_where_it_is_not(string body, string says)
    {
        var answer = (await server.PostAsync("/jobs", body)).IsProblem(HttpStatusCode.BadRequest, "bad-json");

        Assert.Contains(says, answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_UTF_8_is_refused()
    {
        var latin1 = Encoding.Latin1.GetBytes("""{"name":"Größe","schedule":{"delay":1}}""");
        var answer = await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiServer.Bytes(latin1) });

        Assert.Contains("UTF-8", answer.IsProblem(HttpStatusCode.BadRequest, "bad-json").Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_byte_order_mark_is_no_error()
    {
        byte[] body = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes($"{{{Rest}}}")];

        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiServer.Bytes(body) })).Status);
    }

    [Theory]
    [InlineData(58, HttpStatusCode.Created)]
    [InlineData(60, HttpStatusCode.BadRequest)]
    [InlineData(10_000, HttpStatusCode.BadRequest)]
    public async Task A_body_nested_too_deep_is_refused(int levels, HttpStatusCode status)
    {
        var deep = new string('[', levels) + new string(']', levels);
        var answer = await server.PostAsync("/jobs", "{" + Rest + ",\"parameters\":{\"a\":" + deep + "}}");

        Assert.Equal(status, answer.Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_above_1_MiB_is_refused_and_one_of_1_MiB_is_not(bool isChunked)
    {
        Assert.Equal(HttpStatusCode.Created, (await SendAsync(1 << 20)).Status);
        (await SendAsync((1 << 20) + 1)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "body-too-large");
        (await SendAsync(3 << 20)).IsProblem(HttpStatusCode.RequestEntityTooLarge, "body-too-large");

        Task<ApiAnswer> SendAsync(int length)
        {
            var start = $"{{{Rest},\"description\":\"";
            var body = start + new string('d', length - start.Length - 2) + "\"}";
            var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiServer.Json(body) };
            request.Headers.TransferEncodingChunked = isChunked;
            return server.SendAsync(request);
        }
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/xml")]
    [InlineData("application/json; charset=iso-8859-1")]
    [InlineData("text/json+x")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task A_wrong_media_type_is_refused(string? type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes($"{{{Rest}}}"));
        if (type is not null)
            content.Headers.TryAddWithoutValidation("Content-Type", type);
        var answer = await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = content });

        answer.IsProblem(HttpStatusCode.UnsupportedMediaType, "unsupported-media-type");
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    [InlineData("APPLICATION/JSON")]
    [InlineData("application/vnd.example+json")]
    public async Task A_media_type_that_means_JSON_in_UTF_8_is_taken(string type)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes($"{{{Rest}}}"));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);

        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = content })).Status);
    }

    [Fact]
    public async Task A_compressed_body_is_refused()
    {
        var content = ApiServer.Json($"{{{Rest}}}");
        content.Headers.ContentEncoding.Add("gzip");

        (await server.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = content })).IsProblem(HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task An_idempotency_key_is_one_header_of_bounded_length()
    {
        foreach (var key in new[] { new string('k', 256), "" })
        {
            var request = new HttpRequestMessage(HttpMethod.Post, "/jobs") { Content = ApiServer.Json($"{{{Rest}}}") };
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
            Assert.Equal(["Idempotency-Key"], (await server.SendAsync(request)).IsProblem(HttpStatusCode.BadRequest).Errors);
        }
    }

    [Theory]
    [InlineData("PUT", "/jobs")]
    [InlineData("PATCH", "/jobs")]
    [InlineData("POST", "/jobs/x")]
    [InlineData("GET", "/jobs/x/trigger")]
    [InlineData("PUT", "/jobs/x/pause")]
    [InlineData("GET", "/jobs/x/resume")]
    [InlineData("POST", "/jobs/x/audit")]
    [InlineData("GET", "/jobs:batch")]
    [InlineData("GET", "/schedules:preview")]
    [InlineData("DELETE", "/runs/x/cancel")]
    [InlineData("DELETE", "/runs/x")]
    [InlineData("POST", "/health/ready")]
    public async Task A_method_that_is_not_there_is_answered_with_those_that_are(string method, string path)
    {
        var answer = (await server.SendAsync(new HttpRequestMessage(new HttpMethod(method), path))).IsProblem(HttpStatusCode.MethodNotAllowed);

        Assert.NotEmpty(answer.ContentHeaders.Allow);
        Assert.DoesNotContain(method, answer.ContentHeaders.Allow);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/job")]
    [InlineData("/jobs/x/y")]
    [InlineData("/jobs/x/runs/y")]
    [InlineData("/health")]
    public async Task A_path_that_is_not_there_is_not_found(string path) =>
        (await server.GetAsync(path)).IsProblem(HttpStatusCode.NotFound, "not-found");
}
