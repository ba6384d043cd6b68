using System.Net;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class AmqpDefinitionSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    private static readonly string TooLong = new('ä', 128);

    [Fact]
    public async Task What_is_left_out_is_filled_in()
    {
        var answer = await PostAsync("""{"routing_key":"work"}""");

        Assert.Equal(HttpStatusCode.Created, answer.Status);
        Assert.Equal(
            """{"connection":"default","exchange":"","routing_key":"work","headers":{},"persistent":true}""",
            answer.Json.GetProperty("target").GetProperty("amqp").GetRawText());
    }

    [Fact]
    public async Task What_is_given_comes_back()
    {
        const string Amqp = """{"connection":"events","exchange":"orders","routing_key":"","body":[1,"{{run.id}}"],"headers":{"a":{"b":[1.5,null]}},"content_type":"a/b","persistent":false,"ttl":"PT1M","priority":255,"correlation_id":"c","reply_to":"r","type":"t"}""";

        Assert.Equal(Amqp, (await PostAsync(Amqp)).Json.GetProperty("target").GetProperty("amqp").GetRawText());
    }

    [Theory]
    [InlineData("{}", "routing_key", "is required")]
    [InlineData("""{"exchange":"","routing_key":""}""", "routing_key", "is required")]
    [InlineData("""{"routing_key":1}""", "routing_key", "must be a string")]
    [InlineData("""{"routing_key":"w","connection":"other"}""", "connection", "known: default, events")]
    [InlineData("""{"routing_key":"w","body":1,"text":"x"}""", "text", "together with body")]
    [InlineData("""{"routing_key":"w","body":"{{run.nope}}"}""", "body", "{{run.nope}}")]
    [InlineData("""{"routing_key":"w","text":"{{nope}}"}""", "text", "{{nope}}")]
    [InlineData("""{"routing_key":"w","headers":[]}""", "headers", "must be an object")]
    [InlineData("""{"routing_key":"w","headers":{"a":"{{nope}}"}}""", "headers", "{{nope}}")]
    [InlineData("""{"routing_key":"w","headers":{"":1}}""", "headers", "empty")]
    [InlineData("""{"routing_key":"w","headers":{"a":{"b":1e400}}}""", "headers.a.b", "out of range")]
    [InlineData("""{"routing_key":"w","headers":{"Scheduler-Run-Id":"x"}}""", "headers.Scheduler-Run-Id", "cannot be set")]
    [InlineData("""{"routing_key":"w","content_type":""}""", "content_type", "empty")]
    [InlineData("""{"routing_key":"w","persistent":"yes"}""", "persistent", "must be a boolean")]
    [InlineData("""{"routing_key":"w","ttl":"P50D"}""", "ttl", "to P49D")]
    [InlineData("""{"routing_key":"w","priority":256}""", "priority", "from 0 to 255")]
    [InlineData("""{"routing_key":"w","queue":"q"}""", "queue", "not a known field")]
    public async Task A_field_that_is_wrong_is_named_with_what_is_allowed(string amqp, string wrong, string allowed)
    {
        var answer = await PostAsync(amqp);

        Assert.Equal([$"target.amqp.{wrong}"], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Contains(allowed, answer.Error($"target.amqp.{wrong}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("exchange")]
    [InlineData("routing_key")]
    [InlineData("content_type")]
    [InlineData("correlation_id")]
    [InlineData("reply_to")]
    [InlineData("type")]
    public async Task Short_strings_are_bounded_in_bytes(string field)
    {
        var rest = field == "routing_key" ? "" : ",\"routing_key\":\"w\"";

        Assert.Equal([$"target.amqp.{field}"], (await PostAsync($$"""{"{{field}}":"{{TooLong}}"{{rest}}}""")).IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Equal(HttpStatusCode.Created, (await PostAsync($$"""{"{{field}}":"{{TooLong[1..]}}x"{{rest}}}""")).Status);
    }

    [Fact]
    public async Task A_job_has_one_target()
    {
        var answer = await server.PostAsync("/jobs", """{"name":"j","schedule":{"every":60},"target":{"handler":"default","amqp":{"routing_key":"w"}}}""");

        Assert.Contains("handler, http, amqp", answer.IsProblem(HttpStatusCode.BadRequest).Error("target"), StringComparison.Ordinal);
    }

    private Task<ApiAnswer> PostAsync(string amqp) => server.PostAsync("/jobs", $$$"""{"name":"j","schedule":{"every":60},"target":{"amqp":{{{amqp}}}}}""");
}
