using Cronos;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>How cron expressions are read: by hand, and where Cronos reads the same, against it.</summary>
public sealed class CronSpecs
{
    private static readonly DateTimeOffset Sunday = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 0 * * 7-5/2", "03-01 03-03 03-05 03-08")]
    [InlineData("0 0 * * 0-5/2", "03-01 03-03 03-05 03-08")]
    [InlineData("0 0 * * 7", "03-01 03-08")]
    [InlineData("0 0 * * 0,7", "03-01 03-08")]
    [InlineData("0 0 * * 5-7", "03-01 03-06 03-07 03-08")]
    [InlineData("0 0 * * FRI-MON", "03-01 03-02 03-06 03-07 03-08")]
    [InlineData("0 0 * * FRI-TUE/2", "03-01 03-03 03-06 03-08")]
    [InlineData("0 0 28-3/2 * *", "03-01 03-03 03-28 03-30 04-01")]
    [InlineData("0 0 L,15 * *", "03-15 03-31 04-15 04-30")]
    [InlineData("0 0 15W,20W * *", "03-16 03-20 04-15 04-20 05-15")]
    [InlineData("0 0 1W,LW * *", "03-02 03-31 04-01 04-30 05-01")]
    [InlineData("0 0 L-3W * *", "03-27 04-27 05-28")]
    [InlineData("0 0 L-1,L * *", "03-30 03-31 04-29")]
    [InlineData("0 0 * * 1#1,3#3", "03-02 03-18 04-06 04-15")]
    [InlineData("0 0 * * MON#1,5L,TUE", "03-02 03-03 03-10 03-17 03-24 03-27")]
    [InlineData("0 0 31W * *", "03-31 05-29 07-31")]
    [InlineData("0 0 */10,*/15 * *", "03-01 03-11 03-16 03-21 03-31")]
    [InlineData("0 0 *,5 * *", "03-01 03-02 03-03")]
    public void Days_of_an_expression(string expression, string days)
    {
        var expected = days.Split(' ');

        Assert.Equal(expected, Next(expression, Sunday.AddSeconds(-1), expected.Length).Select(at => at.ToString("MM-dd")));
    }

    [Theory]
    [InlineData("*/25,*/35 2 * * *", "02:00 02:25 02:35 02:50")]
    [InlineData("*/5,*/7 0 * * *", "00:00 00:05 00:07 00:10 00:14 00:15")]
    [InlineData("50-10/10 22-1 * * *", "00:00 00:10 00:50 01:00 01:10 01:50 22:00")]
    [InlineData("5/20 12 * * *", "12:05 12:25 12:45")]
    [InlineData("? 23 ? * *", "23:00 23:01")]
    public void Times_of_an_expression(string expression, string times)
    {
        var expected = times.Split(' ');

        Assert.Equal(expected, Next(expression, Sunday.AddSeconds(-1), expected.Length).Select(at => at.ToString("HH:mm")));
    }

    [Fact]
    public void A_hash_is_one_fixed_value_of_its_field_and_another_in_each()
    {
        var all = Enumerable.Range(0, 2_000).Select(job => Parts("H H H H H H", (uint)(job * 7_919))).ToList();

        Assert.Equal(60, all.Select(at => at.Second).Distinct().Count());
        Assert.Equal(60, all.Select(at => at.Minute).Distinct().Count());
        Assert.Equal(24, all.Select(at => at.Hour).Distinct().Count());
        Assert.Equal(Enumerable.Range(1, 28), Enumerable.Range(0, 500).Select(job => Parts("0 0 H * *", (uint)job).Day).Distinct().Order());
        Assert.Equal(12, Enumerable.Range(0, 500).Select(job => Parts("0 0 1 H *", (uint)job).Month).Distinct().Count());
        Assert.Equal(7, Enumerable.Range(0, 500).Select(job => Parts("0 0 * * H", (uint)job).DayOfWeek).Distinct().Count());
        Assert.True(all.Select(at => (at.Minute, at.Second)).Distinct().Count() > 1_300);
    }

    [Theory]
    [InlineData("H/15 * * * *", 15, 4, 0, 59)]
    [InlineData("H(0-29)/10 * * * *", 10, 3, 0, 29)]
    [InlineData("H(10-19) * * * *", 60, 1, 10, 19)]
    [InlineData("H(30-59)/7 * * * *", 7, 4, 30, 59)]
    public void A_hashed_step_begins_at_a_hashed_value(string expression, int step, int least, int first, int last)
    {
        for (var job = 0U; job < 100; job++)
        {
            var minutes = Next(expression, Sunday.AddSeconds(-1), 10, job * 104_729).TakeWhile(at => at.Hour == 0).Select(at => at.Minute).ToList();

            Assert.InRange(minutes.Count, least, least + 1);
            Assert.All(minutes, minute => Assert.InRange(minute, first, last));
            Assert.All(minutes.Zip(minutes.Skip(1)), pair => Assert.Equal(step, pair.Second - pair.First));
        }
    }

    /// <summary>These numbers are for ever: other ones would move every job that has an H.</summary>
    [Theory]
    [InlineData(0U, "2026-08-08T04:39:34")]
    [InlineData(2_166_136_261U, "2026-11-02T06:58:32")]
    public void The_values_of_a_hash_never_change(uint hash, string first) =>
        Assert.Equal(first, Next("H H H H H *", Sunday, 1, hash).Single().ToString("yyyy-MM-dd'T'HH:mm:ss"));

