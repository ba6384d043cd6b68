using FsCheck.Xunit;
using Scheduler.Actors.Domain.Jobs;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

public sealed class RunIdSpecs
{
    private static readonly JobId Job = JobId.Parse("nightly-report");
    private static readonly DateTimeOffset Epoch = DateTimeOffset.UnixEpoch;

    [Fact]
    public void The_run_of_a_fire_time_is_named_by_job_generation_and_nominal_instant() =>
        Assert.Equal(
            "nightly-report~3~20260301T090507042Z",
            RunId.Scheduled(Job, 3, new DateTimeOffset(2026, 3, 1, 9, 5, 7, 42, TimeSpan.Zero)).Value);

    [Fact]
    public void The_nominal_instant_is_written_in_UTC() =>
        Assert.Equal(
            RunId.Scheduled(Job, 1, new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero)),
            RunId.Scheduled(Job, 1, new DateTimeOffset(2026, 3, 1, 10, 0, 0, TimeSpan.FromHours(1))));

    [Fact]
    public void A_requested_run_is_named_by_job_generation_and_the_version_of_its_request() =>
        Assert.Equal("nightly-report~3~t17", RunId.Requested(Job, 3, 17).Value);

    [Theory]
    [InlineData("a~1~20260301T090000000Z", false)]
    [InlineData("a~1~t1", true)]
    [InlineData("t~1~20260301T090000000Z", false)]
    [InlineData("a.b-c_D~2147483647~t9223372036854775807", true)]
    [InlineData("a~1~00010101T000000000Z", false)]
    [InlineData("a~1~99991231T235959999Z", false)]
    public void A_run_id_is_read_back_as_it_was_written(string text, bool isRequested)
    {
        Assert.True(RunId.TryParse(text, out var id));
        Assert.Equal(text, id.Value);
        Assert.Equal(text, id.ToString());
        Assert.Equal(isRequested, id.IsRequested);
        Assert.Equal(text[..text.IndexOf('~', StringComparison.Ordinal)], id.JobId.Value);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a~1")]
    [InlineData("~1~t1")]
    [InlineData("a~~t1")]
    [InlineData("a~1~")]
    [InlineData("a~1~t")]
    [InlineData("a~1~T1")]
    [InlineData("a~1~1")]
    [InlineData("a~1~t-1")]
    [InlineData("a~1~t+1")]
    [InlineData("a~1~t 1")]
    [InlineData("a~1~t1 ")]
    [InlineData("a~-1~t1")]
    [InlineData("a~x~t1")]
    [InlineData("a~1~t1~t1")]
    [InlineData("a/b~1~t1")]
    [InlineData(".a~1~t1")]
    [InlineData("a~1~20260301T090000Z")]
    [InlineData("a~1~20260301T090000000")]
    [InlineData("a~1~20260301T090000000z")]
    [InlineData("a~1~20260301 090000000Z")]
    [InlineData("a~1~20260230T090000000Z")]
    [InlineData("a~1~20260301T250000000Z")]
    [InlineData("a~1~2026-03-01T09:00:00.000Z")]
    [InlineData("a~1~t99999999999999999999")]
    public void Anything_else_is_no_run_id(string? text)
    {
        Assert.False(RunId.TryParse(text, out _));
        Assert.Throws<FormatException>(() => RunId.Parse(text!));
    }

    [Property]
    public void Every_run_id_is_read_back_as_it_was_written(uint milliseconds, uint generation, ulong version)
    {
        var scheduled = RunId.Scheduled(Job, (int)(generation >> 1), Epoch.AddMilliseconds(milliseconds));
        var requested = RunId.Requested(Job, (int)(generation >> 1), (long)(version >> 1));

        Assert.Equal(scheduled, RunId.Parse(scheduled.Value));
        Assert.Equal(requested, RunId.Parse(requested.Value));
        Assert.Equal(Job, scheduled.JobId);
        Assert.False(scheduled.IsRequested);
        Assert.True(requested.IsRequested);
        Assert.NotEqual(scheduled, requested);
    }

    [Property]
    public void Different_fire_times_or_generations_or_jobs_never_share_a_run_id(uint a, uint b, byte g, byte h)
    {
        var same = a == b && g == h;

        Assert.Equal(same, RunId.Scheduled(Job, g, Epoch.AddMilliseconds(a)) == RunId.Scheduled(Job, h, Epoch.AddMilliseconds(b)));
        Assert.Equal(same, RunId.Requested(Job, g, a) == RunId.Requested(Job, h, b));
        Assert.NotEqual(RunId.Requested(Job, g, a), RunId.Requested(JobId.Parse("nightly-report-" + g), g, a));
    }

    [Fact]
    public void A_run_id_that_was_never_given_a_value_has_none_to_show()
    {
        Assert.Throws<InvalidOperationException>(() => default(RunId).Value);
        Assert.Equal("", default(RunId).ToString());
    }
}
