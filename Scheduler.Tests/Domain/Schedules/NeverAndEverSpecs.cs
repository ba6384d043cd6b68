using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>Schedules that never fire, that fire seldom, and the ends of the calendar.</summary>
public sealed class NeverAndEverSpecs
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 10, 17, 23, 456, TimeSpan.Zero);
    private static readonly DateRange Always = new(DateOnly.MinValue, DateOnly.MaxValue);

    public static TheoryData<Schedule> Never => new(
        Cron("0 0 31 2 *"),
        Cron("0 0 30 2 *"),
        Cron("* * 30 2 *"),
        Cron("*/5 * * * * *", Always),
        Cron("0 9 * * *", Always),
        new IntervalSchedule(TimeSpan.FromSeconds(1), Now, "America/St_Johns", [Always]),
        Rule("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        Rule("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31"),
        Rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
        Rule("FREQ=WEEKLY;BYDAY=MO;BYMONTH=2;BYSETPOS=5"),
        Rule("FREQ=DAILY", Always),
        Rule("FREQ=DAILY;UNTIL=20200101T000000Z"),
        Rule("FREQ=YEARLY;INTERVAL=2147483647;BYMONTH=1"));

    [Theory]
    [MemberData(nameof(Never))]
    public void What_can_never_fire_has_no_first_fire_time(Schedule schedule)
    {
        Assert.Null(new FireTimes(schedule, null, null).First(Now));
        Assert.Null(schedule.Next(DateTimeOffset.MaxValue));
        Assert.Empty(SchedulePreview.Of(new FireTimes(schedule, null, null), Now, 5)!);
    }

    [Fact]
    public void A_window_that_ends_before_any_fire_time_leaves_none() =>
        Assert.Null(new FireTimes(Cron("0 0 1 1 *"), null, Now.AddDays(30)).First(Now));

    [Theory]
    [InlineData("0 0 29 2 *", "2028-02-29")]
    [InlineData("0 0 29 2 MON", "2044-02-29")]
    [InlineData("0 0 * 2 THU#5", "2052-02-29")]
    [InlineData("0 0 L 2 *", "2027-02-28")]
    [InlineData("0 0 LW 2 *", "2027-02-26")]
    [InlineData("0 0 1W * *", "2026-12-01")]
    [InlineData("0 0 15W * *", "2026-12-15")]
    [InlineData("0 0 13 * FRI", "2027-08-13")]
    [InlineData("0 0 * * 5L", "2026-11-27")]
    [InlineData("0 0 * * MON#2", "2026-12-14")]
    [InlineData("@weekly", "2026-11-29")]
    [InlineData("@yearly", "2027-01-01")]
    public void Rare_days_of_cron_rules_are_found(string cron, string day) => Assert.Equal(Midnight(day), Cron(cron).Next(Now));

    [Theory]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2028-02-29")]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO", "2044-02-29")]
    [InlineData("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-11-30")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO", "2026-12-28")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=1;BYDAY=TU", "2027-01-05")]
    [InlineData("FREQ=YEARLY;BYYEARDAY=-1", "2026-12-31")]
    [InlineData("FREQ=YEARLY;BYYEARDAY=366", "2028-12-31")]
    [InlineData("FREQ=YEARLY;BYDAY=20MO", "2027-05-17")]
    [InlineData("FREQ=YEARLY;INTERVAL=4;BYMONTH=1;BYMONTHDAY=1", "2028-01-01")]
    public void Rare_days_of_recurrence_rules_are_found(string rule, string day) =>
        Assert.Equal(Midnight(day), new RecurrenceRuleSchedule(rule, Midnight("2024-01-01"), "UTC", []).Next(Now));

    [Theory]
    [InlineData("COUNT=3", 3)]
    [InlineData("UNTIL=20260103", 3)]
    [InlineData("UNTIL=20260103T090000", 3)]
    [InlineData("UNTIL=20260103T085959", 2)]
    [InlineData("UNTIL=20260103T080000Z", 3)]
    [InlineData("UNTIL=20260103T075959Z", 2)]
    [InlineData("COUNT=3;BYHOUR=8,9,10", 3)]
    public void A_recurrence_rule_ends(string end, int fireTimes)
    {
        var schedule = new RecurrenceRuleSchedule($"FREQ=DAILY;{end}", new(2026, 1, 1, 9, 0, 0, TimeSpan.FromHours(1)), "Europe/Berlin", []);
        var seen = 0;
        for (var at = schedule.Next(DateTimeOffset.MinValue); at is { } fired; at = schedule.Next(fired))
            seen++;

        Assert.Equal(fireTimes, seen);
    }

    [Fact]
    public void Excluded_days_count_towards_the_count()
    {
        var excluded = new DateRange(new(2026, 1, 2), new(2026, 1, 2));
        var schedule = new RecurrenceRuleSchedule("FREQ=DAILY;COUNT=3", Midnight("2026-01-01"), "UTC", [excluded]);

        Assert.Equal(Midnight("2026-01-03"), schedule.Next(Midnight("2026-01-01")));
        Assert.Null(schedule.Next(Midnight("2026-01-03")));
    }

    [Fact]
    public void The_anchor_fires_only_if_the_rule_says_so_and_loses_its_fraction()
    {
        var schedule = new RecurrenceRuleSchedule("FREQ=WEEKLY;BYDAY=FR", Now, "UTC", []);

        Assert.Equal(new DateTimeOffset(2026, 11, 27, 10, 17, 23, TimeSpan.Zero), schedule.Next(DateTimeOffset.MinValue));
    }

    [Fact]
    public void A_year_excluded_is_one_jump_for_a_schedule_of_every_second()
    {
        var year = new DateRange(new(2026, 1, 1), new(2026, 12, 31));
        var schedule = new IntervalSchedule(TimeSpan.FromSeconds(1), Now, "Europe/Berlin", [year]);

        Assert.Equal(new DateTimeOffset(2026, 12, 31, 23, 0, 0, 456, TimeSpan.Zero), schedule.Next(Now));
        Assert.Equal(new DateTimeOffset(2025, 12, 31, 22, 59, 59, 456, TimeSpan.Zero), schedule.Last(Now.AddYears(-2), Now));
        Assert.Equal(2L * 365 * 24 * 60 * 60, schedule.Count(new(2025, 1, 1, 0, 0, 0, 456, TimeSpan.Zero), new(2027, 12, 31, 23, 59, 59, 456, TimeSpan.Zero)));
    }

    [Fact]
    public void Days_that_are_excluded_one_by_one_and_in_any_order_are_jumped_over()
    {
        var mondays = Enumerable.Range(0, 1_000).Select(week => new DateOnly(2026, 11, 23).AddDays(7 * week)).Select(day => new DateRange(day, day));
        DateRange[] days = [.. mondays.Reverse()];

        Assert.Equal(Midnight("2046-01-22"), Cron("0 0 * * MON", days).Next(Now));
        Assert.Equal(Midnight("2046-01-22"), new RecurrenceRuleSchedule("FREQ=WEEKLY", Midnight("2020-01-06"), "UTC", ValueList.From(days)).Next(Now));
        Assert.Equal(Midnight("2026-11-16"), Cron("0 0 * * MON", days).Last(Midnight("2020-01-06"), Midnight("2046-01-15")));
    }

    [Fact]
    public void Counting_over_an_exclusion_without_end_counts_nothing_in_it()
    {
        var schedule = new IntervalSchedule(TimeSpan.FromHours(1), Midnight("2026-01-01"), "America/St_Johns", [new(new(2026, 2, 1), DateOnly.MaxValue)]);

        Assert.Equal((31 * 24) + 4, schedule.Count(Midnight("2026-01-01"), new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Pacific/Apia")]
    public void The_ends_of_the_calendar_are_no_obstacle(string zone)
    {
        foreach (var schedule in new Schedule[]
        {
            new CronSchedule("* * * * * *", zone, DstGap.Shift, DstOverlap.Both, []),
            new CronSchedule("0 0 * * *", zone, DstGap.Shift, DstOverlap.Last, [new(DateOnly.MaxValue, DateOnly.MaxValue)]),
            new IntervalSchedule(TimeSpan.FromHours(1), Now, zone, [new(DateOnly.MinValue, DateOnly.MinValue)]),
            new RecurrenceRuleSchedule("FREQ=DAILY", DateTimeOffset.MinValue.AddDays(3), zone, []),
            new RecurrenceRuleSchedule("FREQ=YEARLY", DateTimeOffset.MaxValue.AddDays(-400), zone, []),
        })
        {
            var first = schedule.Next(DateTimeOffset.MinValue);
            Assert.NotNull(first);
            Assert.Null(schedule.Next(DateTimeOffset.MaxValue));
            var last = schedule.Last(first.Value, DateTimeOffset.MaxValue);
            Assert.True(last > first || schedule is RecurrenceRuleSchedule);
            Assert.Null(schedule.Next(last));
            Assert.Equal(last, schedule.Next(last.AddTicks(-1)));
            foreach (var before in new[] { 1, 59, 3_600, 86_400, 200_000 })
                Assert.True(schedule.Next(DateTimeOffset.MaxValue.AddSeconds(-before)) is not { } next || next <= last);
        }
    }

    /// <summary>Whatever the rule and wherever it begins: fire times or none, in order and not before the anchor, and no exception.</summary>
    [Theory]
    [InlineData("UTC")]
    [InlineData("America/New_York")]
    [InlineData("Asia/Tokyo")]
    [InlineData("Pacific/Apia")]
    public void A_recurrence_rule_may_begin_at_the_ends_of_the_calendar(string zone)
    {
        string[] rules =
        [
            "FREQ=YEARLY", "FREQ=MONTHLY", "FREQ=WEEKLY", "FREQ=DAILY", "FREQ=WEEKLY;WKST=TU;INTERVAL=2", "FREQ=YEARLY;BYWEEKNO=1,53,-1", "FREQ=YEARLY;BYWEEKNO=1;WKST=SU",
            "FREQ=YEARLY;BYWEEKNO=52;WKST=TU;INTERVAL=3", "FREQ=YEARLY;BYYEARDAY=1,-1", "FREQ=YEARLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=-1SU;BYSETPOS=1",
            "FREQ=DAILY;COUNT=3", "FREQ=YEARLY;COUNT=10000", "FREQ=YEARLY;INTERVAL=2147483647",
        ];
        foreach (var anchor in (DateTimeOffset[])[DateTimeOffset.MinValue, DateTimeOffset.MinValue.AddDays(3), DateTimeOffset.MaxValue.AddDays(-9), DateTimeOffset.MaxValue])
        {
            foreach (var rule in rules)
            {
                var schedule = new RecurrenceRuleSchedule(rule, Instant.Floor(anchor), zone, []);
                var first = schedule.Next(DateTimeOffset.MinValue);
                Assert.True(first is not { } begins || begins.UtcTicks + TimeSpan.TicksPerSecond >= anchor.UtcTicks, $"{rule} from {anchor} in {zone}: {first}");
                Assert.Null(schedule.Next(DateTimeOffset.MaxValue));
                for (var (at, left) = (first, 5); at is { } now && left > 0; left--)
                {
                    at = schedule.Next(now);
                    Assert.True(at is null || at > now, $"{rule} from {anchor} in {zone}: {at} after {now}");
                }

                SchedulePreview.Of(new FireTimes(schedule, null, null), anchor, 5);
                _ = schedule.CountsTooFar;
            }
        }
    }

    [Theory]
    [InlineData("FREQ=YEARLY;BYDAY=MO,TU;BYMONTHDAY=1;BYYEARDAY=-1;COUNT=10000", false)]
    [InlineData("FREQ=YEARLY;BYYEARDAY=1;COUNT=10000", true)]
    [InlineData("FREQ=DAILY;BYDAY=MO;BYMONTHDAY=1;COUNT=10000", true)]
    [InlineData("FREQ=DAILY;COUNT=10000;BYMONTH=2;BYMONTHDAY=29", true)]
    [InlineData("FREQ=DAILY;COUNT=10000", false)]
    [InlineData("FREQ=WEEKLY;COUNT=10000", false)]
    [InlineData("FREQ=MONTHLY;COUNT=10000", false)]
    [InlineData("FREQ=YEARLY;BYYEARDAY=1;COUNT=1000", false)]
    [InlineData("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=10000", false)]
    public void A_count_that_takes_too_many_days_to_find_is_known_by_their_number(string rule, bool isTooFar) =>
        Assert.Equal(isTooFar, new RecurrenceRuleSchedule(rule, Midnight("2026-01-01"), "UTC", []).CountsTooFar);

    [Theory]
    [InlineData("FREQ=DAILY;BYDAY=MO;BYMONTHDAY=29;BYMONTH=2", 1000, true)]
    [InlineData("FREQ=DAILY;BYDAY=MO;BYMONTHDAY=29;BYMONTH=2", 30, false)]
    [InlineData("FREQ=YEARLY", 1000, false)]
    [InlineData("FREQ=YEARLY;INTERVAL=2", 1000, true)]
    public void A_preview_looks_a_bounded_number_of_days_ahead(string rule, int count, bool isTooFar)
    {
        var schedule = new RecurrenceRuleSchedule(rule, Midnight("2026-01-01"), "UTC", []);

        Assert.Equal(isTooFar, SchedulePreview.Of(new FireTimes(schedule, null, null), Midnight("2026-01-01"), count) is null);
    }

    [Fact]
    public void Halving_finds_the_last_fire_time_with_few_questions_up_to_the_ends_of_the_calendar()
    {
        var schedule = new Asked(TimeSpan.FromSeconds(7));
        var last = schedule.Last(DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

        Assert.True(DateTimeOffset.MaxValue - last < TimeSpan.FromSeconds(7));
        Assert.InRange(schedule.Questions, 1, 100);
        Assert.Equal(Now, schedule.Last(Now, Now));
        Assert.Equal(Now, schedule.Last(Now, Now.AddTicks(1)));
    }

    [Fact]
    public void What_a_schedule_remembers_has_no_part_in_its_value()
    {
        CronSchedule asked = Cron("0 9 * * *", new DateRange(new(2026, 12, 25), new(2026, 12, 26))), other = asked with { };
        asked.Next(Now);

        Assert.Equal(other, asked);
        Assert.Equal(other.GetHashCode(), asked.GetHashCode());
        Assert.NotEqual(other with { Gap = DstGap.Skip }, asked);
        Assert.NotEqual((other with { Expression = "0 10 * * *" }).Next(Now), asked.Next(Now));
    }

    private static CronSchedule Cron(string expression, params DateRange[] exclusions) =>
        new(expression, "UTC", DstGap.Shift, DstOverlap.First, ValueList.From(exclusions)) { DayMatch = DayMatch.Both };

    private static RecurrenceRuleSchedule Rule(string rule, params DateRange[] exclusions) =>
        new(rule, Now, "Europe/Berlin", ValueList.From(exclusions));

    private static DateTimeOffset Midnight(string day) => new(DateOnly.Parse(day), TimeOnly.MinValue, TimeSpan.Zero);

    private sealed record Asked(TimeSpan Every) : Schedule
    {
        public int Questions { get; private set; }

        public override DateTimeOffset? Next(DateTimeOffset after)
        {
            Questions++;
            var ticks = ((after.UtcTicks / Every.Ticks) + 1) * Every.Ticks;
            return ticks <= DateTimeOffset.MaxValue.UtcTicks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
        }
    }
}
