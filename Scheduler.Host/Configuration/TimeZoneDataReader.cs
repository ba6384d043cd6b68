using NodaTime.TimeZones;
using NodaTime.Utility;
using Scheduler.Actors.Domain.Schedules;

namespace Scheduler.Host.Configuration;

/// <summary>Reads which release of the tz database fire times are computed with.</summary>
internal static class TimeZoneDataReader
{
    private const string Key = "TimeZones";
    private const string Bundled = "bundled";
    private const string System = "system";
    private const string Allowed = $"{Bundled}, or the path of an .nzd file (the tz database in NodaTime's form)";

    /// <summary>The data.</summary>
    public static TimeZoneData Read(SettingsReader reader)
    {
        var text = reader.Text(Key, Bundled);
        if (text.Equals(Bundled, StringComparison.OrdinalIgnoreCase))
            return TimeZoneData.Bundled;
        if (text.Equals(System, StringComparison.OrdinalIgnoreCase))
        {
            reader.Refuse(Key, text, $"{Allowed}: the operating system's own copy is not read, since nodes would differ by their image");
            return TimeZoneData.Bundled;
        }

        try
        {
            return Read(File.ReadAllBytes(text)) is { } data ? data : Refused($"{Allowed}; that file is none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Refused($"{Allowed}. {e.Message}");
        }

        TimeZoneData Refused(string allowed)
        {
            reader.Refuse(Key, text, allowed);
            return TimeZoneData.Bundled;
        }
    }

    private static TimeZoneData? Read(byte[] file)
    {
        try
        {
            return new TimeZoneData(TzdbDateTimeZoneSource.FromStream(new MemoryStream(file)));
        }
        catch (Exception e) when (e is InvalidNodaDataException or IOException or ArgumentException or OverflowException or FormatException or IndexOutOfRangeException)
        {
            return null;
        }
    }
}
