using System.Text;
using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Host.Api.Contracts;
using Scheduler.Host.Api.Ports;

namespace Scheduler.Host.Api.Reading;

/// <summary>Reads a message for an AMQP broker. What AMQP 0-9-1 calls a short string has at most 255 bytes of UTF-8.</summary>
internal sealed class AmqpTargetReader(AmqpConnectionNames connections)
{
    internal const int MaxShortBytes = 255;
    internal const int MaxPriority = 255;
    internal const int MaxHeaders = 64;

    /// <summary>In characters of JSON: a broker takes all headers in one frame.</summary>
    internal const int MaxHeadersLength = 16 * 1024;

    internal static readonly string[] Fields =
    [
        "connection", "exchange", "routing_key", "body", "text", "headers", "content_type", "persistent", "ttl", "priority", "correlation_id", "reply_to", "type",
    ];

    /// <summary>Brokers count milliseconds in 32 bits.</summary>
    internal static readonly TimeSpan MaxTtl = TimeSpan.FromDays(49);

    private static readonly JsonText NoHeaders = new("{}");

    /// <summary>The target; what is wrong with it is noted.</summary>
    public AmqpTargetContract Read(ObjectReader amqp)
    {
        if (amqp.TryGet("body", out _) && amqp.TryGet("text", out _))
            amqp.Error("text", "cannot be there together with body");
        return new AmqpTargetContract
        {
            Connection = Connection(amqp),
            Exchange = Short(amqp, "exchange") ?? "",
            RoutingKey = RoutingKey(amqp),
            Body = Json(amqp, "body"),
            Text = Text(amqp),
            Headers = Headers(amqp),
            ContentType = Property(amqp, "content_type"),
            Persistent = Persistent(amqp),
            Ttl = amqp.Duration("ttl", TimeSpan.Zero, MaxTtl),
            Priority = amqp.Number("priority", 0, MaxPriority),
            CorrelationId = Property(amqp, "correlation_id"),
            ReplyTo = Property(amqp, "reply_to"),
            Type = Property(amqp, "type"),
        };
    }

    private string Connection(ObjectReader amqp)
    {
        var name = amqp.Text("connection") ?? AmqpTarget.DefaultConnection;
        if (!connections.MayContain(name))
        {
            amqp.Error("connection", connections.All is { Count: > 0 } all
                ? $"is not an AMQP connection that this scheduler has; known: {string.Join(", ", all)}"
                : "is not an AMQP connection that this scheduler has; none is configured (Scheduler:Amqp:<name>:Uri)");
        }

        return name;
    }

    private static string RoutingKey(ObjectReader amqp)
    {
        var key = Short(amqp, "routing_key") ?? "";
        var isToQueue = !amqp.TryGet("exchange", out var exchange) || (exchange.ValueKind is JsonValueKind.String && exchange.ValueEquals(""));
        if (isToQueue && (!amqp.TryGet("routing_key", out var given) || (given.ValueKind is JsonValueKind.String && given.ValueEquals(""))))
            amqp.Error("routing_key", "is required with the default exchange: it is the queue's name");
        return key;
    }

    private static string? Property(ObjectReader amqp, string name)
    {
        var text = Short(amqp, name);
        if (text is { Length: 0 })
            amqp.Error(name, "must not be empty");
        return text;
    }

    private static string? Short(ObjectReader amqp, string name)
    {
        if (amqp.Text(name) is not { } text)
            return null;
        if (IsShort(text))
            return text;
        amqp.Error(name, $"must have at most {MaxShortBytes} bytes in UTF-8");
        return null;
    }

    private static bool IsShort(string text) => text.Length <= MaxShortBytes && Encoding.UTF8.GetByteCount(text) <= MaxShortBytes;

    private static bool Persistent(ObjectReader amqp)
    {
        if (!amqp.TryGet("persistent", out var value))
            return true;
        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            amqp.Error("persistent", $"must be a boolean, not {ObjectReader.Kind(value)}");
        return value.ValueKind is JsonValueKind.True;
    }

    private static string? Text(ObjectReader amqp)
    {
        var text = amqp.Text("text");
        if (text is not null)
            TargetReader.RefuseUnknown(amqp, "text", Placeholders.Unknown(text));
        return text;
    }

    private static JsonText? Json(ObjectReader amqp, string name)
    {
        if (!amqp.TryGet(name, out var value))
            return null;
        if (CarriedJson.TryRead(value, out var json))
        {
            TargetReader.RefuseUnknown(amqp, name, Placeholders.Unknown(json));
            return json;
        }

        amqp.Error(name, "must be text throughout: a string in it holds half of a surrogate pair");
        return null;
    }

    private static JsonText Headers(ObjectReader amqp)
    {
        if (!amqp.TryGet("headers", out var value))
            return NoHeaders;
        if (value.ValueKind is not JsonValueKind.Object)
        {
            amqp.Error("headers", $"must be an object, not {ObjectReader.Kind(value)}");
            return NoHeaders;
        }

        if (Json(amqp, "headers") is not { } json)
            return NoHeaders;
        if (json.Raw.Length > MaxHeadersLength)
            amqp.Error("headers", $"must have at most {MaxHeadersLength} characters of JSON");
        if (value.EnumerateObject().Count() > MaxHeaders)
            amqp.Error("headers", $"must be at most {MaxHeaders} headers");
        foreach (var header in value.EnumerateObject())
        {
            if (AmqpHeaders.Reserved.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
                amqp.Error($"headers.{header.Name}", "cannot be set: the scheduler sets it");
        }

        Check(amqp, value, "headers");
        return json;
    }

    /// <summary>What a table of AMQP can't hold.</summary>
    private static void Check(ObjectReader amqp, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Check(amqp, value.EnumerateObject().ToList(), path);
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                    Check(amqp, item, $"{path}[{index}]");
                break;
            case JsonValueKind.Number when !value.TryGetInt64(out _) && !double.IsFinite(value.GetDouble()):
                amqp.Error(path, "is out of range");
                break;
        }
    }

    private static void Check(ObjectReader amqp, List<JsonProperty> members, string path)
    {
        if (members.Exists(m => m.Name.Length == 0 || !IsShort(m.Name)))
            amqp.Error(path, $"has a name that is empty, or has more than {MaxShortBytes} bytes in UTF-8");
        if (members.DistinctBy(m => m.Name, StringComparer.Ordinal).Count() < members.Count)
            amqp.Error(path, "has a name twice");
        foreach (var member in members)
            Check(amqp, member.Value, $"{path}.{member.Name}");
    }
}
