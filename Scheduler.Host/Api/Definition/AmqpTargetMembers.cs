using System.Text;
using System.Text.Json;
using Scheduler.Actors.Domain;
using Scheduler.Actors.Domain.Jobs;
using Scheduler.Actors.Execution;
using Scheduler.Actors.Execution.Amqp;
using Scheduler.Host.Api.Declaring;
using Scheduler.Host.Api.OpenApi;
using Scheduler.Host.Api.Reading;

namespace Scheduler.Host.Api.Definition;

/// <summary>A message for an AMQP broker. What AMQP 0-9-1 calls a short string has at most 255 bytes of UTF-8.</summary>
internal static class AmqpTargetMembers
{
    private const int MaxShortBytes = 255;
    private const int MaxPriority = 255;
    private const int MaxHeaders = 64;

    /// <summary>In characters of JSON: a broker takes all headers in one frame.</summary>
    private const int MaxHeadersLength = 16 * 1024;

    /// <summary>Brokers count milliseconds in 32 bits.</summary>
    private static readonly TimeSpan MaxTtl = TimeSpan.FromDays(49);

    private const string ShortNote = "At most 255 bytes of UTF-8.";

    private static readonly JsonText NoHeaders = new("{}");

    private static readonly Kind<string> Short = Kinds.Text()
        .Where(text => IsShort(text) ? null : $"must have at most {MaxShortBytes} bytes in UTF-8")
        .Described(schema => schema.MaxLength = MaxShortBytes) with
    { Note = ShortNote };

    private static readonly Kind<string> Property = Short
        .Where(text => text.Length == 0 ? "must not be empty" : null)
        .Described(schema => schema.MinLength = 1);

    private static readonly Kind<JsonText> Headers = (Kinds.AnyObject with { Merge = null, TryRead = TryReadHeaders })
        .Where(json => TargetKinds.Refused(Placeholders.Unknown(json)))
        .Where(json => json.Raw.Length > MaxHeadersLength ? $"must have at most {MaxHeadersLength} characters of JSON" : null)
        .Described(schema => schema.MaxProperties = MaxHeaders);

    /// <summary>What nothing is said of yet.</summary>
    public static readonly AmqpTarget Start = new(Exchange: "", RoutingKey: "");

    /// <summary>The members.</summary>
    public static readonly Declaration<AmqpTarget> All = new Declaration<AmqpTarget>(
        Components.AmqpTarget,
        "A message for an AMQP 0-9-1 broker. The broker's confirmation completes the run; its id is the message id. A message that no queue gets fails the attempt.",
        Start)
        .Defaulted("connection", Kinds.Text(), "The name that the broker is configured under.", t => t.Connection, (t, name) => t with { Connection = name })
        .Defaulted("exchange", Short, "Empty for the default exchange, which leads to each queue by its name.", t => t.Exchange, (t, name) => t with { Exchange = name })
        .Defaulted("routing_key", Short, "With the default exchange, the queue's name, and required.", t => t.RoutingKey, (t, key) => t with { RoutingKey = key }, example: "\"work\"")
        .Optional("body", TargetKinds.JsonWithPlaceholders, "Any JSON value, sent as JSON.", t => t.Body, (t, body) => t with { Body = body })
        .Optional("text", TargetKinds.TextWithPlaceholders(), "Sent as it is, in UTF-8; not together with `body`.", t => t.Text, (t, text) => t with { Text = text })
        .Defaulted(
            "headers",
            Headers,
            $"Any JSON values, of at most {MaxHeadersLength} characters altogether. The scheduler adds, and does not take: {string.Join(", ", AmqpHeaders.Reserved)}.",
            t => t.Headers ?? NoHeaders,
            (t, headers) => t with { Headers = headers == NoHeaders ? null : headers })
        .Optional(
            "content_type",
            Property,
            "Left out, it is `application/json` for a body and `text/plain` for a text.",
            t => t.ContentType,
            (t, type) => t with { ContentType = type })
        .Defaulted(
            "persistent",
            Kinds.Flag,
            "Whether the broker writes it to disk where its queue is durable.",
            t => t.IsPersistent,
            (t, isPersistent) => t with { IsPersistent = isPersistent })
        .Optional("ttl", Kinds.Duration(TimeSpan.Zero, MaxTtl), "How long it may wait in a queue.", t => t.Ttl, (t, ttl) => t with { Ttl = ttl })
        .Optional("priority", Kinds.Whole(0, MaxPriority), "For queues that have priorities.", t => t.Priority, (t, priority) => t with { Priority = priority })
        .Optional("correlation_id", Property, "The property of that name.", t => t.CorrelationId, (t, id) => t with { CorrelationId = id })
        .Optional("reply_to", Property, "The property of that name.", t => t.ReplyTo, (t, name) => t with { ReplyTo = name })
        .Optional("type", Property, "The property of that name.", t => t.Type, (t, type) => t with { Type = type })
        .Completed((reader, target) =>
        {
            if (reader.TryGet("body", out _) && reader.TryGet("text", out _))
                reader.Error("text", "cannot be there together with body");
            if (!IsThere(reader, "exchange") && !IsThere(reader, "routing_key"))
                reader.Error("routing_key", "is required with the default exchange: it is the queue's name");
            return target;
        });

    /// <summary>Whether it is there and not empty; what is wrong with it is said elsewhere.</summary>
    private static bool IsThere(ObjectReader reader, string name) =>
        reader.TryGet(name, out var value) && (value.ValueKind is not JsonValueKind.String || !value.ValueEquals(""));

    private static bool IsShort(string text) => text.Length <= MaxShortBytes && Encoding.UTF8.GetByteCount(text) <= MaxShortBytes;

    private static bool TryReadHeaders(ObjectReader reader, string name, out JsonText headers)
    {
        if (!Kinds.AnyObject.TryRead(reader, name, out headers))
            return false;
        reader.TryGet(name, out var value);
        if (value.EnumerateObject().Count() > MaxHeaders)
            reader.Error(name, $"must be at most {MaxHeaders} headers");
        foreach (var header in value.EnumerateObject())
        {
            if (AmqpHeaders.Reserved.Contains(header.Name, StringComparer.OrdinalIgnoreCase))
                reader.Error($"{name}.{header.Name}", "cannot be set: the scheduler sets it");
        }

        Check(reader, value, name);
        return true;
    }

    /// <summary>What a table of AMQP can't hold.</summary>
    private static void Check(ObjectReader reader, JsonElement value, string path)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Check(reader, value.EnumerateObject().ToList(), path);
                break;
            case JsonValueKind.Array:
                foreach (var (index, item) in value.EnumerateArray().Index())
                    Check(reader, item, $"{path}[{index}]");
                break;
            case JsonValueKind.Number when !value.TryGetInt64(out _) && !double.IsFinite(value.GetDouble()):
                reader.Error(path, "is out of range");
                break;
        }
    }

    private static void Check(ObjectReader reader, List<JsonProperty> members, string path)
    {
        if (members.Exists(m => m.Name.Length == 0 || !IsShort(m.Name)))
            reader.Error(path, $"has a name that is empty, or has more than {MaxShortBytes} bytes in UTF-8");
        if (members.DistinctBy(m => m.Name, StringComparer.Ordinal).Count() < members.Count)
            reader.Error(path, "has a name twice");
        foreach (var member in members)
            Check(reader, member.Value, $"{path}.{member.Name}");
    }
}
