using NodaTime;
using NodaTime.TimeZones;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>A recurrence rule with its meaning as a predicate on days, and its fire times found by walking through all days from the anchor.</summary>
internal sealed class WalkedRecurrence
{
    private static readonly string[] DayNames = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];

    private static readonly ZoneLocalMappingResolver Rfc5545 =
        Resolvers.CreateMappingResolver(Resolvers.ReturnEarlier, Resolvers.ReturnForwardShifted);

    private readonly DateTime _anchor;
    private readonly int _interval;
    private readonly List<string> _parts = [];
    private readonly List<int> _minutesOfDay = [];
    private Predicate<DateTime> _isAskedFor = _ => true;
    private DateTime _lastLocal = DateTime.MaxValue;
    private int _count = int.MaxValue;

    private WalkedRecurrence(Random random, DateTimeZone zone, DateTimeOffset anchor)
    {
        _anchor = NodaTime.Instant.FromDateTimeOffset(anchor).InZone(zone).LocalDateTime.ToDateTimeUnspecified();
        _interval = random.Next(3) == 0 ? random.Next(2, 6) : 1;
        ((Action<Random>)(random.Next(4) switch { 0 => Daily, 1 => Weekly, 2 => Monthly, _ => Yearly }))(random);
        if (_interval > 1)
            _parts.Add($"INTERVAL={_interval}");
        Times(random);
        End(random);
    }

    public static WalkedRecurrence Any(Random random, DateTimeZone zone, DateTimeOffset anchor) => new(random, zone, anchor);

    public string Rule => string.Join(';', _parts);

    /// <summary>The fire times from the anchor on and up to an instant.</summary>
    public List<DateTimeOffset> Walk(RecurrenceRuleSchedule schedule, DateTimeOffset until)
    {
        var zone = DateTimeZoneProviders.Tzdb[schedule.TimeZone];
        var found = new SortedSet<NodaTime.Instant>();
        var left = _count;
        for (var day = _anchor.Date; day <= until.AddDays(2).UtcDateTime; day = day.AddDays(1))
        {
            if (!_isAskedFor(day))
                continue;
            foreach (var local in _minutesOfDay.Select(minute => day.AddMinutes(minute).AddSeconds(_anchor.Second)))
            {
                if (local >= _anchor && local <= _lastLocal && left-- > 0)
                    found.Add(zone.ResolveLocal(LocalDateTime.FromDateTime(local), Rfc5545).ToInstant());
            }
        }

        return
        [
            .. from instant in found
            let at = instant.ToDateTimeOffset()
            let day = instant.InZone(zone).Date.ToDateOnly()
            where at <= until && !schedule.Exclusions.Any(r => r.First <= day && day <= r.Last)
            select at,
        ];
    }

    private void Daily(Random random)
    {
        _parts.Add("FREQ=DAILY");
        var months = Months(random);
        _isAskedFor = day => (day - _anchor.Date).Days % _interval == 0 && months.Contains(day.Month);
    }

    private void Weekly(Random random)
    {
        var (weekStart, days) = (random.Next(7), new HashSet<DayOfWeek> { _anchor.DayOfWeek });
        _parts.Add($"FREQ=WEEKLY;WKST={DayNames[weekStart]}");
        if (random.Next(2) == 0)
        {
            days = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => (DayOfWeek)random.Next(7))];
            _parts.Add($"BYDAY={string.Join(',', days.Select(d => DayNames[(int)d]))}");
        }

        DateTime WeekOf(DateTime day) => day.AddDays(-(((int)day.DayOfWeek - weekStart + 7) % 7));
        _isAskedFor = day => (WeekOf(day) - WeekOf(_anchor.Date)).Days / 7 % _interval == 0 && days.Contains(day.DayOfWeek);
    }

    private void Monthly(Random random)
    {
        _parts.Add("FREQ=MONTHLY");
        var isDay = DayOfMonth(random) ?? (day => day.Day == _anchor.Day);
        _isAskedFor = day => (((day.Year - _anchor.Year) * 12) + day.Month - _anchor.Month) % _interval == 0 && isDay(day);
    }

    private void Yearly(Random random)
    {
        _parts.Add("FREQ=YEARLY");
        var months = Months(random);
        var hasMonths = months.Count < 12;
        var isDay = hasMonths ? DayOfMonth(random) ?? (day => day.Day == _anchor.Day) : day => day.Day == _anchor.Day && day.Month == _anchor.Month;
        _isAskedFor = day => (day.Year - _anchor.Year) % _interval == 0 && months.Contains(day.Month) && isDay(day);
    }

    private HashSet<int> Months(Random random)
    {
        if (random.Next(3) > 0)
            return [.. Enumerable.Range(1, 12)];
        HashSet<int> months = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(1, 13))];
        _parts.Add($"BYMONTH={string.Join(',', months)}");
        return months;
    }

    private Predicate<DateTime>? DayOfMonth(Random random)
    {
        if (random.Next(3) == 0)
            return null;
        if (random.Next(2) == 0)
        {
            HashSet<int> days = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(1, 32) * (random.Next(3) == 0 ? -1 : 1))];
            _parts.Add($"BYMONTHDAY={string.Join(',', days)}");
            return day => days.Contains(day.Day) || days.Contains(day.Day - DateTime.DaysInMonth(day.Year, day.Month) - 1);
        }

        var (weekday, which) = ((DayOfWeek)random.Next(7), random.Next(2) == 0 ? random.Next(1, 6) : -random.Next(1, 6));
        _parts.Add($"BYDAY={which}{DayNames[(int)weekday]}");
        return day => day.DayOfWeek == weekday
            && (which > 0 ? (day.Day - 1) / 7 == which - 1 : (DateTime.DaysInMonth(day.Year, day.Month) - day.Day) / 7 == -which - 1);
    }

    private void Times(Random random)
    {
        List<int> hours = [_anchor.Hour], minutes = [_anchor.Minute];
        if (random.Next(3) == 0)
        {
            hours = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(random.Next(2) == 0 ? 5 : 24)).Distinct().Order()];
            _parts.Add($"BYHOUR={string.Join(',', hours)}");
        }

        if (random.Next(3) == 0)
        {
            minutes = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => random.Next(60)).Distinct().Order()];
            _parts.Add($"BYMINUTE={string.Join(',', minutes)}");
        }

        _minutesOfDay.AddRange(hours.SelectMany(hour => minutes.Select(minute => (hour * 60) + minute)));
    }

    private void End(Random random)
    {
        if (random.Next(4) == 0)
        {
            _count = random.Next(1, 60);
            _parts.Add($"COUNT={_count}");
        }
        else if (random.Next(4) == 0)
        {
            _lastLocal = _anchor.AddDays(random.Next(900));
            _parts.Add($"UNTIL={_lastLocal:yyyyMMdd'T'HHmmss}");
        }
    }
}
