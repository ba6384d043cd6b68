using Microsoft.OpenApi;
using Scheduler.Host.Api.Definition;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.OpenApi;

/// <summary>What other requests than definitions send.</summary>
internal static class CommandSchemas
{
    /// <summary>The schemas by name.</summary>
    public static IEnumerable<KeyValuePair<string, IOpenApiSchema>> All()
    {
        yield return new(Components.Reason, Shape.Closed(
            "Why, for the job's journal.", required: [], CommandReader.Fields.Select(f => KeyValuePair.Create(f, Shape.OrNull(OfCommand(f))))));
        var preview = JobMembers.Timing.Schema();
        preview.Description = "A schedule that belongs to no job yet.";
        foreach (var name in ScheduleEndpoints.OwnFields)
            preview.Properties!.Add(name, Shape.OrNull(OfPreview(name)));
        yield return new(Components.PreviewRequest, preview);
    }

    private static OpenApiSchema OfCommand(string name) => name switch
    {
        "reason" => Shape.Text("Any text.", CommandReader.MaxReasonLength),
        _ => throw new InvalidOperationException($"No shape for a command's '{name}'."),
    };

    private static OpenApiSchema OfPreview(string name) => name switch
    {
        "from" => Shape.Instant("What comes before it is not shown; left out, now."),
        "count" => Shape.Whole("How many fire times.", 1, ScheduleEndpoints.MaxCount, ScheduleEndpoints.DefaultCount),
        _ => throw new InvalidOperationException($"No shape for a preview's '{name}'."),
    };
}
