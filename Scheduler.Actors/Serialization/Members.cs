using System.Runtime.Serialization;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;

namespace Scheduler.Actors.Serialization;

/// <summary>Members that more than one mapping has: what must be there, and values made of more than one member.</summary>
internal static class Members
{
    public static T Need<T>(T? value, string name)
        where T : class => value ?? throw Missing(name);

    public static T Need<T>(T? value, string name)
        where T : struct => value ?? throw Missing(name);

    public static JobId Job(string? text) => JobId.Parse(Need(text, "job_id"));

    public static RunId Run(string? text) => RunId.Parse(Need(text, "run_id"));

    public static AttemptTiming TimingOf(DateTimeOffset? startedAt, double? latenessMs, double? durationMs) =>
        startedAt is null && latenessMs is null && durationMs is null
            ? AttemptTiming.Unknown
            : new AttemptTiming(startedAt, FromMs(latenessMs), FromMs(durationMs));

    public static double? Ms(TimeSpan? time) => time?.TotalMilliseconds;

    /// <summary>An empty list is not written.</summary>
    public static T[]? Array<T>(ValueList<T> list) => list.Count == 0 ? null : [.. list];

    public static TTo[]? Array<TFrom, TTo>(ValueList<TFrom> list, Func<TFrom, TTo> map)
    {
        if (list.Count == 0)
            return null;
        var array = new TTo[list.Count];
        for (var i = 0; i < array.Length; i++)
            array[i] = map(list[i]);
        return array;
    }

    public static ValueList<TTo> List<TFrom, TTo>(TFrom[]? array, Func<TFrom, TTo> map) =>
        array is null ? [] : ValueList.Create<TTo>(System.Array.ConvertAll(array, item => map(item)));

    public static int? Seconds(ZonePlan? zone) => zone?.CursorOffset is { } offset ? (int)offset.TotalSeconds : null;

    public static ZonePlan? ZoneOf(string? data, int? seconds) =>
        data is null ? null : new ZonePlan(data, seconds is { } s ? TimeSpan.FromSeconds(s) : null);

    // To the tick: the multiplication's rounding error is far below one.
    private static TimeSpan? FromMs(double? ms) => ms is null ? null : TimeSpan.FromTicks((long)Math.Round(ms.Value * TimeSpan.TicksPerMillisecond));

    private static SerializationException Missing(string name) => new($"'{name}' is missing.");
}
