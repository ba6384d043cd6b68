using NodaTime;
using NodaTime.TimeZones;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>A release of the tz database. Its zones are known by their exact spelling.</summary>
public sealed class TimeZoneData
{
    /// <summary>The one that plans were made with before they said so.</summary>
    public const string BeforeItWasSaid = "2026d";

    private readonly DateTimeZoneCache _zones;
    private readonly IEnumerable<KeyValuePair<string, string>> _windowsNames;

    /// <summary>What NodaTime has read.</summary>
    public TimeZoneData(TzdbDateTimeZoneSource source)
        : this(source, source.TzdbVersion, source.WindowsMapping.PrimaryMapping)
    {
    }

    internal TimeZoneData(IDateTimeZoneSource source, string version, IEnumerable<KeyValuePair<string, string>> windowsNames) =>
        (_zones, Version, _windowsNames) = (new(source), version, windowsNames);

    /// <summary>The one that this program carries: the same on every node of one version and in every container, whatever the operating system's copy says.</summary>
    public static TimeZoneData Bundled { get; } = new(TzdbDateTimeZoneSource.Default);

    /// <summary>A folder of compiled zones, as operating systems have it.</summary>
    /// <param name="version">Which release they are.</param>
    /// <param name="files">The files, by zone.</param>
    /// <exception cref="FormatException">One of them can't be read.</exception>
    public static TimeZoneData OfFiles(string version, IEnumerable<KeyValuePair<string, byte[]>> files) => new(new ZoneFiles(version, files), version, Bundled._windowsNames);

    /// <summary>Whether a file is a compiled zone.</summary>
    public static bool IsZoneFile(ReadOnlySpan<byte> file) => TzifZone.IsOne(file);

    /// <summary>Which release: <c>2026f</c>.</summary>
    public string Version { get; }

    // The library also makes zones up, "UTC+03" for one, which the tz database does not know.
    internal DateTimeZone? Find(string id) => id.StartsWith("UTC", StringComparison.Ordinal) && id.Length > 3 ? null : _zones.GetZoneOrNull(id);

    internal string? Suggest(string id) =>
        _zones.Ids.FirstOrDefault(known => string.Equals(known, id, StringComparison.OrdinalIgnoreCase))
        ?? _windowsNames.FirstOrDefault(mapping => string.Equals(mapping.Key, id, StringComparison.OrdinalIgnoreCase)).Value;
}

/// <summary>The time zones that fire times are computed with.</summary>
public static class TimeZones
{
    private static TimeZoneData s_all = TimeZoneData.Bundled;

    [ThreadStatic]
    private static TimeZoneData? s_here;

    /// <summary>The release in use.</summary>
    public static TimeZoneData Data => s_here ?? s_all;

    /// <summary>Makes the process use that release; before anything is computed.</summary>
    public static void Use(TimeZoneData data) => s_all = data;

    /// <summary>Does something with another release, on this thread only.</summary>
    internal static T With<T>(TimeZoneData data, Func<T> action)
    {
        var before = s_here;
        s_here = data;
        try
        {
            return action();
        }
        finally
        {
            s_here = before;
        }
    }

    /// <summary>The time zone of that name; null when there is none.</summary>
    internal static DateTimeZone? Find(string id) => Data.Find(id);

    /// <summary>The time zone of that name.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal static DateTimeZone Get(string id) => Find(id) ?? throw new InvalidOperationException($"There is no time zone {id} in {Data.Version}.");

    /// <summary>What somebody who wrote <paramref name="id"/> may have meant: another spelling, or the zone of a Windows name.</summary>
    internal static string? Suggest(string id) => Data.Suggest(id);
}
