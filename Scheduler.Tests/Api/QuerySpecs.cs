using System.Net;
using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Messages;
using Scheduler.Actors.Projections;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class QuerySpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Without_jobs_the_list_is_an_empty_array()
    {
        var answer = await _server.GetAsync("/jobs");

        Assert.Equal("[]", answer.Text);
        Assert.Null(answer.Next);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&sort=-created_at")]
    [InlineData("&sort=created_at&name=j")]
    public async Task Following_the_links_shows_each_job_once(string parameters)
    {
        var created = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            created.Add(await CreateAsync($"j{i}"));
            if (i % 3 == 0)
                _server.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        var seen = new List<string>();
        var pages = 0;
        for (var page = new Uri($"/jobs?limit=3{parameters}", UriKind.Relative); page is not null; pages++)
        {
            var answer = await _server.GetAsync(page.ToString());
            seen.AddRange(answer.Json.EnumerateArray().Select(j => j.GetProperty("job_id").GetString()!));
            page = answer.Next;
        }

        Assert.Equal(4, pages);
        Assert.Equal(10, seen.Count);
        Assert.Equal(created.Order(StringComparer.Ordinal), seen.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Filters_hold_together()
    {
        var mail = await CreateAsync("mail-1", """,  "tags":["billing","x"]""");
        _server.Time.Advance(TimeSpan.FromMilliseconds(1));
        var report = await CreateAsync("report", """, "tags":["billing"]""");
        await _server.PostAsync($"/jobs/{report}/cancel");
        _server.Time.Advance(TimeSpan.FromMinutes(1));
        var late = await CreateAsync("mail-2", delay: 3600);

        Assert.Equal([mail, report], await IdsAsync("tag=billing"));
        Assert.Equal([mail, late], await IdsAsync("name=mail-"));
        Assert.Equal([report], await IdsAsync("status=cancelled"));
        Assert.Equal([mail], await IdsAsync("tag=billing&status=pending"));
        Assert.Equal([mail], await IdsAsync("due_before=2026-10-01T12:05:00Z&status=pending"));
        Assert.Equal([late], await IdsAsync("created_after=2026-10-01T12:00:30"));
        Assert.Equal([late], await IdsAsync("created_after=2026-10-01T14:00:30+02:00"));
        Assert.Equal([late, report], await IdsAsync("sort=-created_at&limit=2"));
        Assert.Empty(await IdsAsync("status=paused"));
    }

    [Theory]
    [InlineData("status=done", "status")]
    [InlineData("status=pending,done", "status")]
    [InlineData("status=pending&status=done", "status")]
    [InlineData("target=ftp", "target")]
    [InlineData("last_outcome=failed", "last_outcome")]
    [InlineData("tag=a&tag=b", "tag")]
    [InlineData("stauts=pending", "stauts")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=-1", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("sort=name", "sort")]
    [InlineData("due_before=tomorrow", "due_before")]
    [InlineData("created_after=1", "created_after")]
    [InlineData("cursor=!", "cursor")]
    [InlineData("cursor=AAAA", "cursor")]
    [InlineData("cursor=OTk5OTk5OTk5OTk5OTk5OTk5OXxhYmM", "cursor")]
    public async Task A_parameter_that_is_wrong_is_named(string query, string wrong)
    {
        var answer = (await _server.GetAsync($"/jobs?{query}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");

        Assert.Equal([wrong], answer.Errors);
    }

    [Fact]
    public async Task A_job_has_its_revision_as_ETag_and_is_never_cached()
    {
        var id = await CreateAsync("j");
        var request = new HttpRequestMessage(HttpMethod.Get, $"/jobs/{id}");
        request.Headers.TryAddWithoutValidation("If-None-Match", "\"1\"");
        var answer = await _server.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
        Assert.True(answer.Headers.CacheControl?.NoStore);
    }

    [Fact]
    public async Task A_job_has_exactly_the_members_of_the_contract()
    {
        var id = await CreateAsync("j");
        var job = (await _server.GetAsync($"/jobs/{id}")).Json;

        Assert.Equal(
            [
                "job_id", "name", "description", "tags", "parameters", "schedule", "start_at", "end_at", "max_runs", "jitter", "misfire", "overlap", "retry", "timeout",
                "priority", "concurrency_key", "pause_after_failures", "target", "status", "waiting_for", "version", "revision", "created_at", "updated_at", "last_run", "next_run", "run_count", "failure_count", "schedule_time",
            ],
            job.EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task A_head_is_a_get_without_its_body()
    {
        var id = await CreateAsync("j");
        var answer = await _server.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"/jobs/{id}"));

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Empty(answer.Text);
        Assert.Equal("\"1\"", answer.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task A_run_has_exactly_the_members_of_the_contract()
    {
        var id = JobId.Parse(await CreateAsync("j"));
        var run = new RunView
        {
            RunId = RunId.Scheduled(id, 1, ApiServer.Now),
            JobId = id,
            Status = RunStatus.Completed,
            FireTime = ApiServer.Now,
            DueAt = ApiServer.Now,
            StartedAt = ApiServer.Now.AddMilliseconds(1),
            EndedAt = ApiServer.Now.AddMilliseconds(21),
            Lateness = TimeSpan.FromMicroseconds(1234.5),
            Duration = TimeSpan.FromMilliseconds(20.1),
            Output = new JsonText("""{"status":200}"""),
            Attempts =
            [
                new AttemptView { Number = 1, StartedAt = ApiServer.Now, EndedAt = ApiServer.Now, Outcome = AttemptResult.TimedOut, Error = "too slow" },
                new AttemptView { Number = 2, StartedAt = ApiServer.Now },
            ],
            Version = 4,
        };
        _server.Jobs.Add(run);

        Assert.Equal(
            $$"""
            {"run_id":"{{id}}~1~20261001T120000000Z","job_id":"{{id}}","status":"completed","reason":null,"scheduled_fire_time":"2026-10-01T12:00:00.000Z","due_at":"2026-10-01T12:00:00.000Z","started_at":"2026-10-01T12:00:00.001Z","ended_at":"2026-10-01T12:00:00.021Z","lateness_ms":1.234,"duration_ms":20.1,"output":{"status":200},"error":null,"triggered":"schedule","attempts":[{"number":1,"started_at":"2026-10-01T12:00:00.000Z","ended_at":"2026-10-01T12:00:00.000Z","outcome":"timed_out","error":"too slow"},{"number":2,"started_at":"2026-10-01T12:00:00.000Z","ended_at":null,"outcome":null,"error":null}]}
            """,
            (await _server.GetAsync($"/runs/{run.RunId}")).Text);
        Assert.Equal($"[{(await _server.GetAsync($"/runs/{run.RunId}")).Text}]", (await _server.GetAsync($"/jobs/{id}/runs")).Text);
    }

    [Fact]
    public async Task A_run_that_runs_says_how_far_it_is_when_it_is_asked_for_alone()
    {
        var id = JobId.Parse(await CreateAsync("j"));
        var run = new RunView { RunId = RunId.Scheduled(id, 1, ApiServer.Now), JobId = id, Status = RunStatus.Running, FireTime = ApiServer.Now, Version = 3 };
        _server.Jobs.Add(run);
        _server.Progress.Said[run.RunId] = new RunProgress(3, null, ApiServer.Now);

        var answer = await _server.GetAsync($"/runs/{run.RunId}");

        Assert.Equal("""{"done":3,"total":null,"at":"2026-10-01T12:00:00.000Z"}""", answer.Json.GetProperty("progress").GetRawText());
        Assert.False((await _server.GetAsync($"/jobs/{id}/runs")).Json[0].TryGetProperty("progress", out _));
    }

    [Fact]
    public async Task Runs_are_paged_newest_first_and_filtered_by_status()
    {
        var id = JobId.Parse(await CreateAsync("j"));
        for (var i = 0; i < 7; i++)
        {
            _server.Jobs.Add(new RunView
            {
                RunId = i == 6 ? RunId.Requested(id, 1, 9) : RunId.Scheduled(id, 1, ApiServer.Now.AddSeconds(i)),
                JobId = id,
                Status = i % 2 == 0 ? RunStatus.Completed : RunStatus.Skipped,
                Reason = i % 2 == 0 ? null : "misfire",
                Count = i % 2 == 0 ? null : 3,
                FireTime = ApiServer.Now.AddSeconds(i),
                Version = i,
            });
        }

        var runs = new List<JsonElement>();
        for (var page = new Uri($"/jobs/{id}/runs?limit=2", UriKind.Relative); page is not null;)
        {
            var answer = await _server.GetAsync(page.ToString());
            runs.AddRange(answer.Json.EnumerateArray());
            page = answer.Next;
        }

        Assert.Equal(7, runs.Count);
        Assert.Equal("manual", runs[0].GetProperty("triggered").GetString());
        Assert.Equal(runs.Select(r => r.GetProperty("scheduled_fire_time").GetString()).OrderDescending(StringComparer.Ordinal), runs.Select(r => r.GetProperty("scheduled_fire_time").GetString()));
        var skipped = (await _server.GetAsync($"/jobs/{id}/runs?status=skipped")).Json.EnumerateArray().ToList();
        Assert.Equal(3, skipped.Count);
        Assert.All(skipped, r => Assert.Equal(3, r.GetProperty("count").GetInt32()));
        Assert.Equal(["status"], (await _server.GetAsync($"/jobs/{id}/runs?status=late")).IsProblem(HttpStatusCode.BadRequest).Errors);
    }

    [Fact]
    public async Task Events_are_the_job_s_facts_in_order()
    {
        var id = await CreateAsync("j");
        await _server.PostAsync($"/jobs/{id}/trigger");

        var all = (await _server.GetAsync($"/jobs/{id}/events")).Json.EnumerateArray().ToList();
        Assert.Equal(["JobCreated", "JobScheduled", "RunRequested"], all.Select(e => e.GetProperty("type").GetString()));
        Assert.Equal("""{"version":1,"at":"2026-10-01T12:00:00.000Z","type":"JobCreated","data":{"some":"data"}}""", all[0].GetRawText());

        var first = await _server.GetAsync($"/jobs/{id}/events?limit=2");
        Assert.Equal($"?limit=2&after=2", first.Next?.Query);
        var second = await _server.GetAsync(first.Next!.ToString());
        Assert.Equal(3, second.Json.EnumerateArray().Single().GetProperty("version").GetInt32());
        Assert.Null(second.Next);
        Assert.Equal("[]", (await _server.GetAsync($"/jobs/{id}/events?after=3")).Text);
        Assert.Equal(["after"], (await _server.GetAsync($"/jobs/{id}/events?after=x")).IsProblem(HttpStatusCode.BadRequest).Errors);
    }

    private async Task<string[]> IdsAsync(string query) =>
        [.. (await _server.GetAsync($"/jobs?{query}")).Json.EnumerateArray().Select(j => j.GetProperty("job_id").GetString()!)];

    private async Task<string> CreateAsync(string name, string more = "", int delay = 90) =>
        (await _server.PostAsync("/jobs", $$$"""{"name":"{{{name}}}","schedule":{"delay":{{{delay}}}}{{{more}}}}""")).Json.GetProperty("job_id").GetString()!;
}
