using System.Net;
using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Paging;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>Pages are bounded by bytes as well as rows, whatever jobs, runs and events hold.</summary>
public sealed class BoundedPageSpecs : IAsyncLifetime
{
    private const int Large = 900_000;

    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_list_leaves_large_members_out_and_says_so()
    {
        for (var i = 0; i < 12; i++)
            await CreateAsync($"job-{i}", Large);
        await CreateAsync("small", 10);

        var answer = await _server.GetAsync("/jobs");

        Assert.Null(answer.Next);
        Assert.InRange(answer.Text.Length, 1, 100_000);
        var items = answer.Json.EnumerateArray().ToList();
        Assert.Equal(13, items.Count);
        Assert.All(items.Take(12), item =>
        {
            Assert.Equal(["parameters"], Omitted(item));
            Assert.False(item.TryGetProperty("parameters", out _));
        });
        Assert.False(items[12].TryGetProperty("omitted", out _));
        Assert.Equal(10, items[12].GetProperty("parameters").GetProperty("text").GetString()!.Length);
        Assert.Equal(Large, (await _server.GetAsync("/jobs/job-3")).Json.GetProperty("parameters").GetProperty("text").GetString()!.Length);
    }

    [Fact]
    public async Task What_is_asked_for_comes_whatever_its_size_and_a_page_ends_early_at_its_bytes()
    {
        for (var i = 0; i < 12; i++)
            await CreateAsync($"job-{i:00}", Large);

        var (seen, pages) = (new List<string>(), 0);
        for (var page = new Uri("/jobs?fields=job_id,parameters", UriKind.Relative); page is not null; pages++)
        {
            var answer = await _server.GetAsync(page.ToString());
            Assert.InRange(answer.Text.Length, 1, Page<object>.MostBytes + 2);
            foreach (var item in answer.Json.EnumerateArray())
            {
                Assert.Equal(["job_id", "parameters"], item.EnumerateObject().Select(m => m.Name));
                Assert.Equal(Large, item.GetProperty("parameters").GetProperty("text").GetString()!.Length);
                seen.Add(item.GetProperty("job_id").GetString()!);
            }

            page = answer.Next;
        }

        Assert.Equal(3, pages);
        Assert.Equal(Enumerable.Range(0, 12).Select(i => $"job-{i:00}"), seen);
    }

    [Fact]
    public async Task An_item_that_is_larger_than_a_page_is_a_page_of_its_own()
    {
        _server.Jobs.FactData = Text(5_000_000);
        await CreateAsync("job", 10);
        await _server.PostAsync("/jobs/job/pause");

        var first = await _server.GetAsync("/jobs/job/events?fields=version,data&limit=2");
        Assert.Equal([1], first.Json.EnumerateArray().Select(e => e.GetProperty("version").GetInt32()));
        var second = await _server.GetAsync(first.Next!.ToString());
        Assert.Equal([2], second.Json.EnumerateArray().Select(e => e.GetProperty("version").GetInt32()));
    }

    [Fact]
    public async Task Events_leave_large_data_out_unless_they_are_asked_for()
    {
        _server.Jobs.FactData = Text(Large);
        await CreateAsync("job", 10);

        var item = (await _server.GetAsync("/jobs/job/events")).Json[0];
        Assert.Equal(["data"], Omitted(item));
        Assert.Equal(1, item.GetProperty("version").GetInt32());

        var whole = (await _server.GetAsync("/jobs/job/events?fields=*")).Json[0];
        Assert.Equal(["version", "at", "type", "data"], whole.EnumerateObject().Select(m => m.Name));
    }

