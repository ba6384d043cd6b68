using NodaTime;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>Time zones with every kind of clock change, and instants near one.</summary>
internal static class SomeZones
{
    private static readonly string[] Ids =
    [
        "UTC", "Europe/Berlin", "Europe/London", "Europe/Dublin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "America/Caracas",
        "Africa/Casablanca", "Africa/Cairo", "Asia/Kathmandu", "Asia/Tehran", "Asia/Pyongyang", "Asia/Gaza", "Australia/Lord_Howe", "Antarctica/Troll",
        "Pacific/Apia", "Pacific/Chatham", "Asia/Kolkata", "America/Havana",
    ];

    public static DateTimeZone Any(Random random) => DateTimeZoneProviders.Tzdb[Ids[random.Next(Ids.Length)]];

    /// <summary>A whole minute of the years 1950 to 2080, mostly up to three days before a clock change.</summary>
    public static DateTimeOffset AnyInstant(Random random, DateTimeZone zone)
    {
        var any = new DateTimeOffset(1950, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.NextInt64(130L * 365 * 24 * 60));
        var interval = zone.GetZoneInterval(NodaTime.Instant.FromDateTimeOffset(any));
        return random.Next(5) == 0 || !interval.HasEnd || interval.End.ToDateTimeUtc().Year > 2080
            ? any
            : interval.End.ToDateTimeOffset().AddMinutes(-random.Next(3 * 24 * 60));
    }

    /// <summary>Mostly none; else up to six ranges of the days around an instant, in any order.</summary>
    public static ValueList<DateRange> AnyExclusions(Random random, DateTimeOffset near) =>
        random.Next(3) > 0
            ? []
            : ValueList.From(Enumerable.Range(0, random.Next(1, 7)).Select(_ =>
            {
                var first = DateOnly.FromDateTime(near.UtcDateTime).AddDays(random.Next(-3, 6));
                return new DateRange(first, first.AddDays(random.Next(3)));
            }));
}
