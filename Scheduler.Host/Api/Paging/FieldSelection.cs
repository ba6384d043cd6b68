using System.Buffers;
using System.Text;
using System.Text.Json;
using Scheduler.Host.Api.Reading;
using Scheduler.Host.Text;

namespace Scheduler.Host.Api.Paging;

/// <summary>
/// Which members the items of a list have. Without <c>fields</c> those that are not large: a member with more JSON than
/// <see cref="MostOfOne"/> is left out, and <c>omitted</c> names it. With <c>fields</c> those that are asked for, large or not.
/// </summary>
internal sealed class FieldSelection
{
    /// <summary>The query's parameter.</summary>
    internal const string Parameter = "fields";

    /// <summary>What names the members that were left out; only items that lack one have it.</summary>
    internal const string Omitted = "omitted";

    /// <summary>How many bytes of JSON a member of a list's item may have.</summary>
    internal const int MostOfOne = 16 * 1024;

    private const string All = "*";

    /// <summary>Deeper than anything that the API takes in.</summary>
    private static readonly JsonReaderOptions Reading = new() { MaxDepth = 256 };

    private readonly byte[][]? _asked;

    private FieldSelection(byte[][]? asked) => _asked = asked;

    /// <summary>Reads the parameter.</summary>
    /// <param name="reader">Reads the query, and notes what is wrong.</param>
    /// <param name="known">The members that an item has.</param>
    public static FieldSelection Read(QueryReader reader, IReadOnlyCollection<string> known)
    {
        if (reader.Text(Parameter) is not { } text)
            return new FieldSelection(asked: null);
        var asked = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (asked.Contains(All, StringComparer.Ordinal))
            return new FieldSelection([.. known.Select(Encoding.UTF8.GetBytes)]);
        foreach (var name in asked.Except(known, StringComparer.Ordinal))
        {
            reader.Error(Parameter, NearestName.Find(name, known) is { } nearest
                ? $"'{name}' is not a field; did you mean '{nearest}'?"
                : $"'{name}' is not a field; known here: {string.Join(", ", known)}, and {All} for all");
        }

        return new FieldSelection([.. asked.Select(Encoding.UTF8.GetBytes)]);
    }

    /// <summary>Whether an item is as it should be already.</summary>
    public bool IsWhole(ReadOnlySpan<byte> item) => _asked is null && item.Length <= MostOfOne;

    /// <summary>Writes the members that an item shall have, as they are.</summary>
    /// <param name="item">The item, a JSON object.</param>
    /// <param name="output">Where to.</param>
    public void Write(ReadOnlySpan<byte> item, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(item, Reading);
        reader.Read();
        var left = new List<string>();
        var isFirst = true;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var start = (int)reader.TokenStartIndex;
            var isAsked = _asked is null || IsAsked(ref reader);
            var name = _asked is null ? reader.GetString()! : "";
            reader.Read();
            var value = (int)reader.TokenStartIndex;
            reader.Skip();
            var end = (int)reader.BytesConsumed;
            if (!isAsked)
                continue;
            if (_asked is null && end - value > MostOfOne)
            {
                left.Add(name);
                continue;
            }

            output.Write(isFirst ? "{"u8 : ","u8);
            output.Write(item[start..end]);
            isFirst = false;
        }

        if (isFirst)
            output.Write("{"u8);
        if (left.Count > 0)
            output.Write(Encoding.UTF8.GetBytes($"{(isFirst ? "" : ",")}\"{Omitted}\":[{string.Join(',', left.Select(n => $"\"{n}\""))}]"));
        output.Write("}"u8);
    }

    private bool IsAsked(ref Utf8JsonReader reader)
    {
        foreach (var name in _asked!)
        {
            if (reader.ValueTextEquals(name))
                return true;
        }

        return false;
    }
}
