using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Schedules;
using Xunit;

namespace Scheduler.Tests.Domain.Jobs;

/// <summary>Cron rules that restrict the day of month and the day of week. The story begins on Sunday, 2026-03-01, 09:00.</summary>
public sealed class DayMatchSpecs
{
    [Theory]
    [InlineData(DayMatch.Either, "2026-03-06, 2026-03-13, 2026-03-20")]
    [InlineData(DayMatch.Both, "2026-03-13, 2026-11-13, 2027-08-13")]
    public void A_friday_the_13th_is_both_or_either(DayMatch match, string days) =>
        Assert.Equal(days, Days(Next(Cron("0 0 13 * 5", match), Story.Start, 3)));

    [Theory]
    [InlineData("0 0 13 * 5", "2026-03-06, 2026-03-13, 2026-03-20")]
    [InlineData("0 0 L * MON#1", "2026-03-02, 2026-03-31, 2026-04-06")]
    [InlineData("30 0 0 2,3 3 *", "2026-03-02, 2026-03-03, 2027-03-02")]
    [InlineData("0 0 */10 * 5", "2026-05-01, 2026-07-31, 2026-08-21")]
    [InlineData("0 0 1,11,21,31 * */5", "2026-05-01, 2026-05-31, 2026-06-21")]
    [InlineData("0 0 ? * 5", "2026-03-06, 2026-03-13, 2026-03-20")]
    [InlineData("0 0 * * 5", "2026-03-06, 2026-03-13, 2026-03-20")]
    [InlineData("@weekly", "2026-03-08, 2026-03-15, 2026-03-22")]
    public void Either_matches_where_neither_day_field_begins_with_a_star(string expression, string days) =>
        Assert.Equal(days, Days(Next(Cron(expression, DayMatch.Either), Story.Start, 3)));

    [Fact]
    public void Who_does_not_say_which_is_meant_is_shown_both_readings()
    {
        var story = new Story();

        var refused = Assert.IsType<DefinitionRefused>(story.Do(Create("0 0 13 * 5", match: null)).Reply);

        Assert.Empty(story.Facts);
        Assert.Equal("schedule.day_match", refused.Field);
        Assert.Contains("\"either\" (as in crontab) fires at 2026-03-06T00:00:00.000Z, 2026-03-13", refused.Detail, StringComparison.Ordinal);
        Assert.Contains("\"both\" (as in Quartz) fires at 2026-03-13T00:00:00.000Z, 2026-11-13", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("2026-03-06, 2026-03-13, 2026-03-20", Days(refused.Readings!.Either));
        Assert.Equal("2026-03-13, 2026-11-13, 2027-08-13", Days(refused.Readings.Both));
    }

    [Fact]
    public void The_readings_lie_in_the_window_of_the_job()
    {
        var create = Create("0 0 13 * 5", match: null);
        var bounded = create with { Definition = create.Definition with { StartAt = Story.Start.AddDays(6), EndAt = Story.Start.AddDays(13) } };

        var refused = Assert.IsType<DefinitionRefused>(new Story().Do(bounded).Reply);

        Assert.Equal("2026-03-13", Days(refused.Readings!.Either));
        Assert.Equal("2026-03-13", Days(refused.Readings.Both));
    }

    [Fact]
    public void A_reading_that_never_fires_says_so()
    {
        var refused = Assert.IsType<DefinitionRefused>(new Story().Do(Create("0 0 30 2 MON", match: null)).Reply);

        Assert.Contains("\"both\" (as in Quartz) fires at no time at all", refused.Detail, StringComparison.Ordinal);
        Assert.Equal("2027-02-01, 2027-02-08, 2027-02-15", Days(refused.Readings!.Either));
    }

    [Theory]
    [InlineData("0 0 * * 5")]
    [InlineData("0 0 */2 * 5")]
    [InlineData("0 0 13 * ?")]
    [InlineData("@monthly")]
    public void Nobody_is_asked_where_there_is_only_one_reading(string expression)
    {
        var story = new Story();

        Assert.IsType<JobAccepted>(story.Do(Create(expression, match: null)).Reply);
        Assert.Equal(DayMatch.Both, Assert.IsType<CronSchedule>(story.State.Definition!.Schedule).DayMatch);
    }

    [Fact]
    public void A_definition_that_is_put_again_keeps_what_was_said()
    {
        var story = new Story();
        story.Do(Create("0 0 13 * 5", DayMatch.Either));

        Assert.Empty(story.Do(Put("0 0 13 * 5", match: null)).Events);
        Assert.Equal(DayMatch.Either, Assert.IsType<CronSchedule>(story.State.Definition!.Schedule).DayMatch);
        Assert.IsType<DefinitionRefused>(story.Do(Put("0 0 14 * 5", match: null)).Reply);
        Assert.Equal(2, Assert.IsType<JobAccepted>(story.Do(Put("0 0 13 * 5", DayMatch.Both)).Reply).State.Generation);
    }

    private static CreateJob Create(string expression, DayMatch? match) => new(Story.Id, Definition(expression, match), BodyHash: null);

    private static PutJob Put(string expression, DayMatch? match) => new(Story.Id, Definition(expression, match), Precondition.None);

    private static JobDefinition Definition(string expression, DayMatch? match) => Story.Definition with { Schedule = Cron(expression, match) };

    private static CronSchedule Cron(string expression, DayMatch? match) => new(expression, "UTC", DstGap.Shift, DstOverlap.First, []) { DayMatch = match };

    private static IEnumerable<DateTimeOffset> Next(CronSchedule cron, DateTimeOffset after, int count)
    {
        for (var at = cron.Next(after); at is { } next && count-- > 0; at = cron.Next(next))
            yield return next;
    }

    private static string Days(IEnumerable<DateTimeOffset> instants) => string.Join(", ", instants.Select(at => at.UtcDateTime.ToString("yyyy-MM-dd")));
}
