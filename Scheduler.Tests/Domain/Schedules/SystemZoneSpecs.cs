using NodaTime;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Configuration;
using Scheduler.Tests.Support;
using Xunit;
using Instant = NodaTime.Instant;

namespace Scheduler.Tests.Domain.Schedules;

/// <summary>The operating system's zones, held to those of the library in zones whose rules no release has changed for long.</summary>
public sealed class SystemZoneSpecs
{
    private static readonly Lazy<TimeZoneData> s_system = new(() => SystemTimeZones.Read(SystemTimeZones.Folder));

    [ZoneFilesTheory]
    [InlineData("Europe/Berlin")]
    [InlineData("Europe/Dublin")]
    [InlineData("Europe/Lisbon")]
    [InlineData("America/New_York")]
    [InlineData("America/St_Johns")]
    [InlineData("America/Santiago")]
    [InlineData("Australia/Lord_Howe")]
    [InlineData("Australia/Sydney")]
    [InlineData("Asia/Jerusalem")]
    [InlineData("Asia/Kathmandu")]
    [InlineData("Asia/Tokyo")]
    [InlineData("Pacific/Apia")]
    [InlineData("Pacific/Chatham")]
    [InlineData("Etc/GMT+5")]
    [InlineData("UTC")]
    public void A_zone_changes_when_the_library_says_so_from_1970_to_2200(string id) =>
        Assert.Equal(Changes(TimeZoneData.Bundled.Find(id)!), Changes(s_system.Value.Find(id)!));

    [ZoneFilesTheory]
    [InlineData("Europe/Berlin")]
    [InlineData("Australia/Lord_Howe")]
    public void Every_hour_of_a_year_and_of_a_far_one_has_the_same_offset(string id)
    {
        var (own, library) = (s_system.Value.Find(id)!, TimeZoneData.Bundled.Find(id)!);
        foreach (var year in new[] { 1985, 2026, 2037, 2038, 9998 })
        {
            for (var at = Instant.FromUtc(year, 1, 1, 0, 0); at < Instant.FromUtc(year + 1, 1, 1, 0, 0); at += Duration.FromHours(1))
                Assert.Equal(library.GetUtcOffset(at), own.GetUtcOffset(at));
        }
    }

    [Fact]
    public void A_zone_with_fewer_changes_than_offsets_is_read()
    {
        // As compilers write it that leave out what is not needed: one change, two offsets, and no rule but the last of them.
        byte[] none = [.. "TZif2"u8, .. new byte[15], .. new byte[24]];
        byte[] file =
        [
            .. none,
            .. "TZif2"u8, .. new byte[15], 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 8,
            0, 0, 0, 0, 0, 0, 0, 100,
            1,
            0, 0, 0x0E, 0x10, 0, 0, 0, 0, 0x1C, 0x20, 0, 4,
            .. "LMT\0+02\0"u8,
            .. "\n<+02>-2\n"u8,
        ];

        var zone = TimeZoneData.OfFiles("1", [new("Zone/One", file)]).Find("Zone/One")!;

        Assert.Equal(Offset.FromHours(1), zone.GetUtcOffset(Instant.FromUnixTimeSeconds(99)));
        Assert.Equal(Offset.FromHours(2), zone.GetUtcOffset(Instant.FromUnixTimeSeconds(100)));
    }

    [ZoneFilesTheory]
    [InlineData("Europe/Berlin")]
    [InlineData("UTC")]
    public void The_ends_of_the_calendar_have_an_offset(string id)
    {
        var zone = s_system.Value.Find(id)!;

        Assert.False(zone.GetZoneInterval(Instant.MinValue).HasStart);
        Assert.Equal(TimeZoneData.Bundled.Find(id)!.GetUtcOffset(Instant.MaxValue), zone.GetUtcOffset(Instant.MaxValue));
    }

    [ZoneFilesTheory]
    [InlineData("right/Europe/Berlin")]
    [InlineData("posix/Europe/Berlin")]
    [InlineData("localtime")]
    [InlineData("europe/berlin")]
    [InlineData("tzdata.zi")]
    public void What_is_no_name_of_a_zone_is_not_found(string id) => Assert.Null(s_system.Value.Find(id));

