using Microsoft.OpenApi;
using Scheduler.Host.Api.Definition;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>A job's definition and its parts, as they are sent, patched and answered.</summary>
internal static class DefinitionSchemas
{
    private const string Patch =
        "A JSON Merge Patch (RFC 7396) of a job's definition: null removes a member, or sets it back to its default. `schedule` and `target` are "
        + "replaced as wholes; `parameters`, `misfire` and `retry` are merged. `schedule_time` replaces the schedule.";

    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        var definition = JobMembers.All.Schema();
        definition.AnyOf = [Having("schedule"), Having("schedule_time")];
        yield return new(Components.JobDefinition, definition);
        yield return new(Components.JobPatch, JobMembers.All.PatchSchema(Patch));
        yield return new(Components.Schedule, ScheduleMembers.All.Schema());
        yield return new(Components.Misfire, PolicyMembers.Misfire.Schema());
        yield return new(Components.Retry, PolicyMembers.Retry.Schema());
        yield return new(Components.Target, TargetMembers.All.Schema());
        yield return new(Components.HttpTarget, HttpTargetMembers.All.Schema());
        yield return new(Components.AmqpTarget, AmqpTargetMembers.All.Schema());
    }

    private static OpenApiSchema Having(string name) => new() { Required = new HashSet<string>(StringComparer.Ordinal) { name } };
}
