using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Projections;

namespace Scheduler.Host.Api.Reading;

/// <summary>Where a page ended, as opaque text: clients must not build on what is in it, so that it may change.</summary>
internal static class Cursors
{
    // A place in one order is none in another.
    private const char ByNextRun = 'n';

    /// <summary>Where a page of jobs ended.</summary>
    public static string Write(JobPosition position, JobSort sort) => Encode(sort.IsByNextRun() ? ByNextRun.ToString() : "", position.At, position.JobId.Value);

    /// <summary>Where a page of runs ended.</summary>
    public static string Write(RunPosition position) => Encode("", position.FireTime, position.RunId.Value);

    /// <summary>Reads a cursor of jobs that are sorted so; null when it is none.</summary>
    public static JobPosition? ReadJob(string text, JobSort sort) =>
        Decode(text, sort.IsByNextRun() ? ByNextRun : null) is { } p && JobId.TryParse(p.Id, out var id) ? new JobPosition(p.At, id) : null;

    /// <summary>Reads a cursor of runs; null when it is none.</summary>
    public static RunPosition? ReadRun(string text) =>
        Decode(text, order: null) is { } p && RunId.TryParse(p.Id, out var id) ? new RunPosition(p.At, id) : null;

    private static string Encode(string order, DateTimeOffset at, string id) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{order}{at.UtcTicks}|{id}")));

    private static (DateTimeOffset At, string Id)? Decode(string text, char? order)
    {
        if (!Base64Url.IsValid(text))
            return null;
        var plain = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text));
        if (order is { } first)
        {
            if (!plain.StartsWith(first))
                return null;
            plain = plain[1..];
        }

        var bar = plain.IndexOf('|', StringComparison.Ordinal);
        if (bar < 0 || !long.TryParse(plain.AsSpan(0, bar), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) || ticks > DateTime.MaxValue.Ticks)
            return null;
        return (new DateTimeOffset(ticks, TimeSpan.Zero), plain[(bar + 1)..]);
    }
}