    [Fact]
    public async Task A_page_ends_too_when_much_was_read_for_it_that_it_leaves_out()
    {
        _server.Jobs.FactData = Text(30_000_000);
        await CreateAsync("job", 10);
        await _server.PostAsync("/jobs/job/pause");
        await _server.PostAsync("/jobs/job/resume");

        var first = await _server.GetAsync("/jobs/job/events");
        Assert.All(first.Json.EnumerateArray(), item => Assert.Equal(["data"], Omitted(item)));
        Assert.Equal([1, 2], first.Json.EnumerateArray().Select(e => e.GetProperty("version").GetInt32()));
        var second = await _server.GetAsync(first.Next!.ToString());
        Assert.Equal(3, second.Json[0].GetProperty("version").GetInt32());
    }

    [Theory]
    [InlineData("/runs")]
    [InlineData("/jobs/job/runs")]
    public async Task Runs_leave_large_outputs_out_unless_they_are_asked_for_and_their_pages_end_too(string path)
    {
        const int Runs = 100;
        for (var i = 0; i < Runs; i++)
            _server.Jobs.Add(Run(i, Text(60_000)));

        var items = (await _server.GetAsync(path)).Json.EnumerateArray().ToList();
        Assert.Equal(Runs, items.Count);
        Assert.All(items, item => Assert.Equal(["output"], Omitted(item)));

        var first = await _server.GetAsync($"{path}?fields=output,run_id");
        var second = await _server.GetAsync(first.Next!.ToString());
        Assert.Null(second.Next);
        var seen = first.Json.EnumerateArray().Concat(second.Json.EnumerateArray()).Select(r => r.GetProperty("run_id").GetString());
        Assert.Equal(Enumerable.Range(0, Runs).Reverse().Select(i => Run(i, Text(1)).RunId.Value), seen);
    }

    [Fact]
    public async Task A_large_target_is_left_out_too()
    {
        await _server.SendAsync(HttpMethod.Put, "/jobs/job", JsonSerializer.Serialize(new
        {
            name = "n",
            schedule = new { delay = 90 },
            target = new { http = new { url = "https://example.org/", body = new string('x', 20_000) } },
        }));

        Assert.Equal(["target"], Omitted((await _server.GetAsync("/jobs")).Json[0]));
    }

    [Theory]
    [InlineData("/jobs", "nmae", "did you mean 'name'?")]
    [InlineData("/jobs", "colour", "known here: job_id, name")]
    [InlineData("/runs", "parameters", "known here: run_id, job_id")]
    [InlineData("/jobs/job/events", "dta", "did you mean 'data'?")]
    public async Task A_field_that_is_not_known_is_named(string path, string field, string sentence)
    {
        var answer = (await _server.GetAsync($"{path}?fields={field}")).IsProblem(HttpStatusCode.BadRequest, "invalid-request");
        Assert.Contains(sentence, answer.Error("fields"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_next_page_has_the_same_fields()
    {
        for (var i = 0; i < 3; i++)
            await CreateAsync($"job-{i}", 10);

        var first = await _server.GetAsync("/jobs?fields=name&limit=2");
        var second = await _server.GetAsync(first.Next!.ToString());
        Assert.Equal("""[{"name":"n"}]""", second.Text);
    }

    private static string[] Omitted(JsonElement item) => [.. item.GetProperty("omitted").EnumerateArray().Select(n => n.GetString()!)];

    private static JsonText Text(int length) => new($$"""{"text":"{{new string('x', length)}}"}""");

    private static RunView Run(int second, JsonText output)
    {
        var job = JobId.Parse("job");
        return new RunView
        {
            RunId = RunId.Scheduled(job, 1, ApiServer.Now.AddSeconds(second)),
            JobId = job,
            Version = second + 1,
            FireTime = ApiServer.Now.AddSeconds(second),
            Status = RunStatus.Completed,
            Output = output,
        };
    }

    private async Task CreateAsync(string id, int length)
    {
        var answer = await _server.SendAsync(HttpMethod.Put, $"/jobs/{id}", $$"""{"name":"n","schedule":{"delay":90},"parameters":{{Text(length)}}}""");
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        _server.Time.Advance(TimeSpan.FromMilliseconds(1));
    }
}