    [Theory]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/3", 2026, "2026-03-29T01:00:00Z", 2, "2026-10-25T01:00:00Z", 1)]
    [InlineData("AEST-10AEDT,M10.1.0,M4.1.0/3", 2026, "2026-04-04T16:00:00Z", 10, "2026-10-03T16:00:00Z", 11)]
    [InlineData("IST-2IDT,M3.4.4/26,M10.5.0", 2026, "2026-03-27T00:00:00Z", 3, "2026-10-24T23:00:00Z", 2)]
    [InlineData("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026, "2026-03-29T01:00:00Z", -1, "2026-10-25T01:00:00Z", -2)]
    [InlineData("AAA3BBB,J60,300/0", 2028, "2028-03-01T05:00:00Z", -2, "2028-10-27T02:00:00Z", -3)]
    public void A_rule_says_when_clocks_change_in_a_year(string rule, int year, string first, int offset, string second, int then) => Assert.Equal(
        [(DateTimeOffset.Parse(first, null).ToUnixTimeSeconds(), offset * 3600), (DateTimeOffset.Parse(second, null).ToUnixTimeSeconds(), then * 3600)],
        PosixZoneRule.Parse(rule).ChangesOf(year));

    [Theory]
    [InlineData("")]
    [InlineData("CE-1")]
    [InlineData("CET")]
    [InlineData("CET-1CEST")]
    [InlineData("CET-1CEST,M3.5.0")]
    [InlineData("CET-1CEST,M13.5.0,M10.5.0")]
    [InlineData("CET-1CEST,M3.6.0,M10.5.0")]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0/168")]
    [InlineData("CET-1CEST,M3.5.0,M10.5.0 ")]
    [InlineData("<+01-1")]
    public void What_is_no_rule_is_refused(string rule) => Assert.Throws<FormatException>(() => PosixZoneRule.Parse(rule));

    [ZoneFilesTheory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(44)]
    [InlineData(100)]
    [InlineData(-3)]
    public void A_file_that_was_cut_off_is_refused_with_its_name(int length)
    {
        var file = File.ReadAllBytes(Path.Combine(SystemTimeZones.Folder, "Europe", "Berlin"));
        var cut = file[..(length < 0 ? file.Length + length : length)];

        Assert.Contains("Europe/Berlin", Assert.Throws<FormatException>(() => TimeZoneData.OfFiles("x", [new("Europe/Berlin", cut)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_without_zones_is_told_what_to_do()
    {
        using var folder = new TemporaryFolder();

        Assert.Contains("tzdata", Assert.Throws<IOException>(() => SystemTimeZones.Read(folder.Path)).Message, StringComparison.Ordinal);
        Assert.Contains("tzdata", Assert.Throws<DirectoryNotFoundException>(() => SystemTimeZones.Read(Path.Combine(folder.Path, "none"))).Message, StringComparison.Ordinal);
    }

    [ZoneFilesTheory]
    [InlineData("+VERSION", "2030a\n", "2030a")]
    [InlineData("tzdata.zi", "# version 2030b\n# more\n", "2030b")]
    [InlineData("README", "nothing", "system-")]
    public void The_release_is_what_the_folder_says_of_itself(string name, string text, string release)
    {
        using var folder = new TemporaryFolder();
        File.Copy(Path.Combine(SystemTimeZones.Folder, "Etc", "UTC"), Path.Combine(folder.Path, "UTC"));
        File.WriteAllText(Path.Combine(folder.Path, name), text);

        var version = SystemTimeZones.Read(folder.Path).Version;
        Assert.StartsWith(release + (release.EndsWith('-') ? "" : "-"), version, StringComparison.Ordinal);

        // Another file under the same name of a release.
        File.Copy(Path.Combine(SystemTimeZones.Folder, "Europe", "Berlin"), Path.Combine(folder.Path, "UTC"), overwrite: true);
        Assert.NotEqual(version, SystemTimeZones.Read(folder.Path).Version);
    }

    /// <summary>When the offset changes, and to what.</summary>
    private static List<(Instant At, Offset To)> Changes(DateTimeZone zone)
    {
        var changes = new List<(Instant, Offset)>();
        var interval = zone.GetZoneInterval(Instant.FromUtc(1970, 1, 1, 0, 0));
        var offset = interval.WallOffset;
        changes.Add((default, offset));
        while (interval.HasEnd && interval.End < Instant.FromUtc(2200, 1, 1, 0, 0))
        {
            interval = zone.GetZoneInterval(interval.End);
            if (interval.WallOffset != offset)
                changes.Add((interval.Start, offset = interval.WallOffset));
        }

        return changes;
    }
}
