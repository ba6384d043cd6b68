using Scheduler.Actors.Domain.Schedules;
using Scheduler.Tests.Support;
using Xunit;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>
/// Every cell of RFC 5545's table of what a part does to a frequency (3.3.10), against sets that are generated part by part, and the examples that
/// the RFC gives.
/// </summary>
public sealed class RecurrenceTableSpecs
{
    private static readonly int Rules = LongSpecs.Cases(25);

    private static readonly string[] DayNames = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

    /// <summary>A frequency, and which parts go with it: each combination is tried with many values.</summary>
    public static TheoryData<string, string> Cells
    {
        get
        {
            var cells = new TheoryData<string, string>();
            foreach (var (frequency, parts) in new (string, string[])[]
            {
                ("DAILY", ["BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"]),
                ("WEEKLY", ["BYMONTH", "BYDAY", "BYSETPOS"]),
                ("MONTHLY", ["BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"]),
                ("YEARLY", ["BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY", "BYSETPOS"]),
            })
            {
                for (var set = 0; set < 1 << parts.Length; set++)
                    cells.Add(frequency, string.Join(' ', parts.Where((_, i) => (set >> i & 1) != 0)));
            }

            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Every_cell_gives_what_its_parts_generate(string frequency, string parts)
    {
        var random = new Random(HashOf(frequency + parts));
        for (var i = 0; i < Rules; i++)
        {
            var slow = new Generated(frequency, parts.Split(' ', StringSplitOptions.RemoveEmptyEntries), random);
            var until = slow.Anchor.AddYears(frequency == "YEARLY" ? 12 : 5);
            var schedule = new RecurrenceRuleSchedule(slow.Rule, new DateTimeOffset(slow.Anchor, TimeSpan.Zero), "UTC", []);

            var fast = FireTimes(schedule, DateTimeOffset.MinValue, new DateTimeOffset(until, TimeSpan.Zero)).ToList();

            var walked = slow.Walk(until).ToList();
            Assert.True(
                walked.SequenceEqual(fast),
                $"{slow.Rule} from {slow.Anchor:O}: too few {string.Join(' ', walked.Except(fast).Take(3))}, too many {string.Join(' ', fast.Except(walked).Take(3))}");
            // The same from the middle on.
            if (fast.Count > 2)
                Assert.Equal(fast[fast.Count / 2], schedule.Next(new DateTimeOffset(fast[(fast.Count / 2) - 1], TimeSpan.Zero))!.Value.UtcDateTime);
        }
    }

    [Theory]
    [InlineData("FREQ=YEARLY;BYMONTHDAY=15", "2026-06-01", "2026-06-15 2026-07-15 2026-08-15")]
    [InlineData("FREQ=YEARLY;BYMONTH=3;BYYEARDAY=1,70,200", "2026-06-01", "2027-03-11 2028-03-10 2029-03-11")]
    [InlineData("FREQ=YEARLY;BYDAY=SU,SA,TU,TH;BYMONTHDAY=-31;BYSETPOS=-2", "2026-06-01", "2026-10-01 2027-07-01 2028-08-01")]
    [InlineData("FREQ=YEARLY;BYDAY=MO;BYYEARDAY=1,2,3,4,5,6,7", "2026-06-01", "2027-01-04 2028-01-03 2029-01-01")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=1,53;BYMONTH=12", "2026-06-03", "2026-12-30 2031-12-31 2032-12-29")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-1,1;BYDAY=SU", "2026-06-01", "2026-11-01 2027-01-31 2027-02-28")]
    [InlineData("FREQ=DAILY;BYMONTHDAY=13;BYDAY=FR", "2026-06-01", "2026-11-13 2027-08-13 2028-10-13")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=MO", "1997-08-05", "1997-08-05 1997-08-10 1997-08-19 1997-08-24")]
    [InlineData("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU", "1997-08-05", "1997-08-05 1997-08-17 1997-08-19 1997-08-31")]
    [InlineData("FREQ=DAILY;INTERVAL=10;COUNT=5", "1997-09-02", "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12")]
    [InlineData("FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", "1997-09-02", "1997-09-02 1997-09-04 1997-09-09 1997-09-11")]
    [InlineData("FREQ=MONTHLY;COUNT=10;BYDAY=1FR", "1997-09-05", "1997-09-05 1997-10-03 1997-11-07 1997-12-05 1998-01-02")]
    [InlineData("FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU", "1997-09-07", "1997-09-07 1997-09-28 1997-11-02 1997-11-30 1998-01-04")]
    [InlineData("FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", "1997-09-22", "1997-09-22 1997-10-20 1997-11-17 1997-12-22 1998-01-19 1998-02-16")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=-3", "1997-09-28", "1997-09-28 1997-10-29 1997-11-28 1997-12-29 1998-01-29 1998-02-26")]
    [InlineData("FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", "1997-09-02", "1997-09-02 1997-09-15 1997-10-02 1997-10-15")]
    [InlineData("FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15", "1997-09-10", "1997-09-10 1997-09-11 1997-09-12 1997-09-13 1997-09-14 1997-09-15 1999-03-10")]
    [InlineData("FREQ=YEARLY;COUNT=10;BYMONTH=6,7", "1997-06-10", "1997-06-10 1997-07-10 1998-06-10 1998-07-10")]
    [InlineData("FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3", "1997-03-10", "1997-03-10 1999-01-10 1999-02-10 1999-03-10 2001-01-10")]
    [InlineData("FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", "1997-01-01", "1997-01-01 1997-04-10 1997-07-19 2000-01-01 2000-04-09 2000-07-18 2003-01-01")]
    [InlineData("FREQ=YEARLY;BYDAY=20MO", "1997-05-19", "1997-05-19 1998-05-18 1999-05-17")]
    [InlineData("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO", "1997-05-12", "1997-05-12 1998-05-11 1999-05-17")]
    [InlineData("FREQ=YEARLY;BYMONTH=3;BYDAY=TH", "1997-03-13", "1997-03-13 1997-03-20 1997-03-27 1998-03-05")]
    [InlineData("FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8", "1997-06-05", "1997-06-05 1997-06-12 1997-06-19")]
    [InlineData("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "1997-09-02", "1998-02-13 1998-03-13 1998-11-13 1999-08-13 2000-10-13")]
    [InlineData("FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13", "1997-09-13", "1997-09-13 1997-10-11 1997-11-08 1997-12-13")]
    [InlineData("FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8", "1996-11-05", "1996-11-05 2000-11-07 2004-11-02")]
    [InlineData("FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", "1997-09-04", "1997-09-04 1997-10-07 1997-11-06")]
    [InlineData("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2", "1997-09-29", "1997-09-29 1997-10-30 1997-11-27 1997-12-30 1998-01-29 1998-02-26")]
    [InlineData("FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5", "2007-01-15", "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30")]
    public void Examples(string rule, string anchor, string days)
    {
        var expected = days.Split(' ');
        var schedule = new RecurrenceRuleSchedule(rule, new DateTimeOffset(DateTime.Parse(anchor).AddHours(9), TimeSpan.Zero), "UTC", []);

        Assert.Equal(
            expected,
            FireTimes(schedule, DateTimeOffset.MinValue, DateTimeOffset.MaxValue).Take(expected.Length).Select(at => at.ToString("yyyy-MM-dd")));
    }

    [Fact]
    public void A_position_counts_through_the_times_of_a_day()
    {
        var schedule = new RecurrenceRuleSchedule(
            "FREQ=MONTHLY;BYDAY=MO;BYHOUR=9,17;BYMINUTE=0;BYSECOND=0;BYSETPOS=2,-1", new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero), "UTC", []);

        Assert.Equal(
            ["06-01 17:00", "06-29 17:00", "07-06 17:00"],
            FireTimes(schedule, DateTimeOffset.MinValue, DateTimeOffset.MaxValue).Take(3).Select(at => at.ToString("MM-dd HH:mm")));
    }

    private static IEnumerable<DateTime> FireTimes(Schedule schedule, DateTimeOffset after, DateTimeOffset until)
    {
        for (var at = schedule.Next(after); at is { } next && next <= until; at = schedule.Next(next))
            yield return next.UtcDateTime;
    }

    private static int HashOf(string text) => text.Aggregate(17, (hash, c) => (hash * 31) + c);

    /// <summary>A rule, and its days the slow way: each part generates the days that it names, and what all of them name is left.</summary>
    private sealed class Generated
    {
        private readonly string _frequency;
        private readonly int _interval;
        private readonly DayOfWeek _weekStart;
        private readonly Dictionary<string, int[]> _numbers = [];
        private readonly List<(int Nth, DayOfWeek Day)> _days = [];

        public Generated(string frequency, string[] parts, Random random)
        {
            _frequency = frequency;
            _interval = random.Next(3) == 0 ? random.Next(2, 5) : 1;
            _weekStart = random.Next(2) == 0 ? DayOfWeek.Monday : (DayOfWeek)random.Next(7);
            Anchor = new DateTime(1995, 1, 1, 9, 30, 0).AddDays(random.Next(9_000));
            foreach (var part in parts)
                Fill(part, parts, random);
            List<string> text = [$"FREQ={frequency}", $"INTERVAL={_interval}", $"WKST={DayNames[(int)_weekStart]}"];
            text.AddRange(_numbers.Select(p => $"{p.Key}={string.Join(',', p.Value)}"));
            if (_days.Count > 0)
                text.Add($"BYDAY={string.Join(',', _days.Select(d => $"{(d.Nth == 0 ? "" : d.Nth)}{DayNames[(int)d.Day]}"))}");
            Rule = string.Join(';', text);
        }

        public DateTime Anchor { get; }

        public string Rule { get; }

        private bool ByWeek => _numbers.ContainsKey("BYWEEKNO");

        public IEnumerable<DateTime> Walk(DateTime until)
        {
            for (var start = Start(Anchor.Date); start <= until; start = Step(start))
            {
                var days = Of(start).Where(day => day >= start && day < Step(start, 1)).Order().ToList();
                if (_numbers.TryGetValue("BYSETPOS", out var positions))
                    days = [.. positions.Select(p => p > 0 ? p - 1 : days.Count + p).Where(i => i >= 0 && i < days.Count).Distinct().Order().Select(i => days[i])];
                foreach (var at in days.Select(day => day + Anchor.TimeOfDay).Where(at => at >= Anchor && at <= until))
                    yield return at;
            }
        }

        private DateTime WeekOf(DateTime day) => day.AddDays(-(((int)day.DayOfWeek - (int)_weekStart + 7) % 7));

        private DateTime FirstWeek(int year) => WeekOf(new DateTime(year, 1, 4));

        private int WeekYear(DateTime day) => day < FirstWeek(day.Year) ? day.Year - 1 : day >= FirstWeek(day.Year + 1) ? day.Year + 1 : day.Year;

        private DateTime Start(DateTime day) => _frequency switch
        {
            "DAILY" => day,
            "WEEKLY" => WeekOf(day),
            "MONTHLY" => new DateTime(day.Year, day.Month, 1),
            _ => ByWeek ? FirstWeek(WeekYear(day)) : new DateTime(day.Year, 1, 1),
        };

        private DateTime Step(DateTime start, int? by = null) => _frequency switch
        {
            "DAILY" => start.AddDays(by ?? _interval),
            "WEEKLY" => start.AddDays(7 * (by ?? _interval)),
            "MONTHLY" => start.AddMonths(by ?? _interval),
            _ => ByWeek ? FirstWeek(WeekYear(start) + (by ?? _interval)) : start.AddYears(by ?? _interval),
        };

        private IEnumerable<DateTime> Of(DateTime start)
        {
            // A week, and a year of weeks, may lie in more than one year.
            int[] years = ByWeek || _frequency == "WEEKLY" ? [start.Year, start.Year + 1, start.Year + 2] : [start.Year];
            List<IEnumerable<DateTime>> named = [];
            var months = _numbers.GetValueOrDefault("BYMONTH");
            if (months is not null)
                named.Add(years.SelectMany(y => months.SelectMany(m => DaysOf(y, m))));
            if (_numbers.TryGetValue("BYWEEKNO", out var weeks))
                named.Add(weeks.SelectMany(n => Week(WeekYear(start), n)));
            if (_numbers.TryGetValue("BYYEARDAY", out var yearDays))
                named.Add(years.SelectMany(y => yearDays.Select(n => n > 0 ? new DateTime(y, 1, 1).AddDays(n - 1) : new DateTime(y, 12, 31).AddDays(n + 1)).Where(d => d.Year == y)));
            if (_numbers.TryGetValue("BYMONTHDAY", out var monthDays))
                named.Add(years.SelectMany(y => Enumerable.Range(1, 12).SelectMany(m => monthDays.SelectMany(n => DayOf(y, m, n)))));
            if (_days.Count > 0)
                named.Add(_days.SelectMany(d => Weekdays(start, years, months, d.Nth, d.Day)));
            if (named.Count == 0 || !_numbers.Keys.Any(k => k is "BYWEEKNO" or "BYYEARDAY" or "BYMONTHDAY"))
                named.AddRange(OfAnchor(years, months, start));
            else if (ByWeek && _days.Count == 0 && !_numbers.ContainsKey("BYYEARDAY") && !_numbers.ContainsKey("BYMONTHDAY"))
                named.Add(Weekdays(start, years, months, 0, Anchor.DayOfWeek));
            return named.Count == 0 ? [start] : named.Aggregate((a, b) => a.Intersect(b)).Distinct();
        }

        // What no part says is the anchor's: its day of the week, of the month, of the year.
        private IEnumerable<IEnumerable<DateTime>> OfAnchor(int[] years, int[]? months, DateTime start)
        {
            if (_days.Count > 0)
                yield break;
            if (_frequency == "WEEKLY")
                yield return Weekdays(start, years, months, 0, Anchor.DayOfWeek);
            else if (_frequency == "MONTHLY")
                yield return DayOf(start.Year, start.Month, Anchor.Day);
            else if (_frequency == "YEARLY")
                yield return (months ?? [Anchor.Month]).SelectMany(m => DayOf(start.Year, m, Anchor.Day));
            else
                yield return [start];
        }

        private static IEnumerable<DateTime> DaysOf(int year, int month) =>
            Enumerable.Range(0, DateTime.DaysInMonth(year, month)).Select(i => new DateTime(year, month, 1).AddDays(i));

        private static IEnumerable<DateTime> DayOf(int year, int month, int n)
        {
            var day = n > 0 ? new DateTime(year, month, 1).AddDays(n - 1) : new DateTime(year, month, 1).AddMonths(1).AddDays(n);
            return day.Year == year && day.Month == month ? [day] : [];
        }

        private IEnumerable<DateTime> Week(int year, int n)
        {
            var monday = n > 0 ? FirstWeek(year).AddDays(7 * (n - 1)) : FirstWeek(year + 1).AddDays(7 * n);
            return monday >= FirstWeek(year) && monday < FirstWeek(year + 1) ? Enumerable.Range(0, 7).Select(i => monday.AddDays(i)) : [];
        }

        // A number counts within the month for MONTHLY and where BYMONTH names months, else within the year.
        private IEnumerable<DateTime> Weekdays(DateTime start, int[] years, int[]? months, int nth, DayOfWeek weekday)
        {
            if (_frequency is "DAILY" or "WEEKLY")
                return Enumerable.Range(0, 7).Select(i => start.AddDays(i)).Where(d => d.DayOfWeek == weekday);
            var scopes = _frequency == "MONTHLY" ? [(start, start.AddMonths(1))]
                : months is not null ? years.SelectMany(y => months.Select(m => (new DateTime(y, m, 1), new DateTime(y, m, 1).AddMonths(1))))
                : years.Select(y => (new DateTime(y, 1, 1), new DateTime(y + 1, 1, 1)));
            return scopes.SelectMany(scope =>
            {
                var first = scope.Item1;
                while (first.DayOfWeek != weekday)
                    first = first.AddDays(1);
                var all = new List<DateTime>();
                for (var day = first; day < scope.Item2; day = day.AddDays(7))
                    all.Add(day);
                var index = nth > 0 ? nth - 1 : all.Count + nth;
                return nth == 0 ? all : index >= 0 && index < all.Count ? [all[index]] : [];
            });
        }

        private void Fill(string part, string[] parts, Random random)
        {
            int Both(int most) => random.Next(1, most + 1) * (random.Next(3) == 0 ? -1 : 1);
            int[] Some(int most, Func<int> value) => [.. Enumerable.Range(0, random.Next(1, most + 1)).Select(_ => value()).Distinct()];
            var mayCount = _frequency == "MONTHLY" || (_frequency == "YEARLY" && !parts.Contains("BYWEEKNO"));
            switch (part)
            {
                case "BYMONTH":
                    _numbers[part] = Some(6, () => random.Next(1, 13));
                    break;
                case "BYWEEKNO":
                    _numbers[part] = Some(12, () => Both(53));
                    break;
                case "BYYEARDAY":
                    _numbers[part] = Some(60, () => Both(366));
                    break;
                case "BYMONTHDAY":
                    _numbers[part] = Some(12, () => Both(31));
                    break;
                case "BYSETPOS":
                    _numbers[part] = Some(3, () => Both(random.Next(3) == 0 ? 60 : 4));
                    break;
                default:
                    _days.AddRange(Enumerable.Range(0, random.Next(1, 5)).Select(_ =>
                        (mayCount && random.Next(2) == 0 ? Both(_frequency == "MONTHLY" || parts.Contains("BYMONTH") ? 5 : 53) : 0, (DayOfWeek)random.Next(7))));
                    break;
            }
        }
    }
}
