using NodaTime;
using NodaTime.TimeZones;

namespace Scheduler.Actors.Domain.Schedules;

/// <summary>The zones of a folder of TZif files, all read at once: what is installed later changes nothing of a process that runs.</summary>
internal sealed class ZoneFiles : IDateTimeZoneSource
{
    private readonly Dictionary<string, DateTimeZone> _zones = new(StringComparer.Ordinal);

    /// <summary>Reads them.</summary>
    /// <param name="version">Which release they are.</param>
    /// <param name="files">The files, by zone.</param>
    /// <exception cref="FormatException">One of them can't be read.</exception>
    public ZoneFiles(string version, IEnumerable<KeyValuePair<string, byte[]>> files)
    {
        VersionId = version;
        foreach (var (id, file) in files)
        {
            try
            {
                _zones[id] = TzifZone.Read(id, file);
            }
            catch (FormatException e)
            {
                throw new FormatException($"The file of {id} can't be read: {e.Message}", e);
            }
        }
    }

    /// <inheritdoc />
    public string VersionId { get; }

    /// <inheritdoc />
    public IEnumerable<string> GetIds() => _zones.Keys;

    /// <inheritdoc />
    public DateTimeZone ForId(string id) => _zones[id];

    /// <inheritdoc />
    public string? GetSystemDefaultId() => null;
}
