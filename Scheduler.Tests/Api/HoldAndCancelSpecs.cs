using System.Net;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class HoldAndCancelSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task A_paused_job_keeps_its_reason_and_is_resumed()
    {
        var id = await CreateAsync();
        var paused = await server.PostAsync($"/jobs/{id}/pause", """{"reason":"holidays"}""");
        Assert.Equal(HttpStatusCode.OK, paused.Status);
        Assert.Equal("paused", paused.Json.GetProperty("status").GetString());
        Assert.Equal("\"2\"", paused.Headers.ETag?.Tag);
        Assert.Equal("holidays", server.Jobs.StateOf(id).StatusReason);

        var again = await server.PostAsync($"/jobs/{id}/pause");
        Assert.Equal(paused.Text, again.Text);

        var resumed = await server.PostAsync($"/jobs/{id}/resume", """{"reason":"back"}""");
        Assert.Equal(HttpStatusCode.OK, resumed.Status);
        Assert.Equal("pending", resumed.Json.GetProperty("status").GetString());
        Assert.Equal("\"3\"", resumed.Headers.ETag?.Tag);
        Assert.Equal(resumed.Text, (await server.PostAsync($"/jobs/{id}/resume")).Text);
    }

    [Fact]
    public async Task A_cancelled_job_is_neither_paused_nor_resumed()
    {
        var id = await CreateAsync();
        await server.PostAsync($"/jobs/{id}/cancel");

        (await server.PostAsync($"/jobs/{id}/pause")).IsProblem(HttpStatusCode.Conflict, "conflict");
        (await server.PostAsync($"/jobs/{id}/resume")).IsProblem(HttpStatusCode.Conflict, "conflict");
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    public async Task A_job_that_is_not_there_is_not_told_anything(string command) =>
        (await server.PostAsync($"/jobs/nobody/{command}")).IsProblem(HttpStatusCode.NotFound);

    [Fact]
    public async Task A_pause_repeated_under_its_key_does_not_pause_again()
    {
        var id = await CreateAsync();
        await server.PostAsync($"/jobs/{id}/pause", key: "p");
        await server.PostAsync($"/jobs/{id}/resume");
        var again = await server.PostAsync($"/jobs/{id}/pause", key: "p");

        Assert.Equal("true", again.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal("pending", again.Json.GetProperty("status").GetString());
        (await server.PostAsync($"/jobs/{id}/resume", key: "p")).IsProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
    }

    [Fact]
    public async Task A_run_that_waits_is_cancelled_and_the_schedule_goes_on()
    {
        var id = await CreateAsync();
        var run = (await server.PostAsync($"/jobs/{id}/trigger")).Json.GetProperty("run_id").GetString()!;
        var answer = await server.PostAsync($"/runs/{run}/cancel", """{"reason":"by mistake"}""", key: "c");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(id, answer.Json.GetProperty("job_id").GetString());
        Assert.Equal("pending", answer.Json.GetProperty("status").GetString());
        var command = server.Jobs.Commands.OfType<CancelRun>().Single(c => c.RunId.Value == run);
        Assert.Equal(("by mistake", "c"), (command.Reason, command.Origin.Key));
        Assert.Equal("true", (await server.PostAsync($"/runs/{run}/cancel", """{"reason":"by mistake"}""", key: "c")).Headers.GetValues("Idempotent-Replayed").Single());
    }

    [Fact]
    public async Task A_run_that_nobody_knows_is_not_found()
    {
        var id = await CreateAsync();

        foreach (var run in new[] { "x", "x~1", $"{id}~1~t9", $"{id}~1~20261001T120000000Z", "nobody~1~t2" })
            (await server.PostAsync($"/runs/{run}/cancel")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Theory]
    [InlineData(RunStatus.Cancelled, HttpStatusCode.OK, "")]
    [InlineData(RunStatus.Completed, HttpStatusCode.Conflict, "completed")]
    [InlineData(RunStatus.Discarded, HttpStatusCode.Conflict, "discarded")]
    [InlineData(RunStatus.Skipped, HttpStatusCode.Conflict, "skipped")]
    [InlineData(RunStatus.Running, HttpStatusCode.Conflict, "ended")]
    public async Task A_run_that_has_ended_stays_as_it_is(RunStatus status, HttpStatusCode answered, string says)
    {
        var id = await CreateAsync();
        var run = RunId.Scheduled(JobId.Parse(id), 1, ApiServer.Now);
        server.Jobs.Add(new RunView
        {
            RunId = run,
            JobId = JobId.Parse(id),
            Status = status,
            FireTime = ApiServer.Now,
            Version = 4,
        });
        var answer = await server.PostAsync($"/runs/{run.Value}/cancel");

        Assert.Equal(answered, answer.Status);
        if (answered is HttpStatusCode.Conflict)
            Assert.Contains(says, answer.IsProblem(HttpStatusCode.Conflict, "conflict").Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        else
            Assert.Equal(id, answer.Json.GetProperty("job_id").GetString());
    }

    private async Task<string> CreateAsync() =>
        (await server.PostAsync("/jobs", """{"name":"j","schedule":{"delay":90}}""")).Json.GetProperty("job_id").GetString()!;
}
