using NodaTime;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>
/// A cron rule made of plain sets, and its fire times found the slow way: every local minute of the calendar is looked at, and the time
/// zone asked what it is worth. Shares no code with what it checks.
/// </summary>
internal sealed class WalkedCron
{
    private readonly string[] _fields = new string[5];
    private readonly bool[][] _sets = new bool[5][];
    private readonly bool _followsElapsedTime;

    private WalkedCron(Random random)
    {
        Fill(random, 0, 0, 59);
        Fill(random, 1, 0, 23, favourite: random.Next(5));
        Fill(random, 2, 1, 31, stars: 70);
        Fill(random, 3, 1, 12, stars: 90);
        Fill(random, 4, 0, 6, stars: 70);
        _followsElapsedTime = _fields.Take(2).Any(f => f.IndexOfAny(['*', '-', '/']) >= 0);
    }

    public static WalkedCron Any(Random random) => new(random);

    public string Expression => string.Join(' ', _fields);

    public CronSchedule In(DateTimeZone zone, DstGap gap, DstOverlap overlap, DayMatch match, ValueList<DateRange> exclusions) =>
        new(Expression, zone.Id, gap, overlap, exclusions) { DayMatch = match };

    /// <summary>The fire times after one instant and up to another.</summary>
    public List<DateTimeOffset> Walk(CronSchedule schedule, DateTimeOffset after, DateTimeOffset until)
    {
        var zone = DateTimeZoneProviders.Tzdb[schedule.TimeZone];
        var found = new SortedSet<NodaTime.Instant>();
        var last = until.AddDays(2).UtcDateTime;
        for (var local = new DateTime(after.AddDays(-2).UtcDateTime.Date.Ticks, DateTimeKind.Unspecified); local <= last; local = local.AddMinutes(1))
        {
            if (_sets[0][local.Minute] && _sets[1][local.Hour] && _sets[3][local.Month] && IsDay(local, schedule.DayMatch))
                found.UnionWith(Worth(zone.MapLocal(LocalDateTime.FromDateTime(local)), schedule));
        }

        return
        [
            .. from instant in found
            let at = instant.ToDateTimeOffset()
            let day = instant.InZone(zone).Date.ToDateOnly()
            where at > after && at <= until && !schedule.Exclusions.Any(r => r.First <= day && day <= r.Last)
            select at,
        ];
    }

    private bool IsDay(DateTime local, DayMatch? match)
    {
        var (day, weekday) = (_sets[2][local.Day], _sets[4][(int)local.DayOfWeek]);
        return match == DayMatch.Either && _fields[2][0] != '*' && _fields[4][0] != '*' ? day || weekday : day && weekday;
    }

    private IEnumerable<NodaTime.Instant> Worth(NodaTime.TimeZones.ZoneLocalMapping mapping, CronSchedule schedule) => mapping.Count switch
    {
        0 when _followsElapsedTime || schedule.Gap == DstGap.Skip => [],
        0 => [mapping.LateInterval.Start],
        1 => [mapping.Single().ToInstant()],
        _ when _followsElapsedTime || schedule.Overlap == DstOverlap.Both => [mapping.First().ToInstant(), mapping.Last().ToInstant()],
        _ => [(schedule.Overlap == DstOverlap.First ? mapping.First() : mapping.Last()).ToInstant()],
    };

    private void Fill(Random random, int field, int low, int high, int? favourite = null, int stars = 20)
    {
        var set = _sets[field] = new bool[high + 1];
        var kind = random.Next(100);
        if (kind < stars)
        {
            _fields[field] = "*";
            Array.Fill(set, true, low, high - low + 1);
        }
        else if (kind < stars + 5)
        {
            var step = random.Next(2, Math.Min(20, high));
            _fields[field] = $"*/{step}";
            for (var value = low; value <= high; value += step)
                set[value] = true;
        }
        else if (kind < stars + 8)
        {
            var (first, last) = (random.Next(low, high), high);
            _fields[field] = $"{first}-{last}";
            Array.Fill(set, true, first, last - first + 1);
        }
        else
        {
            var values = Enumerable.Range(0, random.Next(1, 4)).Select(_ => random.Next(low, high + 1)).ToList();
            if (favourite is { } often)
                values.Add(often);
            _fields[field] = string.Join(',', values);
            values.ForEach(value => set[value] = true);
        }
    }
}
