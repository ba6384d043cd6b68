using System.Net;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>An idempotency key stands for one request: its command and its body.</summary>
public sealed class ReusedKeySpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("trigger")]
    [InlineData("cancel")]
    public async Task Another_body_under_the_key_of_a_command_is_refused(string command)
    {
        var path = $"/jobs/{await CreateAsync()}/{command}";
        if (command is "resume")
            await server.PostAsync(path.Replace("resume", "pause", StringComparison.Ordinal));
        var first = await server.PostAsync(path, """{"reason":"deployment"}""", key: "k");
        var other = await server.PostAsync(path, """{"reason":"by mistake"}""", key: "k");
        var none = await server.PostAsync(path, key: "k");
        var same = await server.PostAsync(path, """{"reason":"deployment"}""", key: "k");

        Assert.True(first.Status is HttpStatusCode.OK or HttpStatusCode.Accepted, first.Text);
        other.IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        none.IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(first.Status, same.Status);
        Assert.Equal("true", same.Headers.GetValues("Idempotent-Replayed").Single());
    }

    [Fact]
    public async Task Another_patch_under_the_key_of_a_patch_is_refused()
    {
        var id = await CreateAsync();
        Assert.Equal(HttpStatusCode.OK, (await PatchAsync(id, """{"priority":7}""")).Status);
        (await PatchAsync(id, """{"priority":8}""")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");

        var same = await PatchAsync(id, """{"priority":7}""");
        Assert.Equal("true", same.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(7, same.Json.GetProperty("priority").GetInt32());
    }

    [Fact]
    public async Task Another_body_under_the_key_of_a_run_s_cancellation_is_refused()
    {
        var run = (await server.PostAsync($"/jobs/{await CreateAsync()}/trigger")).Json.GetProperty("run_id").GetString()!;
        await server.PostAsync($"/runs/{run}/cancel", """{"reason":"late"}""", key: "k");

        (await server.PostAsync($"/runs/{run}/cancel", """{"reason":"wrong"}""", key: "k")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        Assert.Equal(HttpStatusCode.OK, (await server.PostAsync($"/runs/{run}/cancel", """{"reason":"late"}""", key: "k")).Status);
    }

    private Task<ApiAnswer> PatchAsync(string id, string patch) => server.SendAsync(HttpMethod.Patch, $"/jobs/{id}", patch, ("Idempotency-Key", "k"));

    private async Task<string> CreateAsync() =>
        (await server.PostAsync("/jobs", """{"name":"n","schedule":{"delay":3600}}""")).Json.GetProperty("job_id").GetString()!;
}
