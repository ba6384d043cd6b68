using System.Net;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>What lists of jobs and runs can be filtered by beside what the replaced service had, and pages that end before they are full.</summary>
public sealed class ListFilterSpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Several_words_have_commas_between_them_or_come_one_by_one()
    {
        var paused = await CreateAsync("a");
        await _server.PostAsync($"/jobs/{paused}/pause");
        var cancelled = await CreateAsync("b");
        await _server.PostAsync($"/jobs/{cancelled}/cancel");
        var pending = await CreateAsync("c");

        Assert.Equal([paused, cancelled], await IdsAsync("status=paused,cancelled"));
        Assert.Equal([paused, cancelled], await IdsAsync("status=paused&status=cancelled"));
        Assert.Equal([paused, pending], await IdsAsync("status=pending, paused&status=paused"));
        Assert.Equal([paused, cancelled, pending], await IdsAsync("status="));
    }

    [Fact]
    public async Task Each_filter_finds_its_jobs()
    {
        var http = await CreateAsync("nightly mail", """, "target":{"http":{"url":"https://Example.org:8443/x"}}, "concurrency_key":"k1" """);
        var amqp = await CreateAsync("nightly report", """, "target":{"amqp":{"routing_key":"work"}}""");
        var handler = await CreateAsync("Mail");
        _server.Jobs.Append(JobId.Parse(handler), new RunDiscarded { At = ApiServer.Now, RunId = RunId.Requested(JobId.Parse(handler), 1, 3) });

        Assert.Equal([http], await IdsAsync("target=http"));
        Assert.Equal([amqp, handler], await IdsAsync("target=handler,amqp"));
        Assert.Equal([http], await IdsAsync("host=EXAMPLE.org"));
        Assert.Empty(await IdsAsync("host=example.org:8443"));
        Assert.Equal([http], await IdsAsync("concurrency_key=k1"));
        Assert.Equal([handler], await IdsAsync("last_outcome=discarded,cancelled"));
        Assert.Empty(await IdsAsync("last_outcome=completed"));
        Assert.Equal([http], await IdsAsync("name_contains=mail"));
        Assert.Equal([http, amqp], await IdsAsync("name_contains=ly%20"));
        Assert.Equal([amqp], await IdsAsync($"id_contains={amqp[5..]}"));
        Assert.Empty(await IdsAsync("target=http&last_outcome=discarded"));
    }

    [Fact]
    public async Task By_next_run_the_next_one_comes_first_and_jobs_without_one_are_not_there()
    {
        var later = await CreateAsync("a", delay: 300);
        var cancelled = await CreateAsync("b", delay: 200);
        await _server.PostAsync($"/jobs/{cancelled}/cancel");
        var last = await CreateAsync("c", delay: 400);
        var next = await CreateAsync("d", delay: 100);

        Assert.Equal([next, later, last], await IdsAsync("sort=next_run"));
        Assert.Equal([last, later, next], await IdsAsync("sort=-next_run"));
        var page = await _server.GetAsync("/jobs?sort=next_run&limit=2");
        Assert.Equal([last], Ids(await _server.GetAsync(page.Next!.ToString())));
    }

    [Fact]
    public async Task A_place_in_one_order_is_none_in_another()
    {
        await CreateAsync("a");
        await CreateAsync("b");
        var cursor = (await _server.GetAsync("/jobs?sort=next_run&limit=1")).Next!.Query.Split("cursor=")[1];

        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync($"/jobs?sort=-next_run&cursor={cursor}")).Status);
        Assert.Equal(["cursor"], (await _server.GetAsync($"/jobs?cursor={cursor}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        cursor = (await _server.GetAsync("/jobs?limit=1")).Next!.Query.Split("cursor=")[1];
        Assert.Equal(["cursor"], (await _server.GetAsync($"/jobs?sort=next_run&cursor={cursor}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
    }

    [Fact]
    public async Task A_page_that_ends_before_it_is_full_says_how_far_it_looked_and_where_to_go_on()
    {
        for (var n = 0; n < 5; n++)
        {
            await CreateAsync($"job {n}");
            _server.Time.Advance(TimeSpan.FromMilliseconds(999));
        }

        _server.Jobs.MostLookedAt = 2;
        var first = await _server.GetAsync("/jobs?name_contains=4");
        Assert.Equal("[]", first.Text);
        Assert.Equal(["2026-10-01T12:00:01.000Z"], first.Headers.GetValues("Looked-To"));
        var second = await _server.GetAsync(first.Next!.ToString());
        Assert.Equal(["2026-10-01T12:00:03.000Z"], second.Headers.GetValues("Looked-To"));
        var third = await _server.GetAsync(second.Next!.ToString());
        Assert.Single(third.Json.EnumerateArray());
        Assert.Null(third.Next);
        Assert.False(third.Headers.Contains("Looked-To"));

        var full = await _server.GetAsync("/jobs?limit=1");
        Assert.NotNull(full.Next);
        Assert.False(full.Headers.Contains("Looked-To"));
    }

    [Fact]
    public async Task Runs_of_all_jobs_are_filtered_by_job_tag_and_statuses()
    {
        var tagged = await CreateAsync("a", """, "tags":["billing"]""");
        var other = await CreateAsync("b");
        Add(tagged, 1, RunStatus.Completed);
        Add(other, 2, RunStatus.Discarded);
        Add(tagged, 3, RunStatus.Skipped);

        Assert.Equal([3, 1], await SecondsAsync("/runs?tag=billing"));
        Assert.Empty(await SecondsAsync("/runs?tag=other"));
        Assert.Equal([2], await SecondsAsync($"/runs?job={other}"));
        Assert.Empty(await SecondsAsync($"/runs?job={other}&tag=billing"));
        Assert.Equal([3, 2], await SecondsAsync("/runs?status=discarded,skipped"));
        Assert.Equal([3], await SecondsAsync($"/jobs/{tagged}/runs?status=discarded&status=skipped"));
        _server.Jobs.MostLookedAt = 1;
        var page = await _server.GetAsync("/runs?status=completed");
        Assert.Equal("[]", page.Text);
        Assert.Equal(["2026-10-01T12:00:03.000Z"], page.Headers.GetValues("Looked-To"));
    }

    [Theory]
    [InlineData("job=a%20b", "job")]
    [InlineData("status=completed,late", "status")]
    [InlineData("tag=a&tag=b", "tag")]
    public async Task A_wrong_filter_of_runs_is_named(string query, string wrong) =>
        Assert.Equal([wrong], (await _server.GetAsync($"/runs?{query}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);

    private void Add(string job, int second, RunStatus status) => _server.Jobs.Add(new RunView
    {
        RunId = RunId.Scheduled(JobId.Parse(job), 1, ApiServer.Now.AddSeconds(second)),
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

    private async Task<string[]> IdsAsync(string query) => Ids(await _server.GetAsync($"/jobs?{query}"));

    private static string[] Ids(ApiAnswer answer) => [.. answer.Json.EnumerateArray().Select(j => j.GetProperty("job_id").GetString()!)];

    private async Task<string> CreateAsync(string name, string more = "", int delay = 90)
    {
        var answer = await _server.PostAsync("/jobs", $$$"""{"name":"{{{name}}}","schedule":{"delay":{{{delay}}}}{{{more}}}}""");
        // Lists are in the order of creations, and those of one instant in that of their ids.
        _server.Time.Advance(TimeSpan.FromMilliseconds(1));
        return answer.Json.GetProperty("job_id").GetString()!;
    }
}
