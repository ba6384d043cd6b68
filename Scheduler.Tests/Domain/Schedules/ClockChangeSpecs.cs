using System.Globalization;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>What clock changes do to rules, as tables: local times with their offsets, in order.</summary>
public sealed class ClockChangeSpecs
{
    /// <summary>Cuba stays at UTC-4 from 2026 on for a year; data from before that put its winter an hour later.</summary>
    [Fact]
    public void The_bundled_data_know_of_the_latest_change_in_Cuba() =>
        Assert.Equal(
            new DateTimeOffset(2026, 12, 1, 13, 0, 0, TimeSpan.Zero),
            new CronSchedule("0 9 * * *", "America/Havana", DstGap.Shift, DstOverlap.First, []).Next(new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)));

    [Theory]
    // Europe/Berlin leaves out 02:00 to 03:00.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28", DstGap.Shift, "03-28 02:30+1, 03-29 03:00+2, 03-30 02:30+2")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28", DstGap.Skip, "03-28 02:30+1, 03-30 02:30+2")]
    [InlineData("0,30 2 * * *", "Europe/Berlin", "2026-03-29", DstGap.Shift, "03-29 03:00+2, 03-30 02:00+2")]
    [InlineData("0,30 2,3 * * *", "Europe/Berlin", "2026-03-29", DstGap.Shift, "03-29 03:00+2, 03-29 03:30+2, 03-30 02:00+2")]
    [InlineData("15 30 2 * * *", "Europe/Berlin", "2026-03-29", DstGap.Shift, "03-29 03:00+2, 03-30 02:30:15+2")]
    [InlineData("0 3 * * *", "Europe/Berlin", "2026-03-29", DstGap.Skip, "03-29 03:00+2, 03-30 03:00+2")]
    [InlineData("30 2 29 3 *", "Europe/Berlin", "2026-01-01", DstGap.Skip, "2027-03-29 02:30+2")]
    // America/New_York leaves out 02:00 to 03:00.
    [InlineData("30 2 * * *", "America/New_York", "2026-03-08", DstGap.Shift, "03-08 03:00-4, 03-09 02:30-4")]
    [InlineData("30 2 * * *", "America/New_York", "2026-03-08", DstGap.Skip, "03-09 02:30-4")]
    // Australia/Lord_Howe moves by half an hour: 02:00 to 02:30 is left out.
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-04", DstGap.Shift, "10-04 02:30+11, 10-05 02:15+11")]
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-04", DstGap.Skip, "10-05 02:15+11")]
    [InlineData("45 2 * * *", "Australia/Lord_Howe", "2026-10-03", DstGap.Skip, "10-03 02:45+10:30, 10-04 02:45+11")]
    // America/Sao_Paulo left out midnight to 01:00.
    [InlineData("@daily", "America/Sao_Paulo", "2018-11-03", DstGap.Shift, "11-03 00:00-3, 11-04 01:00-2, 11-05 00:00-2")]
    [InlineData("@daily", "America/Sao_Paulo", "2018-11-03", DstGap.Skip, "11-03 00:00-3, 11-05 00:00-2")]
    // Africa/Casablanca is back to +1 when Ramadan ends: 02:00 to 03:00 is left out.
    [InlineData("30 2 * * *", "Africa/Casablanca", "2026-03-21", DstGap.Shift, "03-21 02:30+0, 03-22 03:00+1, 03-23 02:30+1")]
    // Asia/Kathmandu went from +5:30 to +5:45 at midnight of 1986, which is no daylight saving time.
    [InlineData("0,10,20 0 * * *", "Asia/Kathmandu", "1986-01-01", DstGap.Shift, "01-01 00:15+5:45, 01-01 00:20+5:45, 01-02 00:00+5:45")]
    [InlineData("0,10,20 0 * * *", "Asia/Kathmandu", "1986-01-01", DstGap.Skip, "01-01 00:20+5:45, 01-02 00:00+5:45")]
    // Pacific/Apia left out a whole day.
    [InlineData("0 10 * * *", "Pacific/Apia", "2011-12-29", DstGap.Shift, "12-29 10:00-10, 12-31 00:00+14, 12-31 10:00+14")]
    [InlineData("0 10 * * *", "Pacific/Apia", "2011-12-29", DstGap.Skip, "12-29 10:00-10, 12-31 10:00+14")]
    public void A_local_time_that_is_left_out(string cron, string zone, string from, DstGap gap, string expected)
    {
        foreach (var overlap in Enum.GetValues<DstOverlap>())
            AssertFires(new CronSchedule(cron, zone, gap, overlap, []), from, expected);
    }

    [Theory]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25", DstOverlap.First, "10-25 02:30+2, 10-26 02:30+1")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25", DstOverlap.Last, "10-25 02:30+1, 10-26 02:30+1")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25", DstOverlap.Both, "10-25 02:30+2, 10-25 02:30+1, 10-26 02:30+1")]
    [InlineData("0,30 2 * * *", "Europe/Berlin", "2026-10-25", DstOverlap.Both, "10-25 02:00+2, 10-25 02:30+2, 10-25 02:00+1, 10-25 02:30+1, 10-26 02:00+1")]
    [InlineData("0,30 2 * * *", "Europe/Berlin", "2026-10-25", DstOverlap.Last, "10-25 02:00+1, 10-25 02:30+1, 10-26 02:00+1")]
    [InlineData("0 3 * * *", "Europe/Berlin", "2026-10-25", DstOverlap.Both, "10-25 03:00+1, 10-26 03:00+1")]
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01", DstOverlap.First, "11-01 01:30-4, 11-02 01:30-5")]
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01", DstOverlap.Last, "11-01 01:30-5, 11-02 01:30-5")]
    [InlineData("30 1 * * *", "America/New_York", "2026-11-01", DstOverlap.Both, "11-01 01:30-4, 11-01 01:30-5, 11-02 01:30-5")]
    [InlineData("15,45 1 * * *", "Australia/Lord_Howe", "2026-04-05", DstOverlap.First, "04-05 01:15+11, 04-05 01:45+11, 04-06 01:15+10:30")]
    [InlineData("15,45 1 * * *", "Australia/Lord_Howe", "2026-04-05", DstOverlap.Last, "04-05 01:15+11, 04-05 01:45+10:30, 04-06 01:15+10:30")]
    [InlineData("15,45 1 * * *", "Australia/Lord_Howe", "2026-04-05", DstOverlap.Both, "04-05 01:15+11, 04-05 01:45+11, 04-05 01:45+10:30")]
    // Clocks went back at midnight, so the evening before came twice.
    [InlineData("30 23 * * *", "America/Sao_Paulo", "2018-02-17", DstOverlap.Both, "02-17 23:30-2, 02-17 23:30-3, 02-18 23:30-3")]
    [InlineData("30 23 * * *", "America/Sao_Paulo", "2018-02-17", DstOverlap.Last, "02-17 23:30-3, 02-18 23:30-3")]
    [InlineData("30 2 * * *", "Africa/Casablanca", "2026-02-15", DstOverlap.First, "02-15 02:30+1, 02-16 02:30+0")]
    [InlineData("30 2 * * *", "Africa/Casablanca", "2026-02-15", DstOverlap.Last, "02-15 02:30+0, 02-16 02:30+0")]
    public void A_local_time_that_comes_twice(string cron, string zone, string from, DstOverlap overlap, string expected)
    {
        foreach (var gap in Enum.GetValues<DstGap>())
            AssertFires(new CronSchedule(cron, zone, gap, overlap, []), from, expected);
    }

    [Theory]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-03-29T01:00", "03-29 01:30+1, 03-29 03:30+2, 03-29 04:30+2")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-25T01:45", "10-25 02:30+2, 10-25 02:30+1, 10-25 03:30+1")]
    [InlineData("*/20 2 * * *", "Europe/Berlin", "2026-10-25", "10-25 02:00+2, 10-25 02:20+2, 10-25 02:40+2, 10-25 02:00+1, 10-25 02:20+1")]
    [InlineData("0 1-3 * * *", "Europe/Berlin", "2026-03-29", "03-29 01:00+1, 03-29 03:00+2, 03-30 01:00+2")]
    [InlineData("@hourly", "Africa/Casablanca", "2026-03-22T01:00", "03-22 01:00+0, 03-22 03:00+1, 03-22 04:00+1")]
    [InlineData("*/30 * * * *", "Africa/Casablanca", "2026-02-15T02:30", "02-15 02:30+1, 02-15 02:00+0, 02-15 02:30+0, 02-15 03:00+0")]
    [InlineData("*/15 * * * *", "Asia/Kathmandu", "1985-12-31T23:40", "1985-12-31 23:45+5:30, 1986-01-01 00:15+5:45, 1986-01-01 00:30+5:45")]
    [InlineData("*/20 59 23 31 12 *", "Asia/Kathmandu", "1985-12-31", "12-31 23:59+5:30, 12-31 23:59:20+5:30, 12-31 23:59:40+5:30, 1986-12-31 23:59+5:45")]
    public void A_rule_with_a_star_a_range_or_a_step_follows_elapsed_time_whatever_the_policies_are(string cron, string zone, string from, string expected)
    {
        foreach (var gap in Enum.GetValues<DstGap>())
        {
            foreach (var overlap in Enum.GetValues<DstOverlap>())
                AssertFires(new CronSchedule(cron, zone, gap, overlap, []), from, expected);
        }
    }

    [Theory]
    [InlineData("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "Europe/Berlin", "2026-03-28", "03-28 02:30+1, 03-29 03:30+2, 03-30 02:30+2")]
    [InlineData("FREQ=DAILY;BYHOUR=2,3;BYMINUTE=0,30", "Europe/Berlin", "2026-03-29", "03-29 03:00+2, 03-29 03:30+2, 03-30 02:00+2")]
    [InlineData("FREQ=DAILY;BYHOUR=2;BYMINUTE=30", "Europe/Berlin", "2026-10-25", "10-25 02:30+2, 10-26 02:30+1")]
    // 02:15 becomes 02:45, which is after 02:40.
    [InlineData("FREQ=DAILY;BYHOUR=2;BYMINUTE=15,40", "Australia/Lord_Howe", "2026-10-04", "10-04 02:40+11, 10-04 02:45+11, 10-05 02:15+11")]
    [InlineData("FREQ=DAILY", "America/Sao_Paulo", "2018-11-03", "11-03 00:00-3, 11-04 01:00-2, 11-05 00:00-2")]
    [InlineData("FREQ=DAILY;BYHOUR=10", "Pacific/Apia", "2011-12-29", "12-29 10:00-10, 12-31 10:00+14, 2012-01-01 10:00+14")]
    public void A_recurrence_rule_reads_local_times_as_rfc_5545_does(string rule, string zone, string from, string expected) =>
        AssertFires(new RecurrenceRuleSchedule(rule, Local(from, zone), zone, []), from, expected);

    private static void AssertFires(Schedule schedule, string from, string expected)
    {
        var zone = schedule is CronSchedule cron ? cron.TimeZone : ((RecurrenceRuleSchedule)schedule).TimeZone;
        var at = Local(from, zone).AddTicks(-1);
        foreach (var text in expected.Split(", "))
        {
            var next = schedule.Next(at);
            Assert.Equal(Instant(text, from[..5]), next);
            at = next!.Value;
        }
    }

    private static DateTimeOffset Local(string from, string zone)
    {
        var local = NodaTime.LocalDateTime.FromDateTime(DateTime.Parse(from, CultureInfo.InvariantCulture));
        return local.InZoneLeniently(NodaTime.DateTimeZoneProviders.Tzdb[zone]).ToDateTimeOffset().ToUniversalTime();
    }

    // "03-29 03:00+2" or "2027-03-29 02:30:15+5:45"
    private static DateTimeOffset Instant(string text, string year)
    {
        var sign = text.LastIndexOfAny(['+', '-']);
        var offset = text[(sign + 1)..].Split(':').Select(int.Parse).ToArray();
        var local = DateTime.Parse(text[4] == '-' ? text[..sign] : year + text[..sign]);
        var distance = new TimeSpan(offset[0], offset.ElementAtOrDefault(1), 0);
        return new DateTimeOffset(local, text[sign] == '-' ? -distance : distance);
    }
}
