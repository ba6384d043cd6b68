using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Scheduler.Host.Api.Contracts;

namespace Scheduler.Host.Api.Reading;

/// <summary>
/// Applies a JSON Merge Patch (RFC 7396) to a definition. <c>schedule</c> and <c>target</c> are replaced as wholes: parts of two kinds make
/// no third. What the patch leaves alone stays as it is to the letter, so that a patch which says what is so already changes nothing.
/// </summary>
internal static class DefinitionPatch
{
    private const string Schedule = "schedule";
    private const string ScheduleTime = "schedule_time";

    /// <summary>Members that are merged one level deep, the word that decides about some of their members, those members, and the word that they go with.</summary>
    private static readonly Dictionary<string, (string Decider, string[] Decided, string GoWith)> Policies = new(StringComparer.Ordinal)
    {
        ["misfire"] = ("policy", ["window", "limit"], "fire_all"),
        ["retry"] = ("backoff", ["factor", "max"], "exponential"),
    };

    /// <summary>The definition's JSON, patched. What was removed is null in it, which counts as left out; so unknown members are seen even then.</summary>
    public static ReadOnlyMemory<byte> Apply(JsonElement patch, JobContract definition)
    {
        if (patch.ValueKind is not JsonValueKind.Object)
            return JsonMarshal.GetRawUtf8Value(patch).ToArray();

        using var current = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(definition, ApiJson.Answers.JobContract));
        var isMoved = patch.TryGetProperty(ScheduleTime, out var time) && time.ValueKind is not JsonValueKind.Null && !patch.TryGetProperty(Schedule, out _);
        var merged = new ObjectBytes();
        foreach (var member in current.RootElement.EnumerateObject())
        {
            if (isMoved && member.NameEquals(Schedule))
                continue;
            if (patch.TryGetProperty(member.Name, out var value))
                Member(merged, member, value);
            else
                merged.Add(member, member.Value);
        }

        foreach (var member in patch.EnumerateObject())
        {
            if (!current.RootElement.TryGetProperty(member.Name, out _))
                merged.Add(member, member.Value);
        }

        return merged.Close();
    }

    private static void Member(ObjectBytes merged, JsonProperty member, JsonElement patch)
    {
        if (patch.ValueKind is not JsonValueKind.Object || member.Value.ValueKind is not JsonValueKind.Object)
            merged.Add(member, patch);
        else if (member.NameEquals("parameters"))
            merged.Add(member, Merged(member.Value, patch));
        else if (Policies.TryGetValue(member.Name, out var policy))
            merged.Add(member, Policy(member.Value, patch, policy));
        else
            merged.Add(member, patch);
    }

    /// <summary>
    /// A policy of another kind loses what only the kind before it had, filled in or sent, unless the patch says it again: otherwise
    /// each change of kind would have to remove members that its client may never have sent.
    /// </summary>
    private static ReadOnlyMemory<byte> Policy(JsonElement current, JsonElement patch, (string Decider, string[] Decided, string GoWith) policy)
    {
        var isOther = patch.TryGetProperty(policy.Decider, out var kind)
            && (kind.ValueKind is JsonValueKind.Null || (kind.ValueKind is JsonValueKind.String && !kind.ValueEquals(policy.GoWith)));
        var merged = new ObjectBytes();
        foreach (var member in current.EnumerateObject())
        {
            if (!patch.TryGetProperty(member.Name, out _) && !(isOther && policy.Decided.Contains(member.Name)))
                merged.Add(member, member.Value);
        }

        foreach (var member in patch.EnumerateObject())
            merged.Add(member, member.Value);
        return merged.Close();
    }

    /// <summary>RFC 7396's MergePatch.</summary>
    private static ReadOnlyMemory<byte> Merged(JsonElement? current, JsonElement patch)
    {
        if (patch.ValueKind is not JsonValueKind.Object)
            return JsonMarshal.GetRawUtf8Value(patch).ToArray();
        var merged = new ObjectBytes();
        var before = current is { ValueKind: JsonValueKind.Object } ? current : null;
        if (before is { } members)
        {
            foreach (var member in members.EnumerateObject())
            {
                if (!patch.TryGetProperty(member.Name, out var value))
                    merged.Add(member, member.Value);
                else if (value.ValueKind is not JsonValueKind.Null)
                    merged.Add(member, Merged(member.Value, value));
            }
        }

        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Null && before?.TryGetProperty(member.Name, out _) is not true)
                merged.Add(member, Merged(current: null, member.Value));
        }

        return merged.Close();
    }

    /// <summary>A JSON object that is put together of parts of others, as they were written.</summary>
    private sealed class ObjectBytes
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(1024);

        public void Add(JsonProperty name, JsonElement value) => Add(name, JsonMarshal.GetRawUtf8Value(value));

        public void Add(JsonProperty name, ReadOnlyMemory<byte> value) => Add(name, value.Span);

        public ReadOnlyMemory<byte> Close()
        {
            _bytes.Write(_bytes.WrittenCount == 0 ? "{}"u8 : "}"u8);
            return _bytes.WrittenMemory;
        }

        private void Add(JsonProperty name, ReadOnlySpan<byte> value)
        {
            _bytes.Write(_bytes.WrittenCount == 0 ? "{\""u8 : ",\""u8);
            _bytes.Write(JsonMarshal.GetRawUtf8PropertyName(name));
            _bytes.Write("\":"u8);
            _bytes.Write(value);
        }
    }
}
