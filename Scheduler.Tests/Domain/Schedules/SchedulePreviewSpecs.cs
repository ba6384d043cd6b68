using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

public sealed class SchedulePreviewSpecs
{
    private static readonly DateTimeOffset Spring = new(2026, 3, 28, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Autumn = new(2026, 10, 24, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_fire_time_is_shown_as_an_instant_and_in_the_schedules_time_zone()
    {
        var shown = Of(Cron("0 9 * * *"), Spring, 2);

        Assert.Equal(new DateTimeOffset(2026, 3, 29, 7, 0, 0, TimeSpan.Zero), shown[0].At);
        Assert.Equal(TimeSpan.Zero, shown[0].At.Offset);
        Assert.Equal("2026-03-29T09:00:00.0000000+02:00", shown[0].Local.ToString("O"));
        Assert.All(shown, fireTime => Assert.Null(fireTime.Note));
    }

    [Fact]
    public void A_moved_fire_time_says_from_where() =>
        Assert.Equal(["moved from 02:30, which Europe/Berlin leaves out on this day", null], Notes(Cron("30 2 * * *"), Spring, 2));

    [Fact]
    public void A_fire_time_that_others_moved_to_says_so() =>
        Assert.Equal(["also stands for 02:00, which Europe/Berlin leaves out on this day", null], Notes(Cron("0 2,3 * * *"), Spring, 2));

    [Fact]
    public void The_fire_time_after_one_that_was_left_out_says_so() =>
        Assert.Equal(
            ["02:30 on 2026-03-29 was left out: Europe/Berlin has no such time on that day", null],
            Notes(Cron("30 2 * * *") with { Gap = DstGap.Skip }, Spring, 2));

    [Fact]
    public void What_was_excluded_anyway_was_not_left_out() =>
        Assert.Equal(
            [null],
            Notes(Cron("30 2 * * *") with { Gap = DstGap.Skip, Exclusions = [new(new(2026, 3, 29), new(2026, 3, 29))] }, Spring, 1));

    [Fact]
    public void A_local_time_that_comes_twice_says_which_one_it_is()
    {
        const string First = "02:30 comes twice on this day; this is the first", Second = "02:30 comes twice on this day; this is the second";
        var cron = Cron("30 2 * * *");

        Assert.Equal([First, null], Notes(cron, Autumn, 2));
        Assert.Equal([Second, null], Notes(cron with { Overlap = DstOverlap.Last }, Autumn, 2));
        Assert.Equal([First, Second, null], Notes(cron with { Overlap = DstOverlap.Both }, Autumn, 3));
    }

    [Theory]
    [InlineData("*/20 2 * * *", DstGap.Shift, "02:00")]
    [InlineData("*/20 2 * * *", DstGap.Skip, "02:00")]
    [InlineData("30-50 2,5 * * *", DstGap.Shift, "02:30")]
    [InlineData("0 */2 * * *", DstGap.Shift, "02:00")]
    public void A_rule_that_follows_elapsed_time_says_which_of_its_hours_was_left_out(string cron, DstGap gap, string time) =>
        Assert.Equal(
            $"{time} on 2026-03-29 was left out: Europe/Berlin has no such time on that day",
            Notes(Cron(cron) with { Gap = gap }, Spring, 20).Single(note => note is not null));

    [Theory]
    [InlineData("*/20 * * * *")]
    [InlineData("0 0-23 * * *")]
    public void A_rule_of_every_hour_has_nothing_moved_or_left_out(string cron) =>
        Assert.All(Notes(Cron(cron), Spring.AddHours(12), 20), Assert.Null);

    [Fact]
    public void A_recurrence_rule_says_it_too()
    {
        var rule = new RecurrenceRuleSchedule("FREQ=DAILY;BYHOUR=2;BYMINUTE=30;BYSECOND=15", Spring, "Europe/Berlin", []);

        Assert.Equal(["moved from 02:30:15, which Europe/Berlin leaves out on this day", null], Notes(rule, Spring, 2));
        Assert.Equal(["02:30:15 comes twice on this day; this is the first", null], Notes(rule, Autumn, 2));
    }

    [Fact]
    public void A_day_that_is_left_out_is_named() =>
        Assert.Equal(
            [null, "moved from 2011-12-30 10:00, which Pacific/Apia leaves out", null],
            Notes(new CronSchedule("0 10 * * *", "Pacific/Apia", DstGap.Shift, DstOverlap.First, []), new(2011, 12, 29, 12, 0, 0, TimeSpan.Zero), 3));

    [Fact]
    public void The_window_and_the_end_of_the_schedule_bound_it()
    {
        var daily = Cron("0 9 * * *");

        Assert.Equal(2, SchedulePreview.Of(new(daily, Spring.AddDays(10), Spring.AddDays(12)), Spring, 5)?.Count);
        Assert.Empty(SchedulePreview.Of(new(daily, null, null), Spring, 0)!);
        Assert.Equal(Spring.AddDays(-9), Assert.Single(Of(new OneOffSchedule(Spring.AddDays(-9)), Spring, 5)).Local);
    }

    [Fact]
    public void Offsets_with_seconds_and_the_ends_of_the_calendar_are_shown_as_well_as_they_can_be()
    {
        Assert.Equal(TimeSpan.FromMinutes(53), Of(Cron("0 9 * * *"), new(1880, 1, 1, 0, 0, 0, TimeSpan.Zero), 1)[0].Local.Offset);
        Assert.Single(Of(new IntervalSchedule(TimeSpan.FromHours(1), Spring, "Asia/Manila", []), DateTimeOffset.MinValue, 1));
        Assert.Single(Of(new IntervalSchedule(TimeSpan.FromHours(1), Spring, "Pacific/Apia", []), DateTimeOffset.MaxValue.AddMinutes(-61), 1));
    }

    private static CronSchedule Cron(string expression) => new(expression, "Europe/Berlin", DstGap.Shift, DstOverlap.First, []);

    private static IReadOnlyList<PreviewedFireTime> Of(Schedule schedule, DateTimeOffset from, int count) =>
        SchedulePreview.Of(new FireTimes(schedule, null, null), from, count)!;

    private static IEnumerable<string?> Notes(Schedule schedule, DateTimeOffset from, int count) =>
        Of(schedule, from, count).Select(fireTime => fireTime.Note);
}
