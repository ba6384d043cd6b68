using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

public sealed class ScheduleRulesSpecs
{
    [Theory]
    [InlineData("* * * * *")]
    [InlineData("*/5 * * * * *")]
    [InlineData("  0\t2 * * MON-FRI ")]
    [InlineData("0 0 L-3W * *")]
    [InlineData("0 0 ? * 6#3")]
    [InlineData("@daily")]
    [InlineData("@EVERY_SECOND")]
    [InlineData("0 0 31 2 *")]
    [InlineData("h h(0-7) h * h")]
    [InlineData("*/5,*/7 0 L,15 * 1#1,3#3")]
    public void A_cron_expression_that_is_taken(string expression) => Assert.Null(ScheduleRules.CheckCron(expression));

    [Theory]
    [InlineData("", "this one is empty")]
    [InlineData("  \t", "this one is empty")]
    [InlineData("* * * *", "has 4")]
    [InlineData("daily", "has one")]
    [InlineData("0 0 1 1 * 2027 x", "has 7")]
    [InlineData("60 * * * *", "Minutes: Value must be a number between 0 and 59")]
    [InlineData("60 * * * * *", "Seconds: Value must be a number between 0 and 59")]
    [InlineData("0 24 * * *", "Hours: Value must be a number between 0 and 23")]
    [InlineData("0 0 32 * *", "Days of month: Value must be a number between 1 and 31")]
    [InlineData("0 0 1 13 *", "Months: Value must be a number between 1 and 12")]
    [InlineData("0 0 * * FOO", "Days of week: Value must be a number between 0 and 7")]
    [InlineData("*/0 * * * *", "Minutes: Value must be a number between 1 and 59")]
    [InlineData("@reboot", "@every_minute")]
    [InlineData("@", "@every_minute")]
    [InlineData("H(30-10) 2 * * *", "upwards")]
    [InlineData("H(0-5)/7 2 * * *", "not longer")]
    [InlineData("H(0-60) 2 * * *", "between 0 and 59")]
    [InlineData("H( 2 * * *", "not a value")]
    [InlineData("1,,2 * * * *", "Minutes: Value must")]
    [InlineData("1-2-3 * * * *", "Minutes: Value must")]
    [InlineData("*/5/5 * * * *", "Minutes: Value must")]
    [InlineData("5# * * * *", "Minutes: Value must")]
    [InlineData("L 0 * * *", "Minutes: Value must")]
    [InlineData("0 0 0W * *", "between 1 and 31")]
    [InlineData("0 0 L-31 * *", "between 0 and 30")]
    [InlineData("0 0 LX * *", "not a value")]
    [InlineData("0 0 * * 5#6", "between 1 and 5")]
    [InlineData("0 0 * * #1", "Days of week: Value must")]
    [InlineData("0 0 * * 8", "between 0 and 7")]
    [InlineData("0 0 * * H#2", "Days of week: Value must")]
    [InlineData("0 0 \u0661 * *", "Days of month: Value must")]
    public void A_cron_expression_that_is_refused(string expression, string why) =>
        Assert.Contains(why, ScheduleRules.CheckCron(expression), StringComparison.Ordinal);

