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
    private const string Allowed = $"{Bundled}, {System}, or the path of an .nzd file (the tz database in NodaTime's form)";

    /// <summary>The data.</summary>
    public static TimeZoneData Read(SettingsReader reader)
    {
        var text = reader.Text(Key, Bundled);
        if (text.Equals(Bundled, StringComparison.OrdinalIgnoreCase))
            return TimeZoneData.Bundled;
        try
        {
            if (text.Equals(System, StringComparison.OrdinalIgnoreCase))
                return SystemTimeZones.Read(SystemTimeZones.Folder);
            return Read(File.ReadAllBytes(text)) is { } data ? data : Refused($"{Allowed}; that file is none");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or FormatException)
        {
            return Refused($"{Allowed}. {e.Message.TrimEnd('.')}");
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
