using System.Net;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class JobPastSpecs : IAsyncLifetime
{
    private readonly ApiServer _server = new();

    public async Task InitializeAsync()
    {
        await _server.InitializeAsync();
        await _server.SendAsync(HttpMethod.Put, "/jobs/j", """{"name":"first","schedule":{"every":"PT1H"}}""");
        _server.Time.Advance(TimeSpan.FromMinutes(1));
        await _server.SendAsync(HttpMethod.Patch, "/jobs/j", """{"name":"second"}""");
        _server.Time.Advance(TimeSpan.FromMinutes(1));
        await _server.DeleteAsync("/jobs/j");
    }

    public Task DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("2026-10-01T12:00:00Z", "first")]
    [InlineData("2026-10-01T12:00:59.9999Z", "first")]
    [InlineData("2026-10-01T14:00:00+02:00", "first")]
    [InlineData("2026-10-01T12:01:00Z", "second")]
    [InlineData("2026-10-01T12:01:30", "second")]
    [InlineData("2", "first")]
    [InlineData("3", "second")]
    public async Task A_deleted_job_is_shown_as_it_was(string asOf, string name)
    {
        var answer = await _server.GetAsync($"/jobs/j?as_of={asOf}");

        Assert.True(answer.Status is HttpStatusCode.OK, answer.Text);
        Assert.Equal(name, answer.Json.GetProperty("name").GetString());
        Assert.Equal(name == "first" ? 1 : 2, answer.Json.GetProperty("revision").GetInt32());
        Assert.Equal("pending", answer.Json.GetProperty("status").GetString());
        Assert.Null(answer.Headers.ETag);
    }

    [Theory]
    [InlineData("2026-10-01T11:59:59Z")]
    [InlineData("2026-10-01T12:02:00Z")]
    [InlineData("2099-01-01T00:00:00Z")]
    [InlineData("4")]
    [InlineData("99")]
    public async Task Where_there_was_no_job_none_is_found(string asOf) =>
        (await _server.GetAsync($"/jobs/j?as_of={asOf}")).IsProblem(HttpStatusCode.NotFound, "not-found");

    [Fact]
    public async Task A_job_that_never_was_has_no_past()
    {
        (await _server.GetAsync("/jobs/nobody?as_of=1")).IsProblem(HttpStatusCode.NotFound);
        (await _server.GetAsync("/jobs/nobody/audit")).IsProblem(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("as_of=0", "as_of")]
    [InlineData("as_of=-1", "as_of")]
    [InlineData("as_of=yesterday", "as_of")]
    [InlineData("as_of=1&as_of=2", "as_of")]
    [InlineData("as-of=1", "as-of")]
    public async Task A_point_in_time_that_is_none_is_named(string query, string wrong) =>
        Assert.Equal([wrong], (await _server.GetAsync($"/jobs/j?{query}")).IsProblem(HttpStatusCode.BadRequest).Errors);

    [Fact]
    public async Task A_past_that_retention_has_removed_is_gone_and_the_rest_of_it_is_proved_as_before()
    {
        var began = _server.Time.GetUtcNow();
        await _server.SendAsync(HttpMethod.Put, "/jobs/kept", """{"name":"first","schedule":{"every":"PT1H"}}""");
        _server.Time.Advance(TimeSpan.FromMinutes(1));
        var id = JobId.Parse("kept");
        var version = _server.Jobs.StateOf("kept").Version + 1;
        await _server.Jobs.AskAsync(new CheckpointJob(id, version - 1, new AuditedPast(0, 0, 0, [], began)) { Earliest = 1 }, default);
        await _server.SendAsync(HttpMethod.Patch, "/jobs/kept", """{"name":"second"}""");
        var audit = (await _server.GetAsync("/jobs/kept/audit")).Text;
        _server.Jobs.Trim(id, version);

        var gone = await _server.GetAsync("/jobs/kept?as_of=1");
        gone.IsProblem(HttpStatusCode.Gone, "gone");
        Assert.Contains($"(version {version})", gone.Text);
        (await _server.GetAsync($"/jobs/kept?as_of={began:yyyy-MM-ddTHH:mm:ssZ}")).IsProblem(HttpStatusCode.Gone, "gone");
        Assert.Equal("first", (await _server.GetAsync($"/jobs/kept?as_of={version}")).Json.GetProperty("name").GetString());
        Assert.Equal("second", (await _server.GetAsync("/jobs/kept?as_of=2099-01-01T00:00:00Z")).Json.GetProperty("name").GetString());
        Assert.Equal(audit, (await _server.GetAsync("/jobs/kept/audit")).Text);
    }

    [Fact]
    public async Task A_past_longer_than_a_page_is_read_to_its_end()
    {
        await _server.SendAsync(HttpMethod.Put, "/jobs/long", """{"name":"n","schedule":{"every":"PT1H"}}""");
        var definition = _server.Jobs.StateOf("long").Definition!;
        var edits = Enumerable.Range(1, 1_200)
            .Select(i => new JobUpdated { At = _server.Time.GetUtcNow(), Definition = definition with { Name = $"n{i}" }, Generation = 1 })
            .ToArray<JobEvent>();
        _server.Jobs.Append(JobId.Parse("long"), edits);

        Assert.Equal("n1200", (await _server.GetAsync("/jobs/long?as_of=2099-01-01T00:00:00Z")).Json.GetProperty("name").GetString());
        Assert.Equal("n998", (await _server.GetAsync("/jobs/long?as_of=1000")).Json.GetProperty("name").GetString());
        Assert.True((await _server.GetAsync("/jobs/long/audit")).Json.GetProperty("clean").GetBoolean());
    }

    [Fact]
    public async Task An_audit_counts_what_became_of_each_occurrence()
    {
        Assert.Equal(
            """{"clean":true,"occurrences":0,"completed":0,"discarded":0,"cancelled":0,"skipped":0,"open":0,"gaps":[]}""",
            (await _server.GetAsync("/jobs/j/audit")).Text);

        await _server.SendAsync(HttpMethod.Put, "/jobs/paused", """{"name":"p","schedule":{"every":"PT1H"}}""");
        await _server.PostAsync("/jobs/paused/pause");
        _server.Time.Advance(TimeSpan.FromHours(3));
        await _server.PostAsync("/jobs/paused/resume");
        Assert.Equal(
            """{"clean":true,"occurrences":3,"completed":0,"discarded":0,"cancelled":0,"skipped":3,"open":0,"gaps":[]}""",
            (await _server.GetAsync("/jobs/paused/audit")).Text);
    }

    [Fact]
    public async Task An_audit_says_what_is_missing()
    {
        await _server.SendAsync(HttpMethod.Put, "/jobs/odd", """{"name":"o","schedule":{"every":"PT1H"}}""");
        _server.Jobs.Append(
            JobId.Parse("odd"),
            new RunCompleted { At = _server.Time.GetUtcNow(), RunId = RunId.Scheduled(JobId.Parse("odd"), 1, ApiServer.Now), Number = 1 });
        var audit = (await _server.GetAsync("/jobs/odd/audit")).Json;

        Assert.False(audit.GetProperty("clean").GetBoolean());
        Assert.NotEqual(0, audit.GetProperty("gaps").GetArrayLength());
    }
}
