using System.Net;
using Xunit;

namespace Scheduler.Tests.Api;

/// <summary>Cron rules that restrict the day of month and the day of week say which of them must match. It is Thursday, 2026-10-01, 12:00.</summary>
public sealed class DayMatchSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    private const string Friday13 = "0 0 13 * 5";

    [Theory]
    [InlineData("/jobs")]
    [InlineData("/schedules:preview")]
    public async Task Who_does_not_say_is_shown_what_each_reading_would_do(string path)
    {
        var name = path == "/jobs" ? "\"name\":\"j\"," : "";
        var answer = await server.PostAsync(path, "{" + name + "\"schedule\":{\"cron\":\"" + Friday13 + "\"}}");

        Assert.Equal(["schedule.day_match"], answer.IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors);
        var error = answer.Error("schedule.day_match");
        Assert.Contains("\"either\" (as in crontab) fires at 2026-10-02T00:00:00.000Z, 2026-10-09T00:00:00.000Z, 2026-10-13T00:00:00.000Z", error, StringComparison.Ordinal);
        Assert.Contains("\"both\" (as in Quartz) fires at 2026-11-13T00:00:00.000Z, 2027-08-13T00:00:00.000Z, 2028-10-13T00:00:00.000Z", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("either", "2026-10-02T00:00:00.000Z")]
    [InlineData("both", "2026-11-13T00:00:00.000Z")]
    public async Task What_was_said_is_answered_and_may_be_put_again(string match, string next)
    {
        var schedule = $$"""{"cron":"{{Friday13}}","time_zone":"UTC","dst_gap":"shift","dst_overlap":"first","day_match":"{{match}}"}""";
        var job = await server.SendAsync(HttpMethod.Put, $"/jobs/day-{match}", $$"""{"name":"j","schedule":{{schedule}}}""");
        Assert.Equal(HttpStatusCode.Created, job.Status);
        Assert.Equal(schedule, job.Json.GetProperty("schedule").GetRawText());
        Assert.Equal(next, job.Json.GetProperty("next_run").GetString());

        var again = await server.SendAsync(HttpMethod.Put, $"/jobs/day-{match}", $$"""{"name":"j","schedule":{{job.Json.GetProperty("schedule").GetRawText()}}}""");

        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal(1, again.Json.GetProperty("revision").GetInt32());
    }

    [Fact]
    public async Task A_rule_that_restricts_one_field_may_say_it_and_is_not_changed_by_it()
    {
        var job = await server.SendAsync(HttpMethod.Put, "/jobs/day-one", """{"name":"j","schedule":{"cron":"0 0 * * 5","day_match":"either"}}""");
        Assert.Equal(HttpStatusCode.Created, job.Status);
        Assert.False(job.Json.GetProperty("schedule").TryGetProperty("day_match", out _));

        var again = await server.SendAsync(HttpMethod.Put, "/jobs/day-one", """{"name":"j","schedule":{"cron":"0 0 * * 5"}}""");

        Assert.Equal(1, again.Json.GetProperty("revision").GetInt32());
    }

    [Theory]
    [InlineData("""{"cron":"0 0 13 * 5","day_match":"any"}""", "one of: both, either")]
    [InlineData("""{"every":60,"day_match":"both"}""", "only with cron, not with every")]
    public async Task What_it_may_not_be_is_named(string schedule, string allowed)
    {
        var answer = await server.PostAsync("/jobs", $$"""{"name":"j","schedule":{{schedule}}}""");

        Assert.Equal(["schedule.day_match"], answer.IsProblem(HttpStatusCode.BadRequest).Errors);
        Assert.Contains(allowed, answer.Error("schedule.day_match"), StringComparison.Ordinal);
    }
}