    [Theory]
    [InlineData("H 2 * * *", false)]
    [InlineData("H(0-29) 2 * * *", false)]
    [InlineData("H,30 2 * * *", false)]
    [InlineData("H/15 2 * * *", true)]
    [InlineData("0,20,40 2 * * *", false)]
    [InlineData("*/20 2 * * *", true)]
    [InlineData("0 1-5 * * *", true)]
    [InlineData("0 2 1-5 */2 *", false)]
    [InlineData("@daily", false)]
    [InlineData("@hourly", true)]
    public void A_rule_follows_elapsed_time_unless_its_time_is_a_list_of_values(string expression, bool follows) =>
        Assert.Equal(follows, CronRule.Of(expression, DayMatch.Both, 0).FollowsElapsedTime);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Where_Cronos_reads_an_expression_it_reads_the_same(int seed)
    {
        var expressions = LongSpecs.Cases(1_500);
        var random = new Random(seed);
        for (var i = 0; i < expressions; i++)
        {
            var expression = Written(random);
            var peer = CronExpression.Parse(expression, expression.Split(' ').Length == 6 ? CronFormat.IncludeSeconds : CronFormat.Standard);
            Assert.Null(CronRule.Check(expression));
            var rule = CronRule.Of(expression, DayMatch.Both, 0);
            var at = new DateTime(random.NextInt64(new DateTime(1900, 1, 1).Ticks, new DateTime(2200, 1, 1).Ticks), DateTimeKind.Utc);
            for (var step = 0; step < 4; step++)
            {
                var (next, previous) = (peer.GetNextOccurrence(at, inclusive: true), peer.GetPreviousOccurrence(at, inclusive: true));
                Assert.True(next?.Ticks == rule.Next(at.Ticks), $"{expression} from {at:O}: {next:O}, not {Of(rule.Next(at.Ticks)):O}");
                Assert.True(previous?.Ticks == rule.Previous(at.Ticks), $"{expression} until {at:O}: {previous:O}, not {Of(rule.Previous(at.Ticks)):O}");
                if (next is null)
                    break;
                at = next.Value.AddTicks(1);
            }
        }
    }

    private static DateTime? Of(long? ticks) => ticks is { } t ? new DateTime(t, DateTimeKind.Utc) : null;

    // Lists of stars and of special days, and ranges from 7 on, are left out: Cronos refuses them, or reads them as no other does. So are days
    // that not every month has, nearest to a weekday or counted from the last: looking back it finds others of them than looking ahead.
    private static string Written(Random random)
    {
        var time = $"{Field(random, 0, 59, 10)} {Field(random, 0, 23, 20)}";
        if (random.Next(4) == 0)
            time = $"{Field(random, 0, 59, 10)} {time}";
        return $"{time} {DayOfMonth(random)} {Field(random, 1, 12, 60)} {DayOfWeek(random)}";
    }

    private static string DayOfMonth(Random random) => random.Next(8) switch
    {
        0 => "L",
        1 => $"L-{random.Next(0, 27)}",
        2 => "LW",
        3 => $"L-{random.Next(1, 20)}W",
        4 => $"{random.Next(1, 29)}W",
        _ => Field(random, 1, 31, 50),
    };

    private static string DayOfWeek(Random random)
    {
        string[] names = ["SUN", "mon", "Tue", "WED", "THU", "FRI", "SAT"];
        return random.Next(8) switch
        {
            0 => $"{random.Next(0, 8)}L",
            1 => $"{random.Next(0, 8)}#{random.Next(1, 6)}",
            2 => $"{names[random.Next(7)]}-{names[random.Next(7)]}",
            3 => $"{names[random.Next(7)]},{names[random.Next(7)]}",
            4 => $"{names[random.Next(7)]}#{random.Next(1, 6)}",
            _ => Field(random, 0, 6, 50),
        };
    }

    private static string Field(Random random, int low, int high, int stars)
    {
        if (random.Next(100) < stars)
            return random.Next(10) == 0 ? "?" : "*";
        return random.Next(4) switch
        {
            0 => $"*/{random.Next(1, high + 1)}",
            1 => $"{random.Next(low, high + 1)}/{random.Next(1, high + 1)}",
            _ => string.Join(',', Enumerable.Range(0, random.Next(1, 4)).Select(_ => Part(random, low, high))),
        };
    }

    private static string Part(Random random, int low, int high)
    {
        var range = $"{random.Next(low, high + 1)}-{random.Next(low, high + 1)}";
        return random.Next(4) switch { 0 => range, 1 => $"{range}/{random.Next(1, high + 1)}", _ => $"{random.Next(low, high + 1)}" };
    }

    private static DateTime Parts(string expression, uint hash) => Next(expression, Sunday, 1, hash).Single();

    private static IEnumerable<DateTime> Next(string expression, DateTimeOffset after, int count, uint hash = 0)
    {
        Assert.Null(CronRule.Check(expression));
        var rule = CronRule.Of(expression, DayMatch.Both, hash);
        for (var at = rule.Next(after.UtcTicks + 1); at is { } next && count-- > 0; at = rule.Next(next + 1))
            yield return new DateTime(next, DateTimeKind.Utc);
    }
}
