using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Schedules;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>When a job fires: one schema for each kind of schedule, with what goes with it.</summary>
internal static class ScheduleSchemas
{
    private static readonly Dictionary<string, string> Kinds = new(StringComparer.Ordinal)
    {
        ["at"] = "Once, at an instant.",
        ["delay"] = "Once, so long after the request is taken.",
        ["every"] = "At a fixed distance.",
        ["cron"] = "By a cron rule.",
        ["rrule"] = "By an RFC 5545 recurrence rule.",
    };

    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        yield return new(Components.Schedule, new OpenApiSchema
        {
            Description = "When a job fires: exactly one kind of schedule.",
            OneOf = [.. ScheduleReader.Kinds.Select(k => Shape.Of(NameOf(k.Kind)))],
        });
        foreach (var (kind, with) in ScheduleReader.Kinds)
            yield return new(NameOf(kind), Shape.Closed(Kinds[kind], [kind], [Member(kind), .. with.Select(OptionalMember)]));
    }

    /// <summary>The name of the schema of one kind of schedule.</summary>
    public static string NameOf(string kind) => $"{char.ToUpperInvariant(kind[0])}{kind[1..]}{Components.Schedule}";

    private static KeyValuePair<string, IOpenApiSchema> OptionalMember(string name) => new(name, Shape.OrNull(Of(name)));

    private static KeyValuePair<string, IOpenApiSchema> Member(string name) => new(name, Of(name));

    private static OpenApiSchema Of(string name) => name switch
    {
        "at" => Shape.Instant("When. A time that is past fires at once."),
        "delay" => Shape.Duration("How long from now. Jobs show it as `at`.", TimeSpan.Zero, most: null),
        "every" => Shape.Duration("The distance between fire times.", IntervalSchedule.Least, ScheduleReader.MaxInterval),
        "cron" => Shape.Text("Five fields, six with the second in front, or a macro like `@daily`; with `L`, `W` and `#`.", ScheduleReader.MaxRuleLength),
        "rrule" => Shape.Text("RFC 5545, `DAILY` and above: `FREQ=MONTHLY;BYDAY=-1FR`.", ScheduleReader.MaxRuleLength),
        "anchor" => Shape.Instant("What distances and rules are counted from; left out, `start_at`, else when the job is created."),
        "time_zone" => TimeZone(),
        "dst_gap" => Shape.Word("With a fixed hour: what becomes of fire times that a clock change leaves out.", Words.DstGaps.All, Words.DstGaps.Of(DstGap.Shift)),
        "dst_overlap" => Shape.Word("With a fixed hour: what becomes of fire times that a clock change repeats.", Words.DstOverlaps.All, Words.DstOverlaps.Of(DstOverlap.First)),
        "exclusions" => Shape.List(
            "Days in the schedule's time zone on which nothing fires.",
            Shape.Text("A day, or a range of days with both included: `2026-12-25`, `2026-12-24/2027-01-01`."),
            ScheduleReader.MaxExclusions),
        _ => throw new InvalidOperationException($"No shape for a schedule's '{name}'."),
    };

    private static OpenApiSchema TimeZone()
    {
        var zone = Shape.Text("An IANA time zone: `Europe/Berlin`.", ScheduleReader.MaxTimeZoneLength);
        zone.Default = IntervalSchedule.Utc;
        return zone;
    }
}
