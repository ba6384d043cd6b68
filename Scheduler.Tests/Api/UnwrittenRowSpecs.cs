using System.Net;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>A client is never shown less than it was told, though a row could not be written.</summary>
public sealed class UnwrittenRowSpecs : IAsyncLifetime
{
    private const string Body = """{"name":"j","schedule":{"delay":90}}""";

    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_job_without_a_row_is_answered_from_its_journal()
    {
        var created = (await _server.PostAsync("/jobs", Body)).Json;
        _server.Jobs.AsRow = static _ => null;

        var found = await _server.GetAsync($"/jobs/{created.GetProperty("job_id").GetString()}");

        Assert.Equal(HttpStatusCode.OK, found.Status);
        Assert.Equal(created.GetRawText(), found.Json.GetRawText());
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync($"/jobs/{created.GetProperty("job_id").GetString()}/runs")).Status);
        (await _server.GetAsync("/jobs/never-there")).IsProblem(HttpStatusCode.NotFound, "not-found");
    }

    [Fact]
    public async Task A_job_whose_row_is_older_than_what_was_answered_is_answered_from_its_journal()
    {
        var id = (await _server.PostAsync("/jobs", Body)).Json.GetProperty("job_id").GetString()!;
        var old = _server.Jobs.StateOf(id);
        Assert.Equal("paused", (await _server.PostAsync($"/jobs/{id}/pause")).Json.GetProperty("status").GetString());
        _server.Jobs.AsRow = _ => old;
        _server.Unwritten.Add(JobId.Parse(id), _server.Jobs.StateOf(id).Version);

        var behind = await _server.GetAsync($"/jobs/{id}");
        _server.Jobs.AsRow = static state => state;
        _server.Jobs.BeforeHistory = () => throw new InvalidOperationException("The row is there.");
        var written = await _server.GetAsync($"/jobs/{id}");

        Assert.Equal("paused", behind.Json.GetProperty("status").GetString());
        Assert.Equal(behind.Text, written.Text);
    }

    [Fact]
    public async Task A_run_that_was_just_told_of_is_answered_from_its_job_s_journal_until_its_row_is_there()
    {
        var id = (await _server.PostAsync("/jobs", Body)).Json.GetProperty("job_id").GetString()!;
        var run = (await _server.PostAsync($"/jobs/{id}/trigger")).Json.GetProperty("run_id").GetString()!;

        var found = await _server.GetAsync($"/runs/{run}");

        Assert.Equal(HttpStatusCode.OK, found.Status);
        Assert.Equal(("pending", run, id), (Word("status"), Word("run_id"), Word("job_id")));
        (await _server.GetAsync($"/runs/{id}~7~t1")).IsProblem(HttpStatusCode.NotFound, "not-found");

        string? Word(string member) => found.Json.GetProperty(member).GetString();
    }

    [Fact]
    public async Task So_is_one_that_has_ended_while_rows_could_not_be_written()
    {
        var id = (await _server.PostAsync("/jobs", Body)).Json.GetProperty("job_id").GetString()!;
        var run = (await _server.PostAsync($"/jobs/{id}/trigger")).Json.GetProperty("run_id").GetString()!;
        await _server.PostAsync($"/runs/{run}/cancel");
        (await _server.GetAsync($"/runs/{run}")).IsProblem(HttpStatusCode.NotFound, "not-found");
        _server.Unwritten.Add(JobId.Parse(id), _server.Jobs.StateOf(id).Version + 1);

        Assert.Equal("cancelled", (await _server.GetAsync($"/runs/{run}")).Json.GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.OK, (await _server.PostAsync($"/runs/{run}/cancel")).Status);
    }
}
