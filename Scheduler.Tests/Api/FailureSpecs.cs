using System.Net;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;
using Scheduler.Host.Api.Ports;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class FailureSpecs : IAsyncLifetime
{
    private const string Body = """{"name":"j","schedule":{"delay":90}}""";

    private readonly ApiServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_job_that_does_not_answer_leaves_the_outcome_unknown()
    {
        _server.Jobs.Instead = _ => throw new TimeoutException();

        await AllAnswerAsync("outcome-unknown");
    }

    [Fact]
    public async Task A_store_that_does_not_say_leaves_the_outcome_unknown()
    {
        _server.Jobs.Instead = c => Task.FromResult<JobReply>(new OutcomeUnknown(c.JobId));

        await AllAnswerAsync("outcome-unknown");
    }

    [Fact]
    public async Task A_store_that_refuses_has_stored_nothing()
    {
        _server.Jobs.Instead = c => Task.FromResult<JobReply>(new StoreRefused(c.JobId, "disk full at /secret/path"));

        await AllAnswerAsync("store-unavailable");
    }

    [Fact]
    public async Task A_fault_of_the_scheduler_is_logged_under_the_trace_id_that_the_client_gets_and_shows_nothing_else()
    {
        _server.Jobs.Instead = _ => throw new InvalidOperationException("the innards");

        var answer = (await _server.PostAsync("/jobs", Body)).IsProblem(HttpStatusCode.InternalServerError);
        var trace = answer.Json.GetProperty("trace_id").GetString()!;
        Assert.DoesNotContain("innards", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", answer.Text, StringComparison.Ordinal);
        var logged = Assert.Single(_server.Errors.Messages);
        Assert.Contains(trace, logged, StringComparison.Ordinal);
        Assert.Contains("the innards", logged, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_views_a_query_says_so_and_commands_go_on()
    {
        _server.Jobs.BeforeQuery = () => throw new ViewsUnavailableException("no such file");

        foreach (var path in new[] { "/jobs", "/jobs/x", "/jobs/x/runs", "/runs/x~1~t2" })
        {
            var answer = (await _server.GetAsync(path)).IsProblem(HttpStatusCode.ServiceUnavailable, "views-unavailable");
            Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
            Assert.DoesNotContain("no such file", answer.Text, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Created, (await _server.PostAsync("/jobs", Body)).Status);
    }

    [Fact]
    public async Task A_command_that_could_not_be_decided_is_a_fault_that_is_answered_at_once()
    {
        _server.Jobs.Instead = c => Task.FromResult<JobReply>(new DecisionFailed(c.JobId));

        var answer = (await _server.PostAsync("/jobs", Body)).IsProblem(HttpStatusCode.InternalServerError);
        Assert.NotEqual("", answer.Json.GetProperty("job_id").GetString());
        Assert.Contains("Nothing was stored", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(answer.Headers.RetryAfter);
    }

    [Fact]
    public async Task A_job_whose_journal_can_not_be_read_is_a_fault_that_is_answered_at_once()
    {
        _server.Jobs.Instead = c => Task.FromResult<JobReply>(new JobUnreadable(c.JobId));

        var answer = (await _server.PostAsync("/jobs/x/pause")).IsProblem(HttpStatusCode.InternalServerError);
        Assert.Equal("x", answer.Json.GetProperty("job_id").GetString());
        Assert.Contains("journal cannot be read", answer.Json.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Null(answer.Headers.RetryAfter);
    }

    [Theory]
    [InlineData("""{"rrule":"FREQ=YEARLY","anchor":"0001-01-01T00:00:00Z","time_zone":"America/New_York"}""")]
    [InlineData("""{"rrule":"FREQ=YEARLY;BYWEEKNO=1","anchor":"0001-01-01T00:00:00Z","time_zone":"America/New_York"}""")]
    [InlineData("""{"every":"P36500D","anchor":"9999-12-31T23:59:59Z"}""")]
    [InlineData("""{"every":"PT1S","anchor":"0001-01-01T00:00:00Z","time_zone":"America/New_York","exclusions":["0001-01-01"]}""")]
    public async Task No_schedule_is_a_fault_of_the_scheduler(string schedule)
    {
        var preview = await _server.PostAsync("/schedules:preview", $$"""{"schedule":{{schedule}}}""");

        Assert.True(preview.Status is HttpStatusCode.OK or HttpStatusCode.BadRequest, preview.Text);
    }

    [Fact]
    public async Task Views_that_hang_are_waited_for_less_than_5_s()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var never = new TaskCompletionSource();
        _server.Jobs.BeforeQuery = () =>
        {
            asked.SetResult();
            return never.Task;
        };

        var answer = _server.GetAsync("/jobs/x");
        await asked.Task;
        while (!answer.IsCompleted)
        {
            _server.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(_server.Time.GetUtcNow() < ApiServer.Now.AddMinutes(10), "The query is waited for without a bound.");
            await Task.WhenAny(answer, Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System));
        }

        (await answer).IsProblem(HttpStatusCode.ServiceUnavailable, "views-unavailable");
    }

    [Fact]
    public async Task A_journal_that_does_not_answer_is_unavailable()
    {
        _server.Jobs.BeforeHistory = () => throw new TimeoutException();

        foreach (var path in new[] { "/jobs/x/events", "/jobs/x/audit", "/jobs/x?as_of=1" })
            (await _server.GetAsync(path)).IsProblem(HttpStatusCode.ServiceUnavailable, "store-unavailable");
    }

    [Fact]
    public async Task Probes_say_what_is_wrong()
    {
        Assert.Equal("""{"status":"ready","checks":{"cluster":"ok"},"time_zone_data":"2026f"}""", (await _server.GetAsync("/health/ready")).Text);
        _server.Operations.Checks = [new ReadinessCheck("cluster", null), new ReadinessCheck("views", "does not answer")];

        var answer = await _server.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Equal("""{"status":"not_ready","checks":{"cluster":"ok","views":"does not answer"},"time_zone_data":"2026f"}""", answer.Text);
        Assert.Equal(HttpStatusCode.OK, (await _server.GetAsync("/health/live")).Status);
    }

    [Fact]
    public async Task Views_are_rebuilt_on_request()
    {
        Assert.Equal("""{"state":"live","lag_ms":1.5,"set_aside":2,"failing":[],"rebuild":null}""", (await _server.GetAsync("/views")).Text);

        var answer = await _server.PostAsync("/views:rebuild");
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("/views", answer.Headers.Location?.ToString());
        Assert.Equal("rebuilding", answer.Json.GetProperty("state").GetString());
        Assert.Equal(
            """{"started_at":"2026-10-01T12:00:00.000Z","finished_at":null,"slices_read":3,"slices":32,"events_read":100,"reason":null,"error":null}""",
            (await _server.GetAsync("/views")).Json.GetProperty("rebuild").GetRawText());
    }

    [Fact]
    public async Task Slices_that_do_not_get_on_are_told_with_since_when_and_why()
    {
        _server.Operations.Failing = [new FailingSlice(7, ApiServer.Now, "the disk is full")];

        Assert.Equal(
            """{"state":"failing","lag_ms":1.5,"set_aside":2,"failing":[{"slice":7,"since":"2026-10-01T12:00:00.000Z","error":"the disk is full"}],"rebuild":null}""",
            (await _server.GetAsync("/views")).Text);
    }

    private async Task AllAnswerAsync(string type)
    {
        foreach (var answer in new[]
        {
            await _server.PostAsync("/jobs", Body),
            await _server.PostAsync("/jobs/x/cancel"),
            await _server.PostAsync("/jobs/x/trigger"),
            await _server.PostAsync("/jobs/x/pause"),
            await _server.PostAsync("/jobs/x/resume"),
            await _server.PostAsync("/runs/x~1~t3/cancel"),
            await _server.SendAsync(HttpMethod.Put, "/jobs/x", Body),
            await _server.SendAsync(HttpMethod.Patch, "/jobs/x", "{}"),
            await _server.DeleteAsync("/jobs/x"),
        })
        {
            answer.IsProblem(HttpStatusCode.ServiceUnavailable, type);
            Assert.Equal("5", answer.Headers.RetryAfter?.ToString());
            Assert.Contains(_server.Jobs.Commands, c => c.JobId.Value == answer.Json.GetProperty("job_id").GetString());
            Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
            Assert.DoesNotContain("failed", answer.Text, StringComparison.OrdinalIgnoreCase);
        }
    }
}
