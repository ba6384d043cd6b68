using System.Runtime.InteropServices;
using System.Text.Json;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Host.Api.Declaring;

namespace Scheduler.Host.Api.Definition;

/// <summary>
/// Applies a JSON Merge Patch (RFC 7396) to a definition, as its members are declared to be patched. What the patch leaves alone stays as it
/// is to the letter, so that a patch which says what is so already changes nothing.
/// </summary>
internal static class DefinitionPatch
{
    /// <summary>The definition's JSON, patched.</summary>
    public static ReadOnlyMemory<byte> Apply(JsonElement patch, JobDefinition definition)
    {
        if (patch.ValueKind is not JsonValueKind.Object)
            return JsonMarshal.GetRawUtf8Value(patch).ToArray();
        using var current = JsonDocument.Parse(Write(definition));
        var isMoved = patch.TryGetProperty("schedule_time", out var time) && time.ValueKind is not JsonValueKind.Null && !patch.TryGetProperty("schedule", out _);
        return MergePatch.Members(
            current.RootElement,
            patch,
            name => JobMembers.All.Members.FirstOrDefault(m => m.Name == name)?.Merge,
            leaveOut: name => isMoved && name == "schedule");
    }

    /// <summary>The whole definition as clients see it, with all that they left out filled in.</summary>
    public static byte[] Write(JobDefinition definition)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, Answer.Writing))
            JobMembers.All.AsKind().Write(json, definition);
        return text.ToArray();
    }
}
