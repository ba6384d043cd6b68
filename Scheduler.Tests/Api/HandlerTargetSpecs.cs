using System.Net;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>Jobs for in-process handlers: their parameters, versions and progress, and handlers that nobody has.</summary>
public sealed class HandlerTargetSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("""{"to":"a@example.org"}""")]
    [InlineData("""{"to":"a@example.org","urgency":9,"parts":[{"name":"x","kind":"picture"},{"name":"y"}]}""")]
    public async Task Parameters_that_fit_are_taken_as_they_are(string parameters)
    {
        var job = (await CreateAsync(parameters)).Json;

        Assert.Equal(parameters, job.GetProperty("parameters").GetRawText());
        Assert.Equal(2, job.GetProperty("target").GetProperty("version").GetInt32());
        Assert.Equal(JsonValueKind.Null, job.GetProperty("waiting_for").ValueKind);
    }

    [Theory]
    [InlineData("{}", "parameters.to", "is required")]
    [InlineData("""{"to":"a","cc":"b"}""", "parameters.cc", "known: to, urgency, parts")]
    [InlineData("""{"to":null}""", "parameters.to", "is not what")]
    [InlineData("""{"to":1}""", "parameters.to", "is not what")]
    [InlineData("""{"to":"a","urgency":"5"}""", "parameters.urgency", "is not what")]
    [InlineData("""{"to":"a","urgency":10}""", "parameters.urgency", "between 1 and 9")]
    [InlineData("""{"to":"a","parts":[{"name":"x"},{"kind":"picture"}]}""", "parameters.parts[1]", "is not what")]
    [InlineData("""{"to":"a","parts":[{"name":"x","kind":"sound"}]}""", "parameters.parts[0].kind", "is not what")]
    public async Task Parameters_that_do_not_fit_are_refused_and_named(string parameters, string path, string message)
    {
        var answer = (await CreateAsync(parameters)).IsProblem(HttpStatusCode.BadRequest);

        Assert.Equal([path], answer.Errors);
        Assert.Contains(message, answer.Error(path), StringComparison.Ordinal);
        Assert.DoesNotContain("MailParameters", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_patch_that_makes_parameters_unfit_is_refused()
    {
        var id = (await CreateAsync("""{"to":"a"}""")).Json.GetProperty("job_id").GetString();

        var answer = await server.SendAsync(HttpMethod.Patch, $"/jobs/{id}", """{"parameters":{"urgency":77}}""");

        Assert.Equal(["parameters.urgency"], answer.IsProblem(HttpStatusCode.BadRequest).Errors);
    }

    [Fact]
    public async Task A_job_for_a_handler_that_no_node_has_is_taken_and_says_what_it_waits_for()
    {
        var handler = new HandlerTarget("later") { Version = 3 };
        server.Nodes.Lack(handler);
        var created = await server.PostAsync("/jobs", """{"name":"j","schedule":{"delay":1},"parameters":{"any":1},"target":{"handler":"later","version":3}}""");
        Assert.Equal(HttpStatusCode.Created, created.Status);
        Assert.Equal("""{"handler":"later/3"}""", created.Json.GetProperty("waiting_for").GetRawText());
        var id = created.Json.GetProperty("job_id").GetString();

        server.Nodes.Get(handler);

        Assert.Equal(JsonValueKind.Null, (await server.GetAsync($"/jobs/{id}")).Json.GetProperty("waiting_for").ValueKind);
    }

    [Fact]
    public async Task A_job_that_is_over_waits_for_nothing()
    {
        var handler = new HandlerTarget("gone");
        server.Nodes.Lack(handler);
        var id = (await server.PostAsync("/jobs", """{"name":"j","schedule":{"delay":1},"target":{"handler":"gone"}}""")).Json.GetProperty("job_id").GetString();

        await server.PostAsync($"/jobs/{id}/cancel");

        Assert.Equal(JsonValueKind.Null, (await server.GetAsync($"/jobs/{id}")).Json.GetProperty("waiting_for").ValueKind);
    }

    private Task<ApiAnswer> CreateAsync(string parameters) =>
        server.PostAsync("/jobs", $$$"""{"name":"j","schedule":{"delay":1},"parameters":{{{parameters}}},"target":{"handler":"send-mail","version":2}}""");
}
