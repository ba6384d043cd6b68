using System.Net;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary><c>GET /runs</c>, and the window of time that it shares with a job's own runs.</summary>
public sealed class RunListSpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Without_runs_the_list_is_an_empty_array()
    {
        var answer = await _server.GetAsync("/runs");

        Assert.Equal("[]", answer.Text);
        Assert.Null(answer.Next);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task Following_the_links_shows_each_run_once_newest_first_and_keeps_the_filters()
    {
        // Two jobs at each instant, so that pages end in the middle of a tie.
        for (var i = 0; i < 10; i++)
            Add($"job-{i % 2}", i / 2, RunStatus.Completed);
        Add("job-0", 100, RunStatus.Completed);
        Add("job-0", 2, RunStatus.Skipped, generation: 2);

        var seen = new List<string>();
        var pages = 0;
        for (var page = new Uri("/runs?status=completed&limit=3&to=2026-10-01T12:00:50Z", UriKind.Relative); page is not null; pages++)
        {
            var answer = await _server.GetAsync(page.ToString());
            seen.AddRange(answer.Json.EnumerateArray().Select(r => r.GetProperty("run_id").GetString()!));
            page = answer.Next;
        }

        Assert.Equal(4, pages);
        Assert.Equal(Enumerable.Range(0, 10).Reverse().Select(i => Id($"job-{i % 2}", i / 2).Value), seen);
    }

    [Fact]
    public async Task A_window_has_its_beginning_and_not_its_end()
    {
        for (var i = 0; i < 5; i++)
            Add(i == 2 ? "other" : "job", i, RunStatus.Completed);

        Assert.Equal([3, 2, 1], await SecondsAsync("/runs?from=2026-10-01T12:00:01Z&to=2026-10-01T12:00:04Z"));
        Assert.Equal([3, 1], await SecondsAsync("/jobs/job/runs?from=2026-10-01T14:00:01%2B02:00&to=2026-10-01T12:00:04"));
        Assert.Equal([4], await SecondsAsync("/jobs/job/runs?from=2026-10-01T12:00:04Z"));
        Assert.Equal([0], await SecondsAsync("/jobs/job/runs?to=2026-10-01T12:00:01Z"));
        Assert.Empty(await SecondsAsync("/runs?from=2026-10-01T12:00:04Z&to=2026-10-01T12:00:01Z"));
    }

    [Theory]
    [InlineData("status=late", "status")]
    [InlineData("from=today", "from")]
    [InlineData("to=1", "to")]
    [InlineData("limit=1001", "limit")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("job_id=j", "job_id")]
    public async Task A_parameter_that_is_wrong_is_named(string query, string wrong)
    {
        Assert.Equal([wrong], (await _server.GetAsync($"/runs?{query}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        Assert.Equal([wrong], (await _server.GetAsync($"/jobs/j/runs?{query}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
    }

    private static RunId Id(string job, int second, int generation = 1) => RunId.Scheduled(JobId.Parse(job), generation, ApiServer.Now.AddSeconds(second));

    private void Add(string job, int second, RunStatus status, int generation = 1) => _server.Jobs.Add(new RunView
    {
        RunId = Id(job, second, generation),
        JobId = JobId.Parse(job),
        Status = status,
        FireTime = ApiServer.Now.AddSeconds(second),
        Version = 1,
    });

    private async Task<IReadOnlyList<int>> SecondsAsync(string path) =>
    [
        .. (await _server.GetAsync(path)).Json.EnumerateArray()
            .Select(r => (int)(r.GetProperty("scheduled_fire_time").GetDateTimeOffset() - ApiServer.Now).TotalSeconds),
    ];
}
