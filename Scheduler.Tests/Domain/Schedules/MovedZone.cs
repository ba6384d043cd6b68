using NodaTime;
using NodaTime.TimeZones;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>Releases of time-zone data that differ in one made-up zone: by each, other days of 2026 and 2027 have summer time.</summary>
internal static class MovedZone
{
    public const string Id = "Test/Moved";

    /// <summary>A release in which the clocks of the zone change on those days, at 05:00 UTC, between UTC-5 and UTC-4; at first it is UTC-5.</summary>
    public static TimeZoneData Release(string version, params DateTimeOffset[] changes) => new(new Source(version, new Zone(changes)), version, []);

    private sealed class Source(string version, DateTimeZone zone) : IDateTimeZoneSource
    {
        public string VersionId => version;

        public IEnumerable<string> GetIds() => [Id, "UTC"];

        public DateTimeZone ForId(string id) => id == Id ? zone : DateTimeZone.Utc;

        public string? GetSystemDefaultId() => null;
    }

    private sealed class Zone(DateTimeOffset[] changes) : DateTimeZone(MovedZone.Id, isFixed: false, Offset.FromHours(-5), Offset.FromHours(-4))
    {
        public override ZoneInterval GetZoneInterval(NodaTime.Instant instant)
        {
            var passed = changes.Count(change => NodaTime.Instant.FromDateTimeOffset(change) <= instant);
            var summer = passed % 2 == 1;
            return new ZoneInterval(
                summer ? "S" : "W",
                passed == 0 ? null : NodaTime.Instant.FromDateTimeOffset(changes[passed - 1]),
                passed == changes.Length ? null : NodaTime.Instant.FromDateTimeOffset(changes[passed]),
                Offset.FromHours(summer ? -4 : -5),
                summer ? Offset.FromHours(1) : Offset.Zero);
        }
    }
}