    [Theory]
    [InlineData("UTC")]
    [InlineData("Etc/UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("US/Eastern")]
    [InlineData("Etc/GMT+3")]
    public void A_time_zone_that_is_taken(string id) => Assert.Null(ScheduleRules.CheckTimeZone(id));

    [Theory]
    [InlineData("", "not a time zone")]
    [InlineData("Europe/Atlantis", "not a time zone")]
    [InlineData("UTC+3", "not a time zone")]
    [InlineData("UTC+03", "not a time zone")]
    [InlineData("+01:00", "not a time zone")]
    [InlineData("../../etc/passwd", "not a time zone")]
    [InlineData("europe/berlin", "Did you mean \"Europe/Berlin\"?")]
    [InlineData("utc", "Did you mean \"UTC\"?")]
    [InlineData("W. Europe Standard Time", "Did you mean \"Europe/Berlin\"?")]
    public void A_time_zone_that_is_refused(string id, string why) =>
        Assert.Contains(why, ScheduleRules.CheckTimeZone(id), StringComparison.Ordinal);

    [Theory]
    [InlineData("FREQ=DAILY")]
    [InlineData("freq=weekly;interval=2;byday=mo,we;wkst=su")]
    [InlineData("FREQ=MONTHLY;BYDAY=-1FR")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=20,-1;BYDAY=MO")]
    [InlineData("FREQ=DAILY;COUNT=10000")]
    [InlineData("FREQ=DAILY;UNTIL=20271231")]
    [InlineData("FREQ=DAILY;BYHOUR=9,17;BYMINUTE=0,30;BYSECOND=0")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30")]
    public void A_recurrence_rule_that_is_taken(string rule) => Assert.Null(ScheduleRules.CheckRecurrenceRule(rule));

    [Theory]
    [InlineData("", "this one is empty")]
    [InlineData("RRULE:FREQ=DAILY", "without RRULE:")]
    [InlineData("FREQ=HOURLY", "For less than a day use \"every\" or \"cron\"")]
    [InlineData("FREQ=SECONDLY;INTERVAL=5", "DAILY, WEEKLY, MONTHLY or YEARLY")]
    [InlineData("FREQ=FORTNIGHTLY", "is not known")]
    [InlineData("INTERVAL=2", "FREQ is missing")]
    [InlineData("FREQ=DAILY;FREQ=DAILY", "twice")]
    [InlineData("FREQ=DAILY;", "not a part")]
    [InlineData("FREQ=DAILY;EVERY=2", "EVERY is not a part")]
    [InlineData("FREQ=DAILY;INTERVAL=0", "INTERVAL=0")]
    [InlineData("FREQ=DAILY;INTERVAL=99999999999", "INTERVAL")]
    [InlineData("FREQ=DAILY;COUNT=10001", "1 to 10000")]
    [InlineData("FREQ=DAILY;COUNT=1;UNTIL=20270101", "exclude each other")]
    [InlineData("FREQ=DAILY;UNTIL=2027", "20271231T235959Z")]
    [InlineData("FREQ=DAILY;UNTIL=20270230", "20271231T235959Z")]
    [InlineData("FREQ=DAILY;BYHOUR=24", "0 to 23")]
    [InlineData("FREQ=DAILY;BYMINUTE=-1", "0 to 59")]
    [InlineData("FREQ=DAILY;BYMONTH=13", "BYMONTH value 13 is out of range")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY value 0 is out of range")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=x", "not a recurrence rule")]
    [InlineData("FREQ=MONTHLY;BYDAY=6MO", "1 to 5")]
    [InlineData("FREQ=WEEKLY;BYDAY=1MO", "FREQ=MONTHLY and FREQ=YEARLY only")]
    [InlineData("FREQ=WEEKLY;BYDAY=XX", "XX")]
    [InlineData("FREQ=WEEKLY;BYMONTHDAY=1", "does not go with FREQ=WEEKLY")]
    [InlineData("FREQ=MONTHLY;BYWEEKNO=1", "FREQ=YEARLY only")]
    [InlineData("FREQ=DAILY;BYYEARDAY=1", "FREQ=YEARLY only")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=0", "BYSETPOS value 0 is out of range")]
    [InlineData("FREQ=YEARLY;BYYEARDAY=-367", "or -1 to -366 from the end")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=54", "1 to 53")]
    [InlineData("FREQ=YEARLY;BYMONTHDAY=-2147483648", "out of range")]
    [InlineData("FREQ=YEARLY;BYMONTHDAY=99999999999", "not a whole number")]
    [InlineData("FREQ=YEARLY;BYDAY=-2147483648MO", "1 to 53")]
    [InlineData("FREQ=WEEKLY;WKST=XX", "WKST=XX")]
    [InlineData("FREQ=WEEKLY;BYDAY=", "not a part")]
    [InlineData("FREQ=WEEKLY;BYDAY=MO,", "BYDAY=")]
    public void A_recurrence_rule_that_is_refused(string rule, string why) =>
        Assert.Contains(why, ScheduleRules.CheckRecurrenceRule(rule), StringComparison.Ordinal);

    [Fact]
    public void What_is_too_long_to_be_read_is_refused()
    {
        var list = string.Join(',', Enumerable.Repeat("1", 100_000));

        Assert.Contains("at most 1000 characters", ScheduleRules.CheckCron($"{list} * * * *"), StringComparison.Ordinal);
        Assert.Contains("at most 2000 characters", ScheduleRules.CheckRecurrenceRule($"FREQ=YEARLY;BYMONTH={list}"), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_times_a_day_are_refused()
    {
        var all = string.Join(',', Enumerable.Range(0, 60));

        Assert.Contains("3600 times a day", ScheduleRules.CheckRecurrenceRule($"FREQ=DAILY;BYMINUTE={all};BYSECOND={all}"), StringComparison.Ordinal);
    }
}
