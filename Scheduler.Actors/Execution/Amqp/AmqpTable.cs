using System.Text;
using System.Text.Json;
using Scheduler.Actors.Domain;

namespace Scheduler.Actors.Execution.Amqp;

/// <summary>JSON as a table of AMQP 0-9-1: text, whole numbers of 64 bits, doubles, booleans, void, lists and tables.</summary>
internal static class AmqpTable
{
    private const int MaxNameBytes = 255;

    /// <summary>The members of an object.</summary>
    /// <exception cref="NonRetryableException">A name is too long: a parameter that was filled in has it.</exception>
    public static Dictionary<string, object?> Of(JsonText json)
    {
        using var document = JsonDocument.Parse(json.Raw, new JsonDocumentOptions { MaxDepth = 512 });
        return Table(document.RootElement);
    }

    private static Dictionary<string, object?> Table(JsonElement value)
    {
        var table = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            if (Encoding.UTF8.GetByteCount(member.Name) > MaxNameBytes)
                throw new NonRetryableException($"A header holds a name of more than {MaxNameBytes} bytes.");
            table[member.Name] = Value(member.Value);
        }

        return table;
    }

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number when value.TryGetInt64(out var whole) => whole,
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        JsonValueKind.Array => value.EnumerateArray().Select(Value).ToList(),
        JsonValueKind.Object => Table(value),
        _ => throw new InvalidOperationException($"No rule for {value.ValueKind}."),
    };
}
