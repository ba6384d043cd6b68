using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Scheduler.Host.Api.Declaring;

/// <summary>JSON Merge Patch (RFC 7396). What a patch leaves alone stays as it is to the letter.</summary>
internal static class MergePatch
{
    /// <summary>
    /// Merges an object's members, one level deep. What was removed is null afterwards, which counts as left out; so unknown members are seen even then.
    /// </summary>
    /// <param name="current">What was there.</param>
    /// <param name="patch">The patch, an object.</param>
    /// <param name="merge">How a member is patched; null when it is replaced.</param>
    /// <param name="leaveOut">The members that the patch ends without saying so; null for none.</param>
    public static ReadOnlyMemory<byte> Members(JsonElement current, JsonElement patch, Func<string, MergeValue?> merge, Func<string, bool>? leaveOut = null)
    {
        var merged = new ObjectBytes();
        foreach (var member in current.EnumerateObject())
        {
            if (!patch.TryGetProperty(member.Name, out var value))
            {
                if (leaveOut?.Invoke(member.Name) is not true)
                    merged.Add(member, member.Value);
            }
            else if (value.ValueKind is JsonValueKind.Object && member.Value.ValueKind is JsonValueKind.Object && merge(member.Name) is { } how)
            {
                merged.Add(member, how(member.Value, value));
            }
            else
            {
                merged.Add(member, value);
            }
        }

        foreach (var member in patch.EnumerateObject())
        {
            if (!current.TryGetProperty(member.Name, out _))
                merged.Add(member, member.Value);
        }

        return merged.Close();
    }

    /// <summary>
    /// Merges the members of a policy. One of another kind loses what only the kind before it had, filled in or sent, unless the patch says
    /// it again: otherwise each change of kind would have to remove members that its client may never have sent.
    /// </summary>
    /// <param name="current">What was there.</param>
    /// <param name="patch">The patch, an object.</param>
    /// <param name="decided">Members that go only with a word of another member.</param>
    public static ReadOnlyMemory<byte> Members(JsonElement current, JsonElement patch, IEnumerable<(string Name, string Decider, string Word)> decided)
    {
        var lost = decided
            .Where(d => patch.TryGetProperty(d.Decider, out var kind) && (kind.ValueKind is JsonValueKind.Null || (kind.ValueKind is JsonValueKind.String && !kind.ValueEquals(d.Word))))
            .Select(d => d.Name)
            .ToArray();
        return Members(current, patch, merge: _ => null, leaveOut: lost.Contains);
    }

    /// <summary>Merges as deep as it goes: RFC 7396's MergePatch.</summary>
    public static ReadOnlyMemory<byte> Deep(JsonElement? current, JsonElement patch)
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
                    merged.Add(member, Deep(member.Value, value));
            }
        }

        foreach (var member in patch.EnumerateObject())
        {
            if (member.Value.ValueKind is not JsonValueKind.Null && before?.TryGetProperty(member.Name, out _) is not true)
                merged.Add(member, Deep(current: null, member.Value));
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
