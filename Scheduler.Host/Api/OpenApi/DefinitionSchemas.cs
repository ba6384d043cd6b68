using Microsoft.OpenApi;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Domain.Policies;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>A job's definition, as it is sent and as it is patched.</summary>
internal static class DefinitionSchemas
{
    /// <summary>Members that are objects of their own.</summary>
    private static readonly Dictionary<string, string> Parts = new(StringComparer.Ordinal)
    {
        ["schedule"] = Components.Schedule,
        ["misfire"] = Components.Misfire,
        ["retry"] = Components.Retry,
        ["target"] = Components.Target,
    };

    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        var definition = Shape.Closed(
            "A job's definition. A member that is null counts as left out; an unknown one is an error. It has `schedule`, or its older form `schedule_time`, not both.",
            ["name"],
            JobContractReader.Fields.Select(f => KeyValuePair.Create(f, f is "name" or "schedule" or "schedule_time" ? Member(f) : Shape.OrNull(Member(f)))));
        definition.AnyOf = [Having("schedule"), Having("schedule_time")];
        yield return new(Components.JobDefinition, definition);
        yield return new(Components.JobPatch, Shape.Closed(
            "A JSON Merge Patch (RFC 7396) of a job's definition: null removes a member, or sets it back to its default. `schedule` and `target` are "
                + "replaced as wholes; `parameters`, `misfire` and `retry` are merged. `schedule_time` replaces the schedule.",
            required: [],
            JobContractReader.Fields.Select(f => KeyValuePair.Create(f, f is "name" or "schedule" ? Member(f) : Shape.OrNull(Member(f))))));
    }

    /// <summary>What a member of a definition is, and what it means.</summary>
    public static IOpenApiSchema Member(string name) => Parts.TryGetValue(name, out var part) ? Shape.Of(part) : Own(name);

    private static OpenApiSchema Having(string name) => new() { Required = new HashSet<string>(StringComparer.Ordinal) { name } };

    private static OpenApiSchema Own(string name) => name switch
    {
        "name" => Shape.Text("For people; need not be unique.", JobContractReader.MaxNameLength, minLength: 1),
        "description" => Shape.Text("For people."),
        "tags" => Shape.List(
            "What lists can be filtered by.",
            Shape.Text("A tag.", JobContractReader.MaxTagLength, minLength: 1),
            JobContractReader.MaxTags,
            isDistinct: true),
        "parameters" => Shape.AnyObject("What the target is given. The scheduler only carries it."),
        "schedule_time" => Shape.Instant("Another name for `schedule.at`."),
        "start_at" => Shape.Instant("Nothing fires before it."),
        "end_at" => Shape.Instant("Nothing fires after it; not before `start_at`."),
        "max_runs" => Shape.Whole("After so many scheduled runs the schedule ends. Skips, retries and triggered runs do not count.", 1, JobContractReader.MostRuns),
        "jitter" => Shape.Duration(
            "By how much a run is due after its fire time at most: a share of it that the run's id decides.", TimeSpan.Zero, JobContractReader.MaxJitter, TimeSpan.Zero),
        "overlap" => Shape.Word(
            "What becomes of a fire time that comes while a run is active: it is skipped, waits, runs beside it, or takes its place.", Words.OverlapPolicies.All, Words.OverlapPolicies.Of(OverlapPolicy.Skip)),
        "timeout" => Shape.Duration(
            "How long one attempt may take.", JobContractReader.LeastTimeout, JobContractReader.MaxTimeout, JobDefinition.DefaultTimeout),
        "priority" => Shape.Whole(
            "Where runs wait for each other, the greater first. Kept, and without effect so far.", -JobContractReader.MaxPriority, JobContractReader.MaxPriority, otherwise: 0),
        "concurrency_key" => Shape.Text("What its runs share with those of other jobs, and are limited by together. Kept, and without effect so far.", JobContractReader.MaxConcurrencyKeyLength, minLength: 1),
        "pause_after_failures" => Shape.Whole("After so many discarded runs in a row the job pauses itself.", 1, JobContractReader.MostFailures),
        _ => throw new InvalidOperationException($"No shape for a definition's '{name}'."),
    };
}
