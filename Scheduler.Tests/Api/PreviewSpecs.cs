using System.Net;
using Xunit;

namespace Scheduler.Tests.Api;

public sealed class PreviewSpecs(ApiServer server) : IClassFixture<ApiServer>
{
    [Fact]
    public async Task A_preview_shows_each_fire_time_in_UTC_and_in_its_time_zone()
    {
        var answer = await PreviewAsync("""{"schedule":{"cron":"30 2 * * *","time_zone":"Europe/Berlin"},"from":"2026-10-24T00:00:00Z","count":3}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var times = answer.Json.GetProperty("fire_times").EnumerateArray().ToList();
        Assert.Equal(["2026-10-24T00:30:00.000Z", "2026-10-25T00:30:00.000Z", "2026-10-26T01:30:00.000Z"], times.Select(t => t.GetProperty("at").GetString()));
        Assert.Equal(
            ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"],
            times.Select(t => t.GetProperty("local").GetString()));
        Assert.Equal(["at", "local", "note"], times[0].EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public async Task A_fire_time_that_a_clock_change_moves_has_a_note()
    {
        var answer = await PreviewAsync("""{"schedule":{"cron":"30 2 * * *","time_zone":"Europe/Berlin"},"from":"2027-03-27T12:00:00Z","count":1}""");
        var time = answer.Json.GetProperty("fire_times").EnumerateArray().Single();

        Assert.Equal("2027-03-28T03:00:00+02:00", time.GetProperty("local").GetString());
        Assert.False(string.IsNullOrEmpty(time.GetProperty("note").GetString()));
    }

    [Fact]
    public async Task Without_from_and_count_it_is_the_next_ten_from_now()
    {
        var times = (await PreviewAsync("""{"schedule":{"every":"PT1H"}}""")).Json.GetProperty("fire_times").EnumerateArray().ToList();

        Assert.Equal(10, times.Count);
        Assert.Equal("2026-10-01T13:00:00.000Z", times[0].GetProperty("at").GetString());
        Assert.Equal("2026-10-01T13:00:00+00:00", times[0].GetProperty("local").GetString());
    }

    [Theory]
    [InlineData("""{"schedule":{"delay":"PT0.5S"}}""", "2026-10-01T12:00:00.500Z")]
    [InlineData("""{"schedule":{"at":"2020-01-01T00:00:00Z"}}""", "2020-01-01T00:00:00.000Z")]
    [InlineData("""{"schedule_time":"2027-01-01T00:00:00Z"}""", "2027-01-01T00:00:00.000Z")]
    [InlineData("""{"schedule":{"every":3600},"end_at":"2026-10-01T13:30:00Z"}""", "2026-10-01T13:00:00.000Z")]
    [InlineData("""{"schedule":{"every":3600},"start_at":"2026-10-01T20:00:00Z","end_at":"2026-10-01T20:30:00Z"}""", "2026-10-01T20:00:00.000Z")]
    [InlineData("""{"schedule":{"every":3600},"start_at":"2026-10-01T20:17:00Z","end_at":"2026-10-01T20:59:00Z"}""", "2026-10-01T20:17:00.000Z")]
    [InlineData("""{"schedule":{"every":3600},"start_at":"2026-10-01T10:17:00Z","end_at":"2026-10-01T12:59:00Z"}""", "2026-10-01T12:17:00.000Z")]
    public async Task A_schedule_that_ends_has_fewer(string body, string only) =>
        Assert.Equal(only, (await PreviewAsync(body)).Json.GetProperty("fire_times").EnumerateArray().Single().GetProperty("at").GetString());

    [Fact]
    public async Task A_thousand_are_shown() =>
        Assert.Equal(1000, (await PreviewAsync("""{"schedule":{"every":1},"count":1000}""")).Json.GetProperty("fire_times").GetArrayLength());

    [Theory]
    [InlineData("""{}""", "schedule")]
    [InlineData("""[]""", "body")]
    [InlineData("""{"schedule":{"cron":"x"}}""", "schedule.cron")]
    [InlineData("""{"schedule":{"every":1},"count":0}""", "count")]
    [InlineData("""{"schedule":{"every":1},"count":1001}""", "count")]
    [InlineData("""{"schedule":{"every":1},"count":"ten"}""", "count")]
    [InlineData("""{"schedule":{"every":1},"from":"now"}""", "from")]
    [InlineData("""{"schedule":{"every":1},"name":"j"}""", "name")]
    [InlineData("""{"schedule":{"every":1},"start_at":"2027-01-01T00:00:00Z","end_at":"2026-01-01T00:00:00Z"}""", "end_at")]
    [InlineData("""{"schedule":{"every":3600},"end_at":"2026-10-01T12:30:00Z"}""", "end_at")]
    [InlineData("""{"schedule":{"at":"2027-01-01T00:00:00Z"},"start_at":"2027-01-02T00:00:00Z"}""", "start_at")]
    [InlineData("""{"schedule":{"cron":"0 0 30 2 *"}}""", "schedule")]
    [InlineData("""{"schedule":{"rrule":"FREQ=DAILY;BYDAY=MO;BYMONTHDAY=29;BYMONTH=2"},"count":1000}""", "count")]
    public async Task What_is_wrong_is_named_and_what_never_fires_is_wrong(string body, string wrong)
    {
        var errors = (await PreviewAsync(body)).IsProblem(HttpStatusCode.BadRequest, "invalid-request").Errors;

        Assert.StartsWith(wrong, Assert.Single(errors), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_creates_nothing()
    {
        await PreviewAsync("""{"schedule":{"every":1}}""");

        Assert.Empty(server.Jobs.Commands);
    }

    private Task<ApiAnswer> PreviewAsync(string body) => server.PostAsync("/schedules:preview", body);
}
